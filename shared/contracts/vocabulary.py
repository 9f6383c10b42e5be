"""The coded vocabulary (field standard and design codes; Chinese titles are in `titles.py`).

Source in law: 未成年人保护法 (MPL), 民法典 (CC), the 2020 nine-department opinion on mandatory reports,
国发〔2016〕13号. A code is never renamed or reused once it has stood in a ledger.
"""

from shared.contracts import codes


class Concern(codes.Code):
    """What the filer saw; a report may carry several."""

    ABANDONED = "ABANDONED"
    UNCARED = "UNCARED"
    LIVING_ALONE = "LIVING_ALONE"
    MISSING = "MISSING"
    GUARDIAN_UNREACHABLE = "GUARDIAN_UNREACHABLE"
    GUARDIAN_INCAPABLE = "GUARDIAN_INCAPABLE"
    GUARDIAN_REFUSES = "GUARDIAN_REFUSES"
    EMERGENCY_GAP = "EMERGENCY_GAP"
    PHYSICAL_ABUSE = "PHYSICAL_ABUSE"
    SEXUAL_ABUSE = "SEXUAL_ABUSE"
    EMOTIONAL_ABUSE = "EMOTIONAL_ABUSE"
    MALNUTRITION = "MALNUTRITION"
    SELF_HARM = "SELF_HARM"
    INJURY_UNEXPLAINED = "INJURY_UNEXPLAINED"
    TRAFFICKING = "TRAFFICKING"
    BEGGING = "BEGGING"
    CRIME_INSTIGATED = "CRIME_INSTIGATED"
    WANDERING = "WANDERING"
    CARER_UNFIT = "CARER_UNFIT"
    CONTACT_LAPSED = "CONTACT_LAPSED"
    DROPOUT = "DROPOUT"
    BULLYING = "BULLYING"
    CHILD_LABOUR = "CHILD_LABOUR"
    LEFT_ALONE = "LEFT_ALONE"
    UNSEEN = "UNSEEN"
    LEFT_IN_HOSPITAL = "LEFT_IN_HOSPITAL"
    UNTREATED_ILLNESS = "UNTREATED_ILLNESS"
    NO_HUKOU = "NO_HUKOU"
    CHILD_MARRIAGE = "CHILD_MARRIAGE"
    OTHER = "OTHER"


class GuardianStatus(codes.Code):
    """The state of a guardian or carer."""

    ABLE = "ABLE"
    ABUSIVE = "ABUSIVE"
    REFUSES_DUTY = "REFUSES_DUTY"
    DETAINED = "DETAINED"
    DECEASED = "DECEASED"
    MISSING = "MISSING"
    UNREACHABLE = "UNREACHABLE"
    SERIOUSLY_ILL = "SERIOUSLY_ILL"
    DISABLED = "DISABLED"
    SUBSTANCE_ABUSE = "SUBSTANCE_ABUSE"
    ABSENT_MIGRANT_WORK = "ABSENT_MIGRANT_WORK"
    QUARANTINED_OR_DISASTER = "QUARANTINED_OR_DISASTER"
    MINOR_PARENT = "MINOR_PARENT"
    UNKNOWN = "UNKNOWN"


class Injury(codes.Code):
    """The gravest injury seen."""

    NONE = "NONE"
    MINOR = "MINOR"
    SERIOUS = "SERIOUS"
    LIFE_THREATENING = "LIFE_THREATENING"
    DEATH = "DEATH"
    UNKNOWN = "UNKNOWN"


class Wishes(codes.Code):
    """Whether the child was heard (MPL 4, 19; CC 31)."""

    HEARD = "HEARD"
    NOT_ABLE = "NOT_ABLE"
    UNKNOWN = "UNKNOWN"


class Sex(codes.Code):
    """As filed."""

    F = "F"
    M = "M"


class Relation(codes.Code):
    """Who somebody is to the child."""

    FATHER = "FATHER"
    MOTHER = "MOTHER"
    GRANDPARENT = "GRANDPARENT"
    SIBLING = "SIBLING"
    AUNT_UNCLE = "AUNT_UNCLE"
    STEP_PARENT = "STEP_PARENT"
    PARTNER_OF_PARENT = "PARTNER_OF_PARENT"
    ENTRUSTED_CARER = "ENTRUSTED_CARER"
    NEIGHBOUR = "NEIGHBOUR"
    TEACHER = "TEACHER"
    STAFF = "STAFF"
    STRANGER = "STRANGER"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class Holder(codes.Code):
    """Who holds the child now."""

    GUARDIAN = "GUARDIAN"
    KIN = "KIN"
    ENTRUSTED_CARER = "ENTRUSTED_CARER"
    FOSTER = "FOSTER"
    SCHOOL = "SCHOOL"
    HOSPITAL = "HOSPITAL"
    POLICE = "POLICE"
    VILLAGE = "VILLAGE"
    TOWNSHIP = "TOWNSHIP"
    RESCUE_INST = "RESCUE_INST"
    WELFARE_INST = "WELFARE_INST"
    OTHER = "OTHER"
    NOBODY = "NOBODY"
    UNKNOWN = "UNKNOWN"


SAFE_HOLDERS = frozenset({Holder.KIN, Holder.FOSTER, Holder.ENTRUSTED_CARER, Holder.RESCUE_INST, Holder.WELFARE_INST})
"""Custody that is safe for closing without more; GUARDIAN is safe only after a named officer's assessment."""


class InstitutionType(codes.Code):
    """Who files (2020 opinion art. 3; PARENT, CHILD and PUBLIC have a right, not a duty: MPL 11(1))."""

    PRIMARY_SCHOOL = "PRIMARY_SCHOOL"
    MIDDLE_SCHOOL = "MIDDLE_SCHOOL"
    KINDERGARTEN = "KINDERGARTEN"
    TRAINING_ORG = "TRAINING_ORG"
    ACTIVITY_VENUE = "ACTIVITY_VENUE"
    SCHOOL_BUS = "SCHOOL_BUS"
    NURSERY = "NURSERY"
    HOSPITAL = "HOSPITAL"
    MATERNITY = "MATERNITY"
    EMERGENCY_CENTRE = "EMERGENCY_CENTRE"
    CLINIC = "CLINIC"
    VILLAGE_COMMITTEE = "VILLAGE_COMMITTEE"
    RESIDENT_COMMITTEE = "RESIDENT_COMMITTEE"
    WELFARE_INST = "WELFARE_INST"
    RESCUE_STATION = "RESCUE_STATION"
    PROTECTION_CENTRE = "PROTECTION_CENTRE"
    SOCIAL_WORK_ORG = "SOCIAL_WORK_ORG"
    HOTEL = "HOTEL"
    STATE_ORGAN = "STATE_ORGAN"
    HOTLINE = "HOTLINE"
    PARENT = "PARENT"
    CHILD = "CHILD"
    PUBLIC = "PUBLIC"


class Department(codes.Code):
    """Who can be told."""

    CIVIL_AFFAIRS = "CIVIL_AFFAIRS"
    POLICE = "POLICE"
    EDUCATION = "EDUCATION"
    HEALTH = "HEALTH"
    PROCURATORATE = "PROCURATORATE"
    WOMENS_FED = "WOMENS_FED"
    HRSS = "HRSS"
    TOWNSHIP = "TOWNSHIP"
    VILLAGE = "VILLAGE"
    COURT = "COURT"
    JUSTICE = "JUSTICE"
    YOUTH_LEAGUE = "YOUTH_LEAGUE"
    DISABLED_FED = "DISABLED_FED"
    WCWC_OFFICE = "WCWC_OFFICE"
    EMERGENCY_MGMT = "EMERGENCY_MGMT"
    HOTLINE_12345 = "HOTLINE_12345"
    RESCUE_INST = "RESCUE_INST"
    FILING_UNIT = "FILING_UNIT"


class Level(codes.Code):
    """Severity: S1 now (24x7), S2 24 h, S3 72 h, S4 10 working days, S0 screened to another service."""

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"

    @property
    def urgency(self) -> int:
        """Larger is graver: S0 0, S4 1, S3 2, S2 3, S1 4."""
        return _URGENCY[self]


_URGENCY = {Level.S0: 0, Level.S4: 1, Level.S3: 2, Level.S2: 3, Level.S1: 4}


def graver(first: Level, second: Level) -> Level:
    """The graver of two levels."""
    return first if first.urgency >= second.urgency else second


def raised(level: Level, steps: int = 1) -> Level:
    """`level` raised by so many steps, at most S1. S0 is raised from S4's place."""
    urgency = min(4, max(1, level.urgency) + steps)
    return Level(f"S{5 - urgency}")


class CaseState(codes.Code):
    """Derived from what has happened, never set (domain vocabulary: 强制报告 … 监护干预)."""

    RECEIVED = "RECEIVED"
    TRIAGED = "TRIAGED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    DISPATCHED = "DISPATCHED"
    ASSESSING = "ASSESSING"
    SUPPORT = "SUPPORT"
    TEMP_GUARDIANSHIP = "TEMP_GUARDIANSHIP"
    TEMP_CARE = "TEMP_CARE"
    REVIEW = "REVIEW"
    RETURNED = "RETURNED"
    REVOCATION = "REVOCATION"
    LONG_TERM = "LONG_TERM"
    FOLLOW_UP = "FOLLOW_UP"
    CLOSED = "CLOSED"
    TRANSFERRED = "TRANSFERRED"
    DUPLICATE = "DUPLICATE"
    SCREENED_OUT = "SCREENED_OUT"
    REOPENED = "REOPENED"
    UNDECIDABLE = "UNDECIDABLE"
    OFFERED = "OFFERED"
    """Another county offers the case, and is responsible until it is accepted here."""


class PlacementType(codes.Code):
    """Kinds of place (MPL 93; CC 34(4); DVL 18)."""

    KIN = "KIN"
    FOSTER = "FOSTER"
    RESCUE_INST = "RESCUE_INST"
    WELFARE_INST = "WELFARE_INST"
    SHELTER = "SHELTER"
    VILLAGE_CARE = "VILLAGE_CARE"
    HOSPITAL = "HOSPITAL"
    BOARDING = "BOARDING"


class Measure(codes.Code):
    """What is proposed for the child's care."""

    TEMP_GUARDIANSHIP = "TEMP_GUARDIANSHIP"
    TEMP_CARE = "TEMP_CARE"
    RETURN_TO_ABLE_GUARDIAN = "RETURN_TO_ABLE_GUARDIAN"
    NONE = "NONE"


class MeasureStatus(codes.Code):
    """Life of a measure. PROPOSED/ASSIGNED/REFUSED: temporary guardianship and return; IN_EFFECT: temporary care."""

    PROPOSED = "PROPOSED"
    ASSIGNED = "ASSIGNED"
    REFUSED = "REFUSED"
    IN_EFFECT = "IN_EFFECT"
    ENDED = "ENDED"
    NONE = "NONE"


class Organ(codes.Code):
    """Who becomes the temporary guardian or arranges care (MPL 92; CC 31(3), 34(4))."""

    CIVIL_AFFAIRS = "CIVIL_AFFAIRS"
    VILLAGE_COMMITTEE = "VILLAGE_COMMITTEE"
    RESIDENT_COMMITTEE = "RESIDENT_COMMITTEE"
    STATUTORY_ORG = "STATUTORY_ORG"


class GuardianType(codes.Code):
    """Who is guardian or carer in the end."""

    PARENT = "PARENT"
    GRANDPARENT = "GRANDPARENT"
    SIBLING = "SIBLING"
    OTHER_PERSON = "OTHER_PERSON"
    ORG = "ORG"
    CIVIL_AFFAIRS_TEMP = "CIVIL_AFFAIRS_TEMP"
    COMMITTEE_TEMP = "COMMITTEE_TEMP"
    CIVIL_AFFAIRS_LONG = "CIVIL_AFFAIRS_LONG"
    ENTRUSTED_CARER = "ENTRUSTED_CARER"
    SURROGATE_PARENT = "SURROGATE_PARENT"


class EndReason(codes.Code):
    """Why care or temporary guardianship ended."""

    RETURNED_ASSESSED = "RETURNED_ASSESSED"
    KIN_TOOK_OVER = "KIN_TOOK_OVER"
    LONG_TERM_94 = "LONG_TERM_94"
    REVOKED_NEW_GUARDIAN = "REVOKED_NEW_GUARDIAN"
    ADOPTED = "ADOPTED"
    AGED_OUT_18 = "AGED_OUT_18"
    DIED = "DIED"
    LIMIT_REACHED_REVIEW = "LIMIT_REACHED_REVIEW"


class CloseReason(codes.Code):
    """Why a case is closed (a safe custody is needed besides; DECEASED and DUPLICATE excepted).

    TRANSFERRED: another county has accepted it. OFFER_ENDED: what another county had offered stays with that county.
    """

    RETURNED_ASSESSED = "RETURNED_ASSESSED"
    KIN_TOOK_OVER = "KIN_TOOK_OVER"
    LONG_TERM_94 = "LONG_TERM_94"
    REVOKED_NEW_GUARDIAN = "REVOKED_NEW_GUARDIAN"
    SUPPORT_COMPLETED = "SUPPORT_COMPLETED"
    UNFOUNDED_CHECKED = "UNFOUNDED_CHECKED"
    AGED_OUT_18 = "AGED_OUT_18"
    DIED = "DIED"
    DUPLICATE = "DUPLICATE"
    TRANSFERRED = "TRANSFERRED"
    OFFER_ENDED = "OFFER_ENDED"


class RevocationGround(codes.Code):
    """Grounds of CC 36(1)."""

    SERIOUS_HARM = "SERIOUS_HARM"
    NEGLECT_OR_UNABLE = "NEGLECT_OR_UNABLE"
    OTHER_SERIOUS = "OTHER_SERIOUS"


class RevocationItem(codes.Code):
    """Items of art. 35 of the 2014 four-department opinion, as secondary sources give them (the numbers unverified)."""

    UNSUPERVISED_UNCORRECTED = "UNSUPERVISED_UNCORRECTED"
    REFUSAL_SIX_MONTHS = "REFUSAL_SIX_MONTHS"
    ADDICTION_OR_PRISON_UNDELEGATED = "ADDICTION_OR_PRISON_UNDELEGATED"
    BEGGING_AFTER_WARNINGS = "BEGGING_AFTER_WARNINGS"
    CRIME_INSTIGATED = "CRIME_INSTIGATED"


class Disqualifier(codes.Code):
    """Why somebody may not be entrusted with a child (MPL 22(2), items 1 to 4)."""

    PAST_HARM = "PAST_HARM"
    ADDICTION = "ADDICTION"
    PAST_REFUSAL_OR_NEGLECT = "PAST_REFUSAL_OR_NEGLECT"
    OTHER_UNFIT = "OTHER_UNFIT"


class KinCheck(codes.Code):
    """What is checked of a relative before the child goes there, or by day after it (design; MPL 22, 93)."""

    IDENTITY_AND_RELATION = "IDENTITY_AND_RELATION"
    WILLING_IN_PERSON = "WILLING_IN_PERSON"
    POLICE_RECORD = "POLICE_RECORD"
    HOME_SEEN = "HOME_SEEN"
    CHILD_HEARD = "CHILD_HEARD"


class DisputeAbout(codes.Code):
    """What relatives quarrel about (CC 31): the child's money or property, who is guardian, who cares."""

    MONEY = "MONEY"
    GUARDIANSHIP = "GUARDIANSHIP"
    CARE = "CARE"
    OTHER = "OTHER"


class CallParty(codes.Code):
    """Who was called about a case, by kind: never a person's name or number."""

    DEPARTMENT = "DEPARTMENT"
    FAMILY = "FAMILY"
    REPORTER = "REPORTER"
    CHILD = "CHILD"
    HOLDER = "HOLDER"
    PLACE = "PLACE"
    EMERGENCY = "EMERGENCY"
    OTHER = "OTHER"


class CallOutcome(codes.Code):
    """What came of a call."""

    REACHED = "REACHED"
    WILL_COME = "WILL_COME"
    WILL_CALL_BACK = "WILL_CALL_BACK"
    MESSAGE_LEFT = "MESSAGE_LEFT"
    NO_ANSWER = "NO_ANSWER"
    REFUSED = "REFUSED"
    WRONG_NUMBER = "WRONG_NUMBER"


class ClockType(codes.Code):
    """How a clock counts (CC 200-204 for days)."""

    DUTY_HOURS = "DUTY_HOURS"
    HOURS_24x7 = "HOURS_24x7"
    CALENDAR_DAYS = "CALENDAR_DAYS"
    WORKING_DAYS = "WORKING_DAYS"
    RECURRING = "RECURRING"


class Basis(codes.Code):
    """Where a rule or number comes from."""

    STATUTE = "STATUTE"
    LOCAL = "LOCAL"
    DESIGN = "DESIGN"


class Role(codes.Code):
    """Roles of accounts; each is bound to an area prefix and, for clerks, a department."""

    OFFICER = "OFFICER"
    SIGNATORY = "SIGNATORY"
    SUPERVISOR = "SUPERVISOR"
    CLERK = "CLERK"
    TOWNSHIP_SUPERVISOR = "TOWNSHIP_SUPERVISOR"
    VILLAGE_WORKER = "VILLAGE_WORKER"
    AUDITOR = "AUDITOR"
    ADMINISTRATOR = "ADMINISTRATOR"
    OPERATOR = "OPERATOR"


class LadderStep(codes.Code):
    """Rungs. E0…E5 are civil affairs' (domain vocabulary); D1…D3 a department's own (duty, command, leader)."""

    E0 = "E0"
    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"
    E5 = "E5"
    D1 = "D1"
    D2 = "D2"
    D3 = "D3"


class DisclosureField(codes.Code):
    """What a department may see of a child (shown by the desk alone)."""

    NAME = "name"
    AGE = "age"
    PLACE = "place"
    EXACT_PLACE = "exact_place"
    ALLEGED_PERSON = "alleged_person"
    THREAT = "threat"
    INJURY = "injury"
    SCHOOL = "school"
    TASK = "task"
    CODES = "codes"
    REPORTER_PHONE = "reporter_phone"


class Durability(codes.Code):
    """Where an accepted filing stands when the 202 is sent."""

    BROKER = "broker"
    SPOOL = "spool"


class FeedbackStatus(codes.Code):
    """What a reporter may learn on the receipt's page (MPL 11(3)); PROTECTED only for institutions."""

    RECEIVED = "RECEIVED"
    ACCEPTED = "ACCEPTED"
    TRANSFERRED = "TRANSFERRED"
    PROTECTED = "PROTECTED"
    CLOSED = "CLOSED"
