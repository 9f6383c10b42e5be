"""What the custodian knows of the case-log: cases and what is sealed of them, accounts, grants, destructions.

Events are read as they stand in signed records (raw JSON). An event that lacks what is needed here is left out: then
nothing is granted by it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shared.contracts.identity import BREAK_GLASS_PARTS, IdentityPart
from shared.contracts.ids import COUNTY_UNKNOWN, note_of

KEPT_AFTER_MS: Final = 24 * 3600 * 1000
"""Grants are forgotten so long after they ended."""
IN_DANGER: Final = frozenset({"S1", "S2"})
OF_COMMANDS: Final = frozenset({"CommandAccepted", "CommandRefused"})
"""What names the sealed note of a command, whatever came of it."""
SERVING: Final = frozenset({"OFFICER", "SUPERVISOR"})
COUNTY_DIGITS: Final = 6
Event = Mapping[str, Any]


class NotGranted(Exception):
    """`code`: why nothing is opened. It never carries what is sealed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may read which parts of which case until when (space time)."""

    case: str
    opening: str
    by: str
    parts: tuple[IdentityPart, ...]
    until_ms: int


@dataclass(slots=True)
class KnownCase:
    """A case; `sealed` leads from each sealed part to the child's place in it (None: of the whole case)."""

    county: str
    area: str
    level: str = "S1"
    is_open: bool = True
    report_id: str = ""
    sealed: dict[str, int | None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    """What officers wrote with their commands, sealed by the desk."""
    destroyed: set[str] = field(default_factory=set)


@dataclass
class Known:
    """The fold of every book's records, each given once and in its book's order."""

    cases: dict[str, KnownCase] = field(default_factory=dict)
    cases_of: dict[str, set[str]] = field(default_factory=dict)
    """The cases that a sealed part is about."""
    reports: dict[str, str] = field(default_factory=dict)
    """The report that a sealed part belongs to: one that was sent again was sealed again."""
    accounts: dict[tuple[str, str], Event] = field(default_factory=dict)
    grants: dict[tuple[str, str], Grant] = field(default_factory=dict)
    decided: dict[str, bool] = field(default_factory=dict)
    """Break-glass commands that triage has decided: accepted or not."""
    _destroyed: set[str] = field(default_factory=set)
    _notes_destroyed_ms: dict[str, int] = field(default_factory=dict)
    """Cases whose identity was destroyed: all notes until then are, also of commands that nobody has decided."""
    _destroyed_reports: set[str] = field(default_factory=set)

    def take(self, events: Iterable[Event], decided_at_ms: int) -> None:
        """Fold one record's events."""
        for event in events:
            fold = _FOLDS.get(str(event.get("type")))
            if fold is not None:
                fold(self, event)
            case, sealed_id = event.get("case"), event.get("sealed_id")
            if isinstance(case, str) and isinstance(sealed_id, str) and case in self.cases:
                self._sealed(case, sealed_id, event)
        if self.grants:
            self._forget(decided_at_ms)

    def find(self, account: str, case: str, opening: str, now_ms: int) -> Grant:
        """The grant by which an account may read now. Raises NotGranted."""
        grant = self.grants.get((case, opening))
        if grant is None:
            raise NotGranted("NO_GRANT")
        if grant.by != account:
            raise NotGranted("NOT_YOURS")
        if now_ms >= grant.until_ms:
            raise NotGranted("EXPIRED")
        return grant

    def sealed_of(self, case: str) -> dict[str, int | None]:
        """What is sealed of a case and not destroyed."""
        known = self.cases.get(case)
        if known is None:
            return {}
        both: dict[str, int | None] = {**known.sealed, **known.notes}
        return {name: child for name, child in both.items() if name not in known.destroyed}

    def notes_of(self, case: str) -> tuple[str, ...]:
        """The notes of a case that are not destroyed."""
        known = self.cases.get(case)
        return tuple(name for name in known.notes if name not in known.destroyed) if known is not None else ()

    def undecided_report(self, case: str) -> str:
        """The report of a case that could not be decided, of which the record names no sealed part; else nothing."""
        known = self.cases.get(case)
        return known.report_id if known is not None and not known.sealed else ""

    def is_destroyed(self, sealed_id: str, report_id: str) -> bool:
        """Whether a sealed part is to be destroyed: it, another sealing of the same report, a note of its case."""
        if sealed_id in self._destroyed or report_id in self._destroyed_reports:
            return True
        note = note_of(report_id) if self._notes_destroyed_ms else None
        return note is not None and note[1] <= self._notes_destroyed_ms.get(note[0], -1)

    @property
    def destroyed_count(self) -> int:
        """How many sealed parts are to be destroyed, or are."""
        return len(self._destroyed)

    def is_needed(self, sealed_id: str) -> bool:
        """Whether it may be asked for soon: a case of it is open, or none is known yet."""
        cases = self.cases_of.get(sealed_id)
        return not cases or any(self.cases[case].is_open for case in cases)

    def check_alone(self, actor: Event, case: str) -> None:
        """What triage would check of one officer alone. Raises NotGranted."""
        known = self.cases.get(case)
        if known is None or not known.is_open:
            raise NotGranted("NO_SUCH_CASE")
        if known.level not in IN_DANGER:
            raise NotGranted("NOT_IN_DANGER")
        name = str(actor.get("account"))
        own = self.accounts.get((known.county, name))
        account = own or self.accounts.get((COUNTY_UNKNOWN, name))
        if account is None or not account.get("active", True):
            raise NotGranted("UNKNOWN_ACCOUNT")
        same = all(account.get(each) == actor.get(each) for each in ("role", "area_prefix"))
        if not same or account.get("role") not in SERVING:
            raise NotGranted("ROLE")
        if not known.area.startswith(str(account.get("area_prefix", ""))):
            raise NotGranted("AREA")
        if own is None and self._is_served(known.county):
            raise NotGranted("NOT_RESPONSIBLE")

    def _is_served(self, county: str) -> bool:
        return any(
            each.get("active", True) and each.get("role") in SERVING
            for (of, _), each in self.accounts.items()
            if of == county
        )

    def _sealed(self, case: str, sealed_id: str, event: Event) -> None:
        known = self.cases[case]
        if event.get("type") in OF_COMMANDS:
            known.notes.setdefault(sealed_id)
            self.cases_of.setdefault(sealed_id, set()).add(case)
            return
        if sealed_id in known.notes:
            return
        child = event.get("child")
        if child is None and event.get("type") == "ReportJoined":
            child = next((each for each in known.sealed.values() if each is not None), 0)
        known.sealed.setdefault(sealed_id, child if isinstance(child, int) else None)
        self.cases_of.setdefault(sealed_id, set()).add(case)
        if isinstance(event.get("report_id"), str):
            self.reports[sealed_id] = event["report_id"]

    def destroy(self, case: str, at_ms: int) -> None:
        """What is sealed of this case so far is destroyed, as far as it is about no other case."""
        known = self.cases.get(case)
        if known is None:
            return
        known.destroyed |= {*known.sealed, *known.notes}
        self._notes_destroyed_ms[case] = at_ms
        self._destroyed |= set(known.notes)
        if undecided := self.undecided_report(case):
            self._destroyed_reports.add(undecided)
        for name in known.sealed:
            if all(name in self.cases[each].destroyed for each in self.cases_of[name]):
                self._destroyed.add(name)
                if name in self.reports:
                    self._destroyed_reports.add(self.reports[name])
        for each in [each for each in self.grants if each[0] == case]:
            del self.grants[each]

    def _forget(self, now_ms: int) -> None:
        ended = [name for name, grant in self.grants.items() if grant.until_ms + KEPT_AFTER_MS < now_ms]
        for name in ended:
            del self.grants[name]


def alone(command_id: str, account: str, case: str, until_ms: int) -> Grant:
    """The grant of a break-glass command that triage has not decided."""
    return Grant(case, command_id, account, BREAK_GLASS_PARTS, until_ms)


def _opened(known: Known, event: Event) -> None:
    county = str(event["county"])
    children = (event.get("facts") or {}).get("children") or [{}]
    area = str(children[0].get("area_code") or county)
    known.cases[str(event["case"])] = KnownCase(county, area if area.startswith(county) else county)


def _undecidable(known: Known, event: Event) -> None:
    county, report_id = str(event["county"]), str(event.get("report_id", ""))
    known.cases[str(event["case"])] = KnownCase(county, county, report_id=report_id)


def _level(known: Known, event: Event) -> None:
    if (case := known.cases.get(str(event["case"]))) is not None:
        case.level = str(event["level"])


def _joined(known: Known, event: Event) -> None:
    case = known.cases.get(str(event["case"]))
    children = (event.get("facts") or {}).get("children") or [{}]
    area = str(children[0].get("area_code") or "")
    if case is not None and area.startswith(case.county):
        case.area = area


def _separated(known: Known, event: Event) -> None:
    """What is sealed of a report of another child goes with it: nobody who opens the one case reads of the other."""
    case, new = known.cases.get(str(event["case"])), known.cases.get(str(event["opened"]))
    if case is None or new is None:
        return
    _joined(known, event)
    child = next((each for each in new.sealed.values() if each is not None), 0)
    for name in event.get("sealed_ids") or ():
        case.sealed.pop(name, None)
        known.cases_of.setdefault(name, set()).discard(str(event["case"]))
        known.cases_of[name].add(str(event["opened"]))
        new.sealed.setdefault(name, child)


def _closed(known: Known, event: Event) -> None:
    if (case := known.cases.get(str(event["case"]))) is not None:
        case.is_open = False


def _reopened(known: Known, event: Event) -> None:
    if (case := known.cases.get(str(event["case"]))) is not None:
        case.is_open = True


def _account(known: Known, event: Event) -> None:
    account = event["account"]
    known.accounts[(str(account["county"]), str(account["account"]))] = account


def _granted(known: Known, event: Event) -> None:
    case, opening = str(event["case"]), str(event["opening"])
    parts = tuple(IdentityPart(each) for each in event["parts"])
    known.grants[(case, opening)] = Grant(case, opening, str(event["by"]), parts, int(event["until_ms"]))


def _accepted(known: Known, event: Event) -> None:
    if event.get("command") == "BreakGlass":
        known.decided[str(event["command_id"])] = True


def _refused(known: Known, event: Event) -> None:
    if event.get("command") == "BreakGlass" and event.get("reason") not in {"UNSIGNED", "REPEATED"}:
        known.decided[str(event["command_id"])] = False


def _destroyed(known: Known, event: Event) -> None:
    known.destroy(str(event["case"]), int(event.get("at_ms") or 0))


_FOLDS: Final = {
    "CaseOpened": _opened,
    "CaseUndecidable": _undecidable,
    "LevelSet": _level,
    "ReportJoined": _joined,
    "ReportSeparated": _separated,
    "CaseClosed": _closed,
    "CaseReopened": _reopened,
    "AccountSet": _account,
    "IdentityOpened": _granted,
    "CommandAccepted": _accepted,
    "CommandRefused": _refused,
    "IdentityDestroyed": _destroyed,
}
