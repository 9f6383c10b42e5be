"""Tables of what was decided and answered: overrides, screening, guardianships, departments, institutions."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from shared.auditing.audit import Audit
from shared.auditing.lives import Task
from shared.auditing.measuring import days, minutes, share
from shared.auditing.observations import DAY_MS
from shared.auditing.tables import ALL, Cell, Column, Kind, Table

KEY: Final = Kind.KEY
CARE_LIMITS_DAYS: Final = (270, 330, 365)


def overrides(audit: Audit) -> Table:
    """Levels that a named officer set, with the reason."""
    found = Counter(
        (_direction(each.before, each.after), each.before, each.after, each.reason)
        for life in audit.within()
        for each in life.overridings
        if audit.window.holds(each.at_ms)
    )
    names = ("direction", "before", "after", "reason")
    return Table(
        "overrides",
        (*(Column(name, KEY) for name in names), Column("count")),
        tuple((*key, count) for key, count in sorted(found.items())),
    )


def _direction(before: str, after: str) -> str:
    """Levels are numbered from the gravest; S0 lies below all."""
    return "UP" if (int(after[1]) or 9) < (int(before[1]) or 9) else "DOWN"


def screened_out(audit: Audit) -> Table:
    """Cases that an officer found to be no matter of guardianship, and which departments had been told of them."""
    lives = list(audit.within())
    opened = sum(audit.window.holds(life.opened_ms) for life in lives)
    screened = [life for life in lives if life.screened_ms is not None and audit.window.holds(life.screened_ms)]
    sent: Counter[str] = Counter()
    for life in screened:
        others = life.told - {"CIVIL_AFFAIRS", "FILING_UNIT"}
        sent.update(others or {"NOBODY"})
    rows = [("SCREENED_OUT", len(screened), share(len(screened), opened))]
    rows += [(where, count, share(count, len(screened))) for where, count in sorted(sent.items())]
    return Table(
        "screened_out",
        (Column("sent_to", KEY), Column("count"), Column("share", Kind.SHARE, ("count",))),
        tuple(rows) if screened else (),
    )


def guardianships(audit: Audit) -> Table:
    """Temporary guardianships: in force at the window's end by age, and how long those lasted that ended in it."""
    lives, to_ms = list(audit.within()), audit.window.to_ms
    running = [
        (life.organ or "UNKNOWN", to_ms - life.care_since_ms)
        for life in lives
        if life.is_open and life.care_since_ms is not None
    ]
    ended = [(each.organ, each.span_ms) for life in lives for each in life.care_ends if audit.window.holds(each.at_ms)]
    rows: list[tuple[Cell, ...]] = []
    organs = sorted({organ for organ, _ in (*running, *ended)})
    for organ in [*organs, ALL] if organs else []:
        ages = [span for each, span in running if organ in (ALL, each)]
        spans = [span for each, span in ended if organ in (ALL, each)]
        over = [sum(age > limit * DAY_MS for age in ages) for limit in CARE_LIMITS_DAYS]
        bands = (len(ages) - over[0], over[0] - over[1], over[1] - over[2], over[2])
        rows.append(
            (
                organ, len(ages), *bands, days(ages, 0.5), days(ages, 0.9),
                len(spans), days(spans, 0.5), days(spans, 0.9),
            )
        )  # fmt: skip
    bands_names = ("up_to_270_days", "over_270_days", "over_330_days", "over_365_days")
    return Table(
        "guardianships",
        (
            Column("organ", KEY), Column("in_force"), *(Column(name) for name in bands_names),
            Column("median_days", Kind.DAYS, ("in_force",)), Column("p90_days", Kind.DAYS, ("in_force",)),
            Column("ended"),
            Column("ended_median_days", Kind.DAYS, ("ended",)), Column("ended_p90_days", Kind.DAYS, ("ended",)),
        ),
        tuple(rows),
        (("in_force", bands_names),),
        "organ",
    )  # fmt: skip


def guardianship_ends(audit: Audit) -> Table:
    """Why temporary guardianships ended."""
    found = Counter(each.reason for life in audit.within() for each in life.care_ends if audit.window.holds(each.at_ms))
    rows = [*sorted(found.items()), (ALL, found.total())] if found else []
    return Table("guardianship_ends", (Column("reason", KEY), Column("count")), tuple(rows), over="reason")


def departments(audit: Audit) -> Table:
    """What became of the departments' own tasks that they were first told of in the window."""
    found: dict[str, list[Task]] = {}
    for life in audit.within():
        for department, task in life.tasks.items():
            if audit.window.holds(task.told_ms):
                found.setdefault(department, []).append(task)
    rows: list[tuple[Cell, ...]] = [_of_department(name, found[name]) for name in sorted(found)]
    if rows:
        rows.append(_of_department(ALL, [task for tasks in found.values() for task in tasks]))
    names = ("told", "delivered", "not_delivered", "answered", "accepted", "declined", "unanswered", "outcome")
    return Table(
        "departments",
        (
            Column("department", KEY), *(Column(name) for name in names),
            Column("median_minutes", Kind.MINUTES, ("answered",)), Column("p90_minutes", Kind.MINUTES, ("answered",)),
        ),
        tuple(rows),
        (
            ("told", ("delivered", "not_delivered")),
            ("told", ("answered", "unanswered")),
            ("answered", ("accepted", "declined")),
        ),
        "department",
    )  # fmt: skip


def _of_department(name: str, tasks: Sequence[Task]) -> tuple[Cell, ...]:
    firsts = [(first_answer(task), task) for task in tasks]
    spans = [max(0, answer[0] - task.told_ms) for answer, task in firsts if answer is not None]
    accepted = sum(answer is not None and answer[1] for answer, _ in firsts)
    delivered = sum(task.delivered for task in tasks)
    return (
        name, len(tasks), delivered, len(tasks) - delivered, len(spans), accepted, len(spans) - accepted,
        len(tasks) - len(spans), sum(task.outcome_ms is not None for task in tasks),
        minutes(spans, 0.5), minutes(spans, 0.9),
    )  # fmt: skip


def first_answer(task: Task) -> tuple[int, bool] | None:
    """When a department first answered, and whether it accepted; None when it did not."""
    accepted, declined = task.accepted_ms, task.declined_ms
    if accepted is not None and (declined is None or accepted <= declined):
        return accepted, True
    return (declined, False) if declined is not None else None


def institutions(audit: Audit) -> Table:
    """Institutions that have ever filed, by kind: how many filed in the window, how many were silent; their filings."""
    known, window = audit.known_institutions(), audit.window
    filed: dict[str, str] = {}
    filings: dict[str, set[str]] = {}
    for life in audit.lives.values():
        for each in life.filings:
            if window.holds(each.at_ms) and each.area.startswith(window.area):
                filings.setdefault(each.type, set()).add(each.report_id)
                if each.institution is not None:
                    filed[each.institution] = known[each.institution]
    rows: list[tuple[Cell, ...]] = []
    types = sorted({*known.values(), *filings})
    for kind in [*types, ALL] if types else []:
        ever = sum(kind in (ALL, each) for each in known.values())
        now = sum(kind in (ALL, each) for each in filed.values())
        count = sum(len(ids) for each, ids in filings.items() if kind in (ALL, each))
        rows.append((kind, ever, now, ever - now, count))
    names = ("known", "filed", "silent", "filings")
    return Table(
        "institutions",
        (Column("type", KEY), *(Column(name) for name in names)),
        tuple(rows),
        (("known", ("filed", "silent")),),
        "type",
    )


def access(audit: Audit) -> Table:
    """Identities opened, by right and purpose; destroyed; held for a court."""
    found = Counter(
        (each.kind, each.about) for life in audit.within() for each in life.accesses if audit.window.holds(each.at_ms)
    )
    rows = [(*key, count) for key, count in sorted(found.items())]
    return Table("access", (Column("basis", KEY), Column("purpose", KEY), Column("count")), tuple(rows))


def break_glass(audit: Audit) -> Table:
    """Openings by one officer alone in the window, and what became of their review by its end."""
    glasses = [
        (life, glass)
        for life in audit.within()
        for glass in life.glasses.values()
        if audit.window.holds(glass.opened_ms)
    ]
    found = Counter(glass.finding or "UNREVIEWED" for _, glass in glasses)
    late = sum(
        (spell := life.spells.last.get(glass.clock)) is not None and spell.ran_out_ms is not None
        for life, glass in glasses
    )
    rows: list[tuple[Cell, ...]] = []
    if glasses:
        parts = (found["JUSTIFIED"], found["NOT_JUSTIFIED"], found["UNREVIEWED"])
        rows.append((ALL, len(glasses), *parts, late))
    names = ("opened", "justified", "not_justified", "unreviewed")
    return Table(
        "break_glass",
        (Column("what", KEY), *(Column(name) for name in names), Column("review_late")),
        tuple(rows),
        (("opened", names[1:]),),
    )
