"""Whether a county lived as its tale says; if not, the timeline around the moment, with Shanghai times and reasons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.acceptance.timelines.tale import SHANGHAI, Tale, Told, Want

LINES_MAX = 160


OUTCOME = "BREACH.OUTCOME."
"""Why somebody is told that a department owes an outcome."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened."""

    at_ms: int
    text: str


@dataclass(slots=True)
class Journal:
    """What happened, and what of it was against the tale."""

    lines: list[Line] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    problems: list[Line] = field(default_factory=list)

    def note(self, at_ms: int, text: str) -> None:
        """A line of the timeline."""
        self.lines.append(Line(at_ms, text))

    def tell(self, told: Told) -> None:
        """Somebody was told."""
        self.told.append(told)
        self.note(told.at_ms, f"told    {_of(told)}")

    def object(self, at_ms: int, text: str) -> None:
        """Something was against the tale."""
        self.problems.append(Line(at_ms, text))


def judge(
    tale: Tale, journal: Journal, *, when: Callable[[Told], int] = lambda told: told.at_ms, slack_ms: int = 0
) -> None:
    """AssertionError with the timeline unless every want is met by a message of its own and no message is left over.

    A tale that wants nothing of departments' outcomes is not about them: `test_outcomes.py` is.
    `slack_ms` widens the end of each window: on the real system people need a moment to act.
    """
    problems = [*journal.problems]
    of_outcomes = any(reason.startswith(OUTCOME) for want in tale.wants for reason in want.expected.reasons)
    open_wants = sorted(tale.wants, key=lambda want: want.until_ms)
    for told in sorted(journal.told, key=when):
        at_ms = when(told)
        if (told.case, told.contact) in tale.never_told:
            problems.append(Line(at_ms, f"must never be told: {_of(told)}"))
        met = next((want for want in open_wants if _meets(told, at_ms, want, slack_ms)), None)
        if met is not None:
            open_wants.remove(met)
        elif told.reason.startswith(OUTCOME) and not of_outcomes:
            continue
        elif at_ms <= tale.end_ms:
            problems.append(Line(at_ms, f"nobody wanted this: {_of(told)}"))
    problems += [Line(want.since_ms, f"wanted and not told: {_wanted(want)}") for want in open_wants]
    if problems:
        raise AssertionError(_timeline(sorted(problems, key=lambda line: line.at_ms), journal.lines))


def _meets(told: Told, at_ms: int, want: Want, slack_ms: int) -> bool:
    expected = want.expected
    return (
        (told.case, told.contact, told.step) == (expected.case, expected.contact, expected.step)
        and told.reason in expected.reasons
        and want.since_ms <= at_ms <= want.until_ms + slack_ms
    )


def shanghai(at_ms: int) -> str:
    """A moment for people."""
    return datetime.fromtimestamp(at_ms / 1000, SHANGHAI).strftime("%Y-%m-%d %a %H:%M:%S")


def _of(told: Told) -> str:
    repeat = f" again ({told.repeat})" if told.repeat else ""
    late_s = (told.at_ms - told.due_ms) // 1000
    late = f", {late_s} s late" if late_s else ""
    return f"{told.contact} ({told.department} {told.step}{repeat}) of {told.case} {told.level}: {told.reason}{late}"


def _wanted(want: Want) -> str:
    expected = want.expected
    why = " or ".join(sorted(expected.reasons))
    return (
        f"{expected.contact} ({expected.step}) of {expected.case}: {why}, "
        f"between {shanghai(want.since_ms)} and {shanghai(want.until_ms)}"
    )


def _timeline(problems: Sequence[Line], lines: Sequence[Line]) -> str:
    """The problems, and what happened around the first one."""
    first_ms = problems[0].at_ms
    ordered = sorted(lines, key=lambda line: line.at_ms)
    nearest = sorted(range(len(ordered)), key=lambda number: abs(ordered[number].at_ms - first_ms))[:LINES_MAX]
    shown = [ordered[number] for number in sorted(nearest)]
    marked = sorted(
        [
            *((line.at_ms, 1, f"   {line.text}") for line in shown),
            *((p.at_ms, 2, f">> {p.text}") for p in problems[:40]),
        ],
        key=lambda entry: entry[:2],
    )
    head = [f"{len(problems)} times against the tale; what happened around {shanghai(first_ms)} (Asia/Shanghai):"]
    return "\n".join([*head, *(f"{shanghai(at_ms)} {text}" for at_ms, _, text in marked)])
