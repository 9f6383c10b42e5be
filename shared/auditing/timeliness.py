"""Tables of cases and of time: what was opened, which clocks were met, how long steps took, who was told further."""

from typing import Final

from shared.auditing.audit import AGAIN_DAYS, Audit
from shared.auditing.lives import Life
from shared.auditing.measuring import is_level, levels, minutes, share
from shared.auditing.observations import DAY_MS
from shared.auditing.tables import Cell, Column, Kind, Table

KEY: Final = Kind.KEY


def cases(audit: Audit) -> Table:
    """Opened, closed, reopened in the window; opened at most 90 days after the child's case was closed; open now."""
    holds, lives = audit.window.holds, list(audit.within())
    rows: list[tuple[Cell, ...]] = []
    for level in levels(life.level for life in lives):
        some = [life for life in lives if is_level(level)(life.level)]
        rows.append(
            (
                level,
                sum(holds(life.opened_ms) for life in some),
                sum(holds(at_ms) for life in some for at_ms in life.closed_ms),
                sum(holds(at_ms) for life in some for at_ms in life.reopened_ms),
                sum(holds(life.opened_ms) and is_again(audit, life) for life in some),
                sum(life.is_open for life in some),
            )
        )
    names = ("opened", "closed", "reopened", "reported_again", "open_at_end")
    return Table("cases", (Column("level", KEY), *(Column(name) for name in names)), tuple(rows), over="level")


def clocks(audit: Audit) -> Table:
    """Timeliness of each clock and level."""
    ends = [end for life in audit.within() for end in life.spells.ends if audit.window.holds(end.at_ms)]
    rows: list[tuple[Cell, ...]] = []
    for clock in sorted({clock_kind(end.clock) for end in ends}):
        of_clock = [end for end in ends if clock_kind(end.clock) == clock]
        for level in levels(end.level for end in of_clock):
            some = [end for end in of_clock if is_level(level)(end.level)]
            in_time = sum(end.span_ms is not None and not end.was_late for end in some)
            ran_out = sum(end.span_ms is None for end in some)
            spans = [end.span_ms for end in some if end.span_ms is not None]
            rows.append(
                (
                    clock, level, in_time + ran_out, in_time, ran_out, len(spans) - in_time, len(spans),
                    minutes(spans, 0.5), minutes(spans, 0.9),
                )
            )  # fmt: skip
    return Table(
        "clocks",
        (
            Column("clock", KEY), Column("level", KEY), Column("judged"), Column("met_in_time"), Column("ran_out"),
            Column("met_late"), Column("met"), Column("median_minutes", Kind.MINUTES, ("met",)),
            Column("p90_minutes", Kind.MINUTES, ("met",)),
        ),
        tuple(rows),
        (("judged", ("met_in_time", "ran_out")), ("met", ("met_in_time", "met_late"))),
        "level",
    )  # fmt: skip


def clock_kind(clock: str) -> str:
    """The name of a clock without the unit or the opening that it is about."""
    return clock.partition(".")[0]


def intervals(audit: Audit) -> Table:
    """How long the steps took that were reached in the window."""
    found = [each for life in audit.within() for each in life.intervals if audit.window.holds(each.at_ms)]
    rows: list[tuple[Cell, ...]] = []
    for name in sorted({each.name for each in found}):
        of_name = [each for each in found if each.name == name]
        for level in levels(each.level for each in of_name):
            spans = [each.span_ms for each in of_name if is_level(level)(each.level)]
            rows.append((name, level, len(spans), minutes(spans, 0.5), minutes(spans, 0.9)))
    return Table(
        "intervals",
        (
            Column("interval", KEY), Column("level", KEY), Column("count"),
            Column("median_minutes", Kind.MINUTES, ("count",)), Column("p90_minutes", Kind.MINUTES, ("count",)),
        ),
        tuple(rows),
        over="level",
    )  # fmt: skip


STEPS: Final = (
    "RECEIVED_TO_ACCEPTED",
    "RECEIVED_TO_POLICE",
    "RECEIVED_TO_SEEN",
    "RECEIVED_TO_DECISION",
    "RECEIVED_TO_FEEDBACK",
    "RECEIVED_TO_RESULT",
)


def reached(audit: Audit) -> Table:
    """Of the cases that were opened in the window: how many had come so far by its end."""
    lives = [life for life in audit.within() if audit.window.holds(life.opened_ms)]
    rows: list[tuple[Cell, ...]] = []
    for step in STEPS:
        for level in levels(life.level for life in lives):
            some = [life for life in lives if is_level(level)(life.level)]
            done = sum(step in life.firsts for life in some)
            rows.append((step, level, len(some), done, len(some) - done, share(done, len(some))))
    return Table(
        "reached",
        (
            Column("step", KEY), Column("level", KEY), Column("opened"), Column("reached"), Column("not_reached"),
            Column("share", Kind.SHARE, ("opened", "reached", "not_reached")),
        ),
        tuple(rows) if lives else (),
        (("opened", ("reached", "not_reached")),),
        "level",
    )  # fmt: skip


def escalations(audit: Audit) -> Table:
    """Cases in which a rung above a ladder's first was reached, because nobody had accepted."""
    found = [each for life in audit.within() for each in life.climbs.values() if audit.window.holds(each.at_ms)]
    rows: list[tuple[Cell, ...]] = []
    for department, step in sorted({(each.department, each.step) for each in found}):
        of_step = [each for each in found if (each.department, each.step) == (department, step)]
        for level in levels(each.level for each in of_step):
            some = [each for each in of_step if is_level(level)(each.level)]
            staffed = sum(each.staffed for each in some)
            rows.append((department, step, level, len(some), staffed, len(some) - staffed))
    return Table(
        "escalations",
        (
            Column("department", KEY), Column("rung", KEY), Column("level", KEY), Column("count"),
            Column("told"), Column("nobody_there"),
        ),
        tuple(rows),
        (("count", ("told", "nobody_there")),),
        "level",
    )  # fmt: skip


def is_again(audit: Audit, life: Life) -> bool:
    """Whether a linked case of another filing had been closed shortly before."""
    for name in life.linked:
        other = audit.lives.get(name)
        if other is None or other.report_id == life.report_id or not _is_near(audit, other):
            continue
        if any(0 <= life.opened_ms - at_ms <= AGAIN_DAYS * DAY_MS for at_ms in other.closed_ms):
            return True
    return False


def _is_near(audit: Audit, other: Life) -> bool:
    """Cases of counties outside the window's are not looked at, whoever computes."""
    return other.county.startswith(audit.window.area[:6])
