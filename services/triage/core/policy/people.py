"""Facts about guardians, the carer and the alleged person (MPL 22, 92-94; Civil Code 27, 31, 34)."""

from dataclasses import dataclass

from shared.contracts.assessment import FactValue
from shared.contracts.reports import AllegedFacts, GuardianFacts, ReportFacts
from shared.contracts.vocabulary import Concern, GuardianStatus, Holder, Relation

from services.triage.core.clocks import DAY_MS

UNABLE = frozenset(
    {
        GuardianStatus.ABUSIVE,
        GuardianStatus.REFUSES_DUTY,
        GuardianStatus.DETAINED,
        GuardianStatus.DECEASED,
        GuardianStatus.MISSING,
        GuardianStatus.UNREACHABLE,
        GuardianStatus.SERIOUSLY_ILL,
        GuardianStatus.DISABLED,
        GuardianStatus.SUBSTANCE_ABUSE,
        GuardianStatus.QUARANTINED_OR_DISASTER,
    }
)
"""Statuses with which a guardian cannot, may not or does not care for the child."""
PASSING = frozenset({GuardianStatus.QUARANTINED_OR_DISASTER})
"""Causes that pass by themselves: living care (CC 34(4)) rather than guardianship."""
GONE = frozenset(
    {
        GuardianStatus.MISSING,
        GuardianStatus.UNREACHABLE,
        GuardianStatus.REFUSES_DUTY,
        GuardianStatus.DETAINED,
        GuardianStatus.ABSENT_MIGRANT_WORK,
    }
)
HARM = frozenset(
    {
        Concern.PHYSICAL_ABUSE,
        Concern.SEXUAL_ABUSE,
        Concern.EMOTIONAL_ABUSE,
        Concern.MALNUTRITION,
        Concern.INJURY_UNEXPLAINED,
        Concern.TRAFFICKING,
        Concern.BEGGING,
        Concern.CRIME_INSTIGATED,
    }
)
HARM_BY_SOMEBODY_NAMED = HARM | {Concern.SELF_HARM}
"""What is laid to somebody of the household who is alleged; a child may hurt itself for many other reasons."""
CARING_RELATIONS = frozenset(
    {
        Relation.FATHER,
        Relation.MOTHER,
        Relation.GRANDPARENT,
        Relation.STEP_PARENT,
        Relation.PARTNER_OF_PARENT,
        Relation.ENTRUSTED_CARER,
    }
)
OUTSIDE_RELATIONS = frozenset({Relation.NEIGHBOUR, Relation.TEACHER, Relation.STAFF, Relation.STRANGER})
NOT_OF_FAMILY = OUTSIDE_RELATIONS | {Relation.UNKNOWN}
HOLDING = {
    Holder.KIN: frozenset({Relation.GRANDPARENT, Relation.AUNT_UNCLE, Relation.SIBLING}),
    Holder.FOSTER: frozenset({Relation.OTHER}),
    Holder.RESCUE_INST: frozenset({Relation.STAFF, Relation.TEACHER}),
    Holder.WELFARE_INST: frozenset({Relation.STAFF, Relation.TEACHER}),
}
"""Who is meant by a holder of this kind."""
BOARDING = {
    Holder.SCHOOL: frozenset({Relation.STAFF, Relation.TEACHER}),
    Holder.HOSPITAL: frozenset({Relation.STAFF}),
}
"""Whom the child lives among there while no guardian who could fetch it is known. They are nobody's carers by that:
for a child that goes home in the evening a teacher is an outsider."""
FACILITY_HOLDERS = frozenset({Holder.SCHOOL, Holder.HOSPITAL, Holder.POLICE, Holder.TOWNSHIP})


@dataclass(frozen=True, slots=True)
class PeopleFacts:
    """`values`: facts of the catalogue. `harm_within_family`: True, False or None (unknown)."""

    values: dict[str, FactValue]
    harm_within_family: bool | None


def known(statuses: tuple[GuardianStatus, ...]) -> frozenset[GuardianStatus]:
    """The statuses without UNKNOWN."""
    found = frozenset(statuses)
    return found - {GuardianStatus.UNKNOWN} if GuardianStatus.UNKNOWN in found else found


def is_able(statuses: frozenset[GuardianStatus]) -> bool | None:
    """True: ABLE and nothing against it. False: some status makes unable. None: not known."""
    if not statuses.isdisjoint(UNABLE):
        return False
    return True if GuardianStatus.ABLE in statuses else None


def people_of(report: ReportFacts, concerns: tuple[Concern, ...], at_ms: int) -> PeopleFacts:
    """The people's facts of a report. `concerns`: of all its children, for who harms one is feared for every one."""
    statuses = [known(guardian.status) for guardian in report.guardians]
    stated = frozenset().union(*statuses)
    ability = [is_able(status) for status in statuses]
    carer = known(report.carer.status) if report.carer else frozenset[GuardianStatus]()
    alleged = alleged_of(report)
    relation = alleged[0].relation if alleged else Relation.UNKNOWN
    harmed = not HARM.isdisjoint(concerns)
    looking_after = _looking_after(report)
    caring = any(person.relation in CARING_RELATIONS or person.relation in looking_after for person in alleged)
    known_abusive = GuardianStatus.ABUSIVE in stated or GuardianStatus.ABUSIVE in carer
    abusive = known_abusive or (caring and not HARM_BY_SOMEBODY_NAMED.isdisjoint(concerns))
    outside = _outside_household(alleged, looking_after | _living_among(report, ability))
    in_family = abusive or (bool(alleged) and outside is not True)
    afraid = report.safety.afraid_to_go_home is True
    feared_at_home = known_abusive or afraid or _feared_at_home(alleged, harmed=harmed)
    returnable = _returnable(report.guardians, ability, alleged, feared_at_home=feared_at_home)
    values: dict[str, FactValue] = {
        "guardian_statuses": _codes(stated),
        "able_guardian": True if True in ability else False if ability and None not in ability else None,
        "all_guardians_unable": _all_unable(statuses, ability),
        "parents_dead": _parents_dead(report.guardians, statuses),
        "returnable_guardian": returnable,
        "able_guardian_feared": True in ability and not returnable,
        "abusive_guardian": abusive,
        "gap_only_passing": _only_passing(statuses),
        "gone_days": _gone_days(report.guardians, at_ms),
        "carer_statuses": _codes(carer),
        "carer_able": is_able(carer) if report.carer else None,
        "written_entrustment": report.carer.written_entrustment if report.carer else None,
        "alleged_relation": None if relation is Relation.UNKNOWN else relation.value,
        "alleged_outside_household": outside,
        "alleged_office": _office(alleged),
    }
    return PeopleFacts(values, True if in_family else None if outside is None else False)


def alleged_of(report: ReportFacts) -> tuple[AllegedFacts, ...]:
    """Everybody who is said to have done harm, whom the newest filing names first."""
    return (*((report.alleged_person,) if report.alleged_person else ()), *(report.others_alleged or ()))


def _looking_after(report: ReportFacts) -> frozenset[Relation]:
    """Relations of those who look after the child now, whatever they are to the household otherwise.

    A neighbour or teacher who is the carer, a relative who holds the child, the staff of the institution it lives in.
    Two strangers need not be the same person.
    """
    found = {guardian.relation for guardian in report.guardians}
    if report.carer is not None:
        found.add(report.carer.relation)
    found |= HOLDING.get(report.custody_now.holder, frozenset())
    return frozenset(found - {Relation.UNKNOWN, Relation.STRANGER})


def _living_among(report: ReportFacts, ability: list[bool | None]) -> frozenset[Relation]:
    """Relations of those among whom the child stays day and night, because no guardian at home is known to be able."""
    at_home = any(
        able is True and GuardianStatus.ABSENT_MIGRANT_WORK not in guardian.status
        for guardian, able in zip(report.guardians, ability, strict=True)
    )
    return frozenset() if at_home else BOARDING.get(report.custody_now.holder, frozenset())


def _codes(statuses: frozenset[GuardianStatus]) -> tuple[str, ...]:
    return tuple(sorted([code.value for code in statuses])) if statuses else ()


def _feared_at_home(alleged: tuple[AllegedFacts, ...], *, harmed: bool) -> bool:
    """Whether somebody at the guardians' home is feared of whom no status says so.

    Known to be of the family: whatever was reported. Not known, or nobody named, which is the same: when harm was.
    """
    if harmed and (not alleged or any(person.relation is Relation.UNKNOWN for person in alleged)):
        return True
    return any(person.relation not in NOT_OF_FAMILY for person in alleged)


def _all_unable(statuses: list[frozenset[GuardianStatus]], ability: list[bool | None]) -> bool | None:
    """True: every guardian is unable. A parent who is a minor is no able one beside others who are unable."""
    if True in ability:
        return False
    counted = [
        False if able is None and GuardianStatus.MINOR_PARENT in status and False in ability else able
        for status, able in zip(statuses, ability, strict=True)
    ]
    return True if counted and None not in counted else None


def _outside_household(alleged: tuple[AllegedFacts, ...], looking_after: frozenset[Relation]) -> bool | None:
    """True: all of them are strangers to the household. False: somebody is not. None: not known, or nobody alleged.

    OTHER says nothing of where somebody lives (another youth, a friend of the family), unless such a one looks after
    the child.
    """
    if not alleged:
        return None
    says_nothing = {Relation.UNKNOWN, Relation.OTHER} - looking_after
    known_relations = [person.relation for person in alleged if person.relation not in says_nothing]
    if any(relation not in OUTSIDE_RELATIONS or relation in looking_after for relation in known_relations):
        return False
    return True if known_relations and len(known_relations) == len(alleged) else None


def _office(alleged: tuple[AllegedFacts, ...]) -> bool | None:
    """Whether any of them holds a public office; unknown of one is unknown of all, unless one is known to."""
    if not alleged:
        return None
    offices = {person.office for person in alleged}
    return True if True in offices else False if offices == {False} else None


def _parents_dead(guardians: tuple[GuardianFacts, ...], statuses: list[frozenset[GuardianStatus]]) -> bool | None:
    """True: father and mother are dead, and no other guardian is named. False: somebody named is known to live."""
    if any(status and GuardianStatus.DECEASED not in status for status in statuses):
        return False
    dead = {each.relation for each in guardians if GuardianStatus.DECEASED in each.status}
    return True if len(dead) == len(guardians) and dead == {Relation.FATHER, Relation.MOTHER} else None


def _returnable(
    guardians: tuple[GuardianFacts, ...],
    ability: list[bool | None],
    alleged: tuple[AllegedFacts, ...],
    *,
    feared_at_home: bool,
) -> bool:
    """Whether return may be proposed to some able guardian, never to one who may be the alleged person.

    One who works far away takes the child when back: until then somebody else must.

    It may when nobody of the family is alleged or abusive and the child is not afraid of home, or when that guardian
    is known not to live with the feared person; unknown counts as living there.
    """
    relations = {person.relation for person in alleged} - {Relation.UNKNOWN, Relation.STRANGER}
    of_family = not relations <= OUTSIDE_RELATIONS
    for guardian, able in zip(guardians, ability, strict=True):
        if able is not True or GuardianStatus.ABSENT_MIGRANT_WORK in guardian.status:
            continue
        if guardian.relation in relations or (guardian.relation is Relation.UNKNOWN and of_family):
            continue
        if guardian.lives_with_alleged is False or (not feared_at_home and guardian.lives_with_alleged is not True):
            return True
    return False


def _only_passing(statuses: list[frozenset[GuardianStatus]]) -> bool:
    """Every guardian is kept away by a passing cause and by nothing else."""
    unable = [status & UNABLE for status in statuses]
    return bool(unable) and all(status and status <= PASSING for status in unable)


def _gone_days(guardians: tuple[GuardianFacts, ...], at_ms: int) -> int | None:
    """The longest time for which a guardian has been gone or without contact, in whole days."""
    if not guardians:
        return None
    moments = [guardian.last_contact_at_ms for guardian in guardians]
    moments += [guardian.since_ms for guardian in guardians if not GONE.isdisjoint(guardian.status)]
    past = [moment for moment in moments if moment is not None and moment <= at_ms]
    return (at_ms - min(past)) // DAY_MS if past else None
