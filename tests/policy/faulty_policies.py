"""Faults that a careless or a malicious editor could make: each changes the shipped policy's texts in memory."""

from collections.abc import Callable
from typing import NamedTuple

from services.triage.policy_files import load_example_texts, load_policy_texts

TEXTS = load_policy_texts()
EXAMPLES = load_example_texts()
HEAD = "    valid_from: 1970-01-01\n    valid_to: null\n"


class Edited:
    """The texts of a policy and of its examples, to be changed. Files are named by the beginning of their name."""

    def __init__(self) -> None:
        self.texts, self.examples = dict(TEXTS), dict(EXAMPLES)

    def file(self, begins: str) -> str:
        """The one file whose name begins so."""
        (name,) = (name for name in self.texts if name.startswith(begins))
        return name

    def everywhere(self, begins: str, old: str, new: str) -> None:
        """Every occurrence in a file."""
        name = self.file(begins)
        assert old in self.texts[name], old
        self.texts[name] = self.texts[name].replace(old, new)

    def row(self, begins: str, row: str, old: str, new: str) -> None:
        """Every occurrence in a row."""
        name, start, end = self._span(begins, row)
        text = self.texts[name]
        assert old in text[start:end], f"{row} does not say {old}"
        self.texts[name] = text[:start] + text[start:end].replace(old, new) + text[end:]

    def without(self, begins: str, row: str) -> None:
        """The row is taken out."""
        name, start, end = self._span(begins, row)
        self.texts[name] = self.texts[name][:start] + self.texts[name][end:]

    def added(self, begins: str, row: str, lines: str, *, area: str = "", basis: str = "DESIGN") -> None:
        """A row at the end of a file; `lines` are those of its kind."""
        text = f'\n  - id: {row}\n    title: {{zh: 甲, en: "x"}}\n    basis: {basis}\n    citation: 设计值\n{HEAD}'
        self.texts[self.file(begins)] += f'{text}    area: "{area}"\n{lines}'

    def _span(self, begins: str, row: str) -> tuple[str, int, int]:
        name = self.file(begins)
        start = self.texts[name].index(f"  - id: {row}\n")
        ends = [self.texts[name].find(mark, start + 1) for mark in ("\n  - id: ", "\n\nladders:", "\n\nplacements:")]
        return name, start, min((end + 1 for end in ends if end >= 0), default=len(self.texts[name]))


class Fault(NamedTuple):
    """What is wrong and how it is done. `hidden`: an editor could make the examples hold again; the guards find it."""

    says: str
    make: Callable[[Edited], None]
    hidden: bool = True


NEVER, ENDED, TYPO = "2099-01-01", "valid_to: 2022-01-01", "\"'LEFT_IN_HOSPITAL' in concerns\""
YEAR = "设计值（国家法律未规定一年期限；参照上海市未成年人保护条例第七十七条）"
STATIONS = "\"implicated_types.exists(t, t in ['RESCUE_STATION', 'PROTECTION_CENTRE'])\""
LONG = "    start_event: FILED\n    after:\n      ALL: {type: CALENDAR_DAYS, amount: 300, unit: DAY}\n"


def _year_by_the_law(it: Edited) -> None:
    it.row("71", "TGX-1-365", "basis: DESIGN", "basis: STATUTE")
    it.row("71", "TGX-1-365", YEAR, "未成年人保护法第九十二条")
    it.row("71", "TGX-1-365", "1970-01-01", "2021-06-01")


TIMES = [
    Fault("every measure has ended", lambda it: it.everywhere("74", "valid_to: null", ENDED)),
    Fault("every measure ends next year", lambda it: it.everywhere("74", "valid_to: null", "valid_to: 2027-06-30")),
    Fault("every situation of MR ends next year",
          lambda it: it.everywhere("30", "valid_to: null", "valid_to: 2027-06-30")),
    Fault("SEEN has ended", lambda it: it.row("71", "C-SEEN", "valid_to: null", ENDED)),
    Fault("MR-4 has ended", lambda it: it.row("30", "MR-4", "valid_to: null", ENDED)),
    Fault("MR-4 ends in four years", lambda it: it.row("30", "MR-4", "valid_to: null", "valid_to: 2030-06-30")),
    Fault("W-ALLEGED begins in 2099", lambda it: it.row("75", "W-ALLEGED", "1970-01-01", NEVER)),
    Fault("W-ALLEGED ends next year", lambda it: it.row("75", "W-ALLEGED", "valid_to: null", "valid_to: 2027-06-30")),
    Fault("SEEN of S1 in 200 hours", lambda it: it.row("71", "C-SEEN", "amount: 2,", "amount: 200,")),
    Fault("SEEN of S1 at once", lambda it: it.row("71", "C-SEEN", "amount: 2,", "amount: 0,")),
    Fault("SEEN without S1",
          lambda it: it.row("71", "C-SEEN", "      S1: {type: HOURS_24x7, amount: 2, unit: HOUR}\n", "")),
    Fault("the court in 720 hours", lambda it: it.row("71", "RV-2-COURT", "amount: 72", "amount: 720")),
    Fault("months on a clock of hours", lambda it: it.row("71", "C-SEEN", "24, unit: HOUR", "24, unit: MONTH")),
    Fault("SEEN in two thousand million hours", lambda it: it.row("71", "C-SEEN", "amount: 2,", "amount: 2000000000,")),
    Fault("a limit of minus a year", lambda it: it.row("71", "TGX-1-365", "amount: 365", "amount: -365")),
    Fault("no SEEN", lambda it: it.without("71", "C-SEEN")),
    Fault("no DECISION", lambda it: it.without("71", "C-DECISION")),
    Fault("no FEEDBACK", lambda it: it.without("71", "FB-1-OUTCOME")),
    Fault("no REVOCATION_REMINDER", lambda it: it.without("71", "C-REVOCATION")),
    Fault("REVOCATION_REMINDER never", lambda it: it.row("71", "C-REVOCATION", "'RV-1' in", "'TG-7' in")),
    Fault("no HOSPITAL_DAILY", lambda it: it.without("71", "C-HOSPITAL-DAILY")),
    Fault("an outcome in 300 hours", lambda it: it.row("71", "C-OUTCOME", "amount: 24", "amount: 300")),
    Fault("no department owes an outcome", lambda it: it.without("71", "C-OUTCOME")),
    Fault("an outcome of the police in 400 hours",
          lambda it: it.row("71", "C-OUTCOME-POLICE", "amount: 12", "amount: 400")),
    Fault("no limit of a year", lambda it: it.without("71", "TGX-1-365")),
    Fault("no visits after a return", lambda it: it.without("71", "C-RETURN-VISIT")),
    Fault("a start event with a typo", lambda it: it.row("71", "TGX-1-365", "MEASURE_ASSIGNED", "MEASURE_ASIGNED")),
    Fault("a clock with a typo", lambda it: it.row("71", "C-DECISION", "clock: DECISION", "clock: DECISON")),
    Fault("the second rung of S1 after 15 hours",
          lambda it: it.row("73", "LADDER-E2", "S1: {type: HOURS_24x7, amount: 15, unit: MINUTE}",
                            "S1: {type: HOURS_24x7, amount: 15, unit: HOUR}")),
    Fault("acknowledgements hold for 30 days",
          lambda it: it.row("73", "LADDER-EXPIRY", "amount: 30, unit: MINUTE", "amount: 30, unit: DAY")),
    Fault("S1 waits for duty hours", lambda it: it.row("73", "LADDER-EXPIRY", "[S3, S4]", "[S1, S2, S3, S4]")),
    Fault("the police sleep", lambda it: it.row("73", "LADDER-EXPIRY", "[POLICE]", "[HEALTH]")),
    Fault("no rung at the beginning of the ladders", lambda it: it.without("73", "LADDER-E1")),
]  # fmt: skip

LAW = [
    Fault("the opinion of 2014 as a statute, by its name",
          lambda it: it.row("10", "TG-1", "未成年人保护法第九十二条第一项",
                            "关于依法处理监护人侵害未成年人权益行为若干问题的意见第十五条")),
    Fault("an unread ministry order as a statute",
          lambda it: it.row("10", "TG-1", "未成年人保护法第九十二条第一项", "未成年人救助保护机构管理暂行办法第十条")),
    Fault("the limit of a year as national law",
          lambda it: it.row("71", "TGX-1-365", "basis: DESIGN", "basis: STATUTE")),
    Fault("the limit of a year by the Law on the Protection of Minors",
          _year_by_the_law),
    Fault("article 999", lambda it: it.row("10", "TG-1", "第九十二条第一项", "第九百九十九条")),
    Fault("article 133 in digits", lambda it: it.row("10", "TG-1", "第九十二条第一项", "第133条")),
    Fault("an article of an ordinance that nobody read",
          lambda it: it.row("80", "BJ-47-REMOVE", "第四十七条", "第四十八条")),
    Fault("a law without an article", lambda it: it.row("10", "TG-1", "法第九十二条第一项", "法")),
    Fault("the opinion of 2014 by a short name",
          lambda it: it.row("30", "MR-8", "第四条第八项", "第四条第八项；四部门2014年意见第十五条")),
    Fault("the opinion of 2014 by its number in digits",
          lambda it: it.row("74", "M-CARE", "第三十四条第四款（", "第三十四条第四款、法发(2014)24号第十五项（")),
    Fault("an unread article of the opinion behind a read one",
          lambda it: it.row("30", "MR-8", "第四条第八项", "第四条第八项、第十四条")),
    Fault("an article of the Civil Code that nobody read",
          lambda it: it.row("30", "MR-6", "关于建立侵害未成年人案件强制报告制度的意见（试行）第四条第六项",
                            "民法典第一千条")),
    Fault("Shanghai's ordinance in Guizhou", lambda it: it.row("80", "SH-76-ABSENT", 'area: "31"', 'area: "52"')),
    Fault("two texts, and the row is as old as the first",
          lambda it: it.row("10", "TG-3", "valid_from: 2021-06-01", "valid_from: 2021-01-01")),
    Fault("a citation of one letter", lambda it: it.row("10", "TG-1", "未成年人保护法第九十二条第一项", "x")),
    Fault("an empty citation", lambda it: it.row("10", "TG-1", "未成年人保护法第九十二条第一项", "''")),
]  # fmt: skip

PEOPLE = [
    Fault("no W-ALLEGED", lambda it: it.without("75", "W-ALLEGED")),
    Fault("no W-IMPLICATED-UNIT", lambda it: it.without("75", "W-IMPLICATED-UNIT")),
    Fault("no W-ABUSIVE-CARER", lambda it: it.without("75", "W-ABUSIVE-CARER")),
    Fault("no W-VILLAGE-IMPLICATED", lambda it: it.without("75", "W-VILLAGE-IMPLICATED")),
    Fault("no W-TOWNSHIP-IMPLICATED", lambda it: it.without("75", "W-TOWNSHIP-IMPLICATED")),
    Fault("no W-VILLAGE", lambda it: it.without("75", "W-VILLAGE")),
    Fault("nobody acts for the township",
          lambda it: it.row("75", "W-TOWNSHIP-OFFICE", "    stand_in: CIVIL_AFFAIRS\n", "")),
    Fault("the youth league acts for the township",
          lambda it: it.row("75", "W-TOWNSHIP-OFFICE", "stand_in: CIVIL_AFFAIRS", "stand_in: YOUTH_LEAGUE")),
    Fault("MR-4 does not tell the police", lambda it: it.row("30", "MR-4", "named: [POLICE]", "named: [HEALTH]")),
    Fault("LB-3 does not tell the police",
          lambda it: it.row("20", "LB-3", "named: [POLICE]", "named: [CIVIL_AFFAIRS]")),
    Fault("education sees who is alleged",
          lambda it: it.row("72", "DISCLOSE-EDUCATION", "[name, school, task]",
                            "[name, exact_place, alleged_person, threat, injury]")),
    Fault("the village sees who is alleged",
          lambda it: it.row("72", "DISCLOSE-VILLAGE", "[name, place, task]", "[name, exact_place, alleged_person]")),
    Fault("the police see no place", lambda it: it.row("72", "DISCLOSE-POLICE", "[name, exact_place, ", "[")),
    Fault("the police are left out",
          lambda it: it.added("75", "W-POLICE", "    when: {test: \"'CHILD_LABOUR' in concerns\", unknown_as: false}\n"
                              "    department: POLICE\n    stand_in: CIVIL_AFFAIRS\n")),
    Fault("civil affairs are left out in Shanghai",
          lambda it: it.added("75", "W-CA", "    department: CIVIL_AFFAIRS\n    stand_in: POLICE\n", area="31")),
    Fault("the family may be told", lambda it: it.without("76", "DO-NOT-TELL-FAMILY")),
    Fault("an implicated home is a place", lambda it: it.without("74", "PL-WELFARE-IMPLICATED")),
    Fault("the police climb to nobody", lambda it: it.without("73", "LADDER-POLICE-D3")),
    Fault("no coordinating body", lambda it: it.without("73", "LADDER-E3-COORDINATOR")),
    Fault("no supervisor", lambda it: it.without("73", "LADDER-E4-SUPERVISOR")),
    Fault("no word of 110", lambda it: it.without("76", "DANGER-FIRST")),
    Fault("a filing parent is told when the visit is",
          lambda it: it.row("76", "VISIT-S1", '{test: "!reporter_may_be_alleged", unknown_as: false}, ', "")),
]  # fmt: skip

WEIGHT = [
    Fault("MR-1 is S4", lambda it: it.row("30", "MR-1", "level: S1", "level: S4")),
    Fault("TG-5 is S3", lambda it: it.row("10", "TG-5", "level: S1", "level: S3")),
    Fault("no R-REPEATED", lambda it: it.without("70", "R-REPEATED")),
    Fault("no R-ACCESS-OR-AFRAID", lambda it: it.without("70", "R-ACCESS-OR-AFRAID")),
    Fault("no TG-6", lambda it: it.without("10", "TG-6")),
    Fault("no DS-6", lambda it: it.without("60", "DS-6")),
    Fault("eighteen thousand days", lambda it: it.row("70", "R-GONE-LONG", "gone_days > 180", "gone_days > 18000")),
    Fault("TG-6 when access is unknown is not met",
          lambda it: it.row("10", "TG-6", 'alleged_access", unknown_as: true', 'alleged_access", unknown_as: false')),
    Fault("MR-9 for whatever is unknown", lambda it: it.row("30", "MR-9", "unknown_as: false", "unknown_as: true")),
    Fault("a return to who is able",
          lambda it: it.row("74", "M-RETURN", "{test: returnable_guardian", "{test: able_guardian")),
    Fault("no measure for the living", lambda it: it.row("74", "M-DEATH", "injury == 'DEATH'", "injury != 'NONE'")),
    Fault("institutions before relatives",
          lambda it: it.row("74", "M-GUARDIANSHIP", "[KIN, FOSTER, RESCUE_INST, WELFARE_INST]",
                            "[WELFARE_INST, RESCUE_INST, FOSTER, KIN]")),
    Fault("no organ", lambda it: it.row("74", "M-GUARDIANSHIP", "    organ: CIVIL_AFFAIRS\n", "")),
    Fault("the village as temporary guardian",
          lambda it: it.row("74", "M-GUARDIANSHIP", "organ: CIVIL_AFFAIRS", "organ: VILLAGE_COMMITTEE")),
    Fault("relatives are struck out",
          lambda it: it.row("74", "PL-RESCUE-IMPLICATED", "[RESCUE_INST]", "[KIN, RESCUE_INST]")),
    Fault("everything is S1", lambda it: it.row("90", "GEN-0", "level: S4", "level: S1")),
    Fault("a drop-out is S1", lambda it: it.row("40", "ED-1", "level: S3", "level: S1")),
]  # fmt: skip

SPELLING = [
    Fault("a code with a typo", lambda it: it.row("70", "R-UNDER-14-HARMED", "'MR-4'", "'MR-44'")),
    Fault("a code with a dash behind", lambda it: it.row("30", "MR-8", "'BEGGING' in", "'BEGGING-' in")),
    Fault("a code with a typo in double quotes",
          lambda it: it.row("70", "R-LEFT-IN-HOSPITAL", TYPO, "'\"LEFT_IN_HOSPITL\" in concerns'")),
    Fault("a unit with a typo in double quotes",
          lambda it: it.row("75", "W-RESCUE-IMPLICATED", STATIONS, "'\"RESCUE_STATON\" in implicated_types'")),
    Fault("a number against a text", lambda it: it.row("70", "R-GONE-LONG", "gone_days > 180", "gone_days > '180'")),
    Fault("two rows of one id", lambda it: it.added("71", "C-SEEN", "    clock: SEEN\n" + LONG)),
    Fault("one id for two kinds", lambda it: it.added("75", "C-SEEN", "    department: YOUTH_LEAGUE\n")),
    Fault("the first ladder is missing", lambda it: it.without("73", "LADDER-E0-TOWNSHIP")),
    Fault("the examples are missing", lambda it: it.examples.clear(), hidden=False),
]  # fmt: skip

LOCAL = [
    Fault("SEEN in 300 days in Shanghai", lambda it: it.added("71", "C-SEEN", "    clock: SEEN\n" + LONG, area="31")),
    Fault("SEEN in 300 days in one township",
          lambda it: it.added("71", "C-SEEN", "    clock: SEEN\n" + LONG, area="310101001")),
    Fault("SEEN is another clock in Shanghai",
          lambda it: it.added("71", "C-SEEN", "    clock: FEEDBACK\n" + LONG.replace("300", "1"), area="31")),
    Fault("no repetition counts in Shanghai",
          lambda it: it.added("70", "R-REPEATED", "    when: {test: \"'OTHER' in concerns\", unknown_as: false}\n"
                              "    steps: 1\n", area="31")),
    Fault("the alleged person is not left out in Shanghai",
          lambda it: it.added("75", "W-ALLEGED", "    when: {test: alone_now, unknown_as: false}\n"
                              "    person: ALLEGED_PERSON\n", area="31")),
    Fault("health sees less, the village more, in Shanghai",
          lambda it: it.added("72", "DISCLOSE-VILLAGE", "    department: VILLAGE\n    disclosure: [name, injury]\n",
                              area="31")),
]  # fmt: skip

DAY = '{test: "!night_now", unknown_as: true}'


def _by_day(begins: str, row: str, before: str, lines: str) -> Callable[[Edited], None]:
    """A row that holds by day only: `lines` is put before `before`, with the test in the place of DAY."""
    return lambda it: it.row(begins, row, before, lines.replace("DAY", DAY) + before)


_AMONG_ALL = ("      all:\n        - DAY\n", "      all:\n")


def _among(begins: str, row: str) -> Fault:
    return Fault(f"{row} by day only", lambda it: it.row(begins, row, _AMONG_ALL[1], _AMONG_ALL[0].replace("DAY", DAY)))


NIGHT = [
    *(_among(begins, row) for begins, row in (
        ("10", "TG-6"), ("60", "DS-1"), ("30", "MR-2"), ("70", "R-ALONE-UNDER-8"), ("74", "M-GUARDIANSHIP-NO-GUARDIAN"),
        ("74", "M-CARE"),
    )),
    Fault("M-GUARDIANSHIP by day only",
          _by_day("74", "M-GUARDIANSHIP", '            - {test: "!returnable_guardian"', "            - DAY\n")),
    Fault("DO-NOT-TELL-FAMILY by day only",
          lambda it: it.row("76", "DO-NOT-TELL-FAMILY", "when: {all: [", f"when: {{all: [{DAY}, ")),
    Fault("W-ALLEGED by day only", _by_day("75", "W-ALLEGED", "    person:", "    when: DAY\n")),
    Fault("W-VILLAGE-IMPLICATED by day only",
          lambda it: it.row("75", "W-VILLAGE-IMPLICATED", "{test: village_implicated, unknown_as: false}",
                            f"{{all: [{{test: village_implicated, unknown_as: false}}, {DAY}]}}")),
    Fault("W-VILLAGE by day only",
          lambda it: it.row("75", "W-VILLAGE", "      any:\n", f"     all:\n      - {DAY}\n      - any:\n")),
    Fault("LB-4 by day only",
          lambda it: it.row("20", "LB-4", "      any:\n", f"     all:\n      - {DAY}\n      - any:\n")),
    Fault("the police are told by day only",
          lambda it: it.row("30", "MR-4", "named: [POLICE]", f"named: [{{code: POLICE, when: {DAY}}}]")),
    Fault("the command centre by day only", _by_day("73", "LADDER-POLICE-D2", "    after:\n", "    when: DAY\n")),
    Fault("the supervisor by day only", _by_day("73", "LADDER-E4-SUPERVISOR", "    after:\n", "    when: DAY\n")),
    Fault("a raise at night that saves nobody by day",
          lambda it: it.added("70", "R-NIGHT", "    when: {test: night_now, unknown_as: true}\n    steps: 1\n")),
]  # fmt: skip

BOTH = "drop: [WELFARE_INST, RESCUE_INST]"
HOME = "{test: \"'WELFARE_INST' in implicated_types\", unknown_as: false}"
FAR = "    clock: {}\n    start_event: {}\n    after:\n      ALL: {{type: CALENDAR_DAYS, amount: 3000, unit: DAY}}\n"
HARM_LIST = ("'MR-1', 'MR-2', 'MR-3', 'MR-4', 'MR-5', 'MR-7', 'TG-5', 'TG-6', 'LB-3', 'DS-7', 'DS-12', 'DS-13', 'HT-1'",
             "'MR-1'")  # fmt: skip

CARE = [
    Fault("care by the village", lambda it: it.row("74", "M-CARE", "organ: CIVIL_AFFAIRS", "organ: VILLAGE_COMMITTEE")),
    Fault("care by the residents",
          lambda it: it.row("74", "M-CARE", "organ: CIVIL_AFFAIRS", "organ: RESIDENT_COMMITTEE")),
    Fault("care by the village while treatment waits",
          lambda it: it.row("74", "M-CARE-TREATMENT", "organ: CIVIL_AFFAIRS", "organ: VILLAGE_COMMITTEE")),
    Fault("a village keeps a harmed child", lambda it: it.row("74", "M-CARE-VILLAGE", *HARM_LIST)),
    Fault("residents keep a harmed child", lambda it: it.row("74", "M-CARE-RESIDENT", *HARM_LIST)),
    Fault("an implicated village keeps the child",
          lambda it: it.row("74", "M-CARE-VILLAGE",
                            '        - {test: "!filing_unit_implicated", unknown_as: true}\n', "")),
    Fault("a village that does not have the child keeps it",
          lambda it: it.row("74", "M-CARE-VILLAGE", "        - {test: holder == 'VILLAGE', unknown_as: false}\n", "")),
    Fault("no institution where a home is implicated",
          lambda it: it.row("74", "PL-WELFARE-IMPLICATED", "drop: [WELFARE_INST]", BOTH)),
    Fault("no home for the youngest",
          lambda it: it.row("74", "PL-WELFARE-IMPLICATED", HOME,
                            f"{{any: [{{test: under_8, unknown_as: false}}, {HOME}]}}")),
    Fault("no institution for the harmed",
          lambda it: it.row("74", "PL-VILLAGE-WITHHELD", "[VILLAGE_CARE]",
                            "[VILLAGE_CARE, RESCUE_INST, WELFARE_INST]")),
    Fault("care without the protection institution",
          lambda it: it.row("74", "M-CARE", "FOSTER, RESCUE_INST, WELFARE", "FOSTER, WELFARE")),
    Fault("no M-CARE-UNEXPLAINED", lambda it: it.without("74", "M-CARE-UNEXPLAINED")),
    Fault("no R-CONSENT", lambda it: it.without("70", "R-CONSENT")),
    Fault("no R-SIBLING-DIED", lambda it: it.without("70", "R-SIBLING-DIED")),
    Fault("grave harm is another item of revocation",
          lambda it: it.row("50", "RV-1-HARM", "revocation: SERIOUS_HARM", "revocation: OTHER_SERIOUS")),
    Fault("the police see neither who is alleged nor the injury",
          lambda it: it.row("72", "DISCLOSE-POLICE", ", alleged_person, threat, injury]", "]")),
    Fault("health sees a task only", lambda it: it.row("72", "DISCLOSE-HEALTH", "[name, age, injury]", "[task]")),
    Fault("the township sees a task only",
          lambda it: it.row("72", "DISCLOSE-TOWNSHIP", "[name, place, task]", "[task]")),
    Fault("the duty officer of no county", lambda it: it.row("73", "LADDER-E1", "area_digits: 6", "area_digits: 9")),
    Fault("the duty officer of the province", lambda it: it.row("73", "LADDER-E1", "area_digits: 6", "area_digits: 2")),
    Fault("the police station of the province",
          lambda it: it.row("73", "LADDER-POLICE-D1", "area_digits: 9", "area_digits: 2")),
    Fault("no HOSPITAL-CARE-FIRST", lambda it: it.without("76", "HOSPITAL-CARE-FIRST")),
    Fault("no STILL-CALL-POLICE", lambda it: it.without("76", "STILL-CALL-POLICE")),
    Fault("Shanghai's year in days by the thousand in one district",
          lambda it: it.added("71", "TGX-1-LIMIT-SH", FAR.format("GUARDIANSHIP_LIMIT_LOCAL", "MEASURE_ASSIGNED"),
                              area="310101")),
    Fault("Shanghai's visits in one district",
          lambda it: it.added("71", "C-RETURN-VISIT-SH", FAR.format("FOLLOW_UP_VISIT_LOCAL", "RETURNED"),
                              area="310101")),
]  # fmt: skip

FAULTS = [*TIMES, *LAW, *PEOPLE, *WEIGHT, *SPELLING, *LOCAL, *NIGHT, *CARE]
