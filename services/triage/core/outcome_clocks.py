"""The clock of a department's outcome: what it took over, it must say what came of.

It starts when the department takes its task over or sends somebody (rows of the policy, DESIGN), one clock for each
department (OUTCOME.POLICE), and is met by the department's outcome alone. Handing the task back, or letting the
acknowledgement lapse, does not stop it: else whoever hands back a minute before its end and takes over again would
never be late. Civil affairs have no such clock: what they owe is watched by the case's own clocks. Nor has the filing
unit, which is no department and could report none. docs/decisions/0095.
"""

from typing import Final

from shared.contracts.vocabulary import Department, LadderStep

from services.triage.core import ladders
from services.triage.core.clocks import DAY_MS, HOUR_MS
from services.triage.core.decision import Draft
from services.triage.core.state import ClockState, Ladder

OUTCOME: Final = "OUTCOME"
WITHOUT: Final = frozenset({Department.CIVIL_AFFAIRS, Department.FILING_UNIT})
"""Who owes no outcome by this clock."""
PACE_MS: Final = 4 * HOUR_MS
"""The first breach is repeated after so long (design), where the ladder itself is not slower; then after twice as long
each time, until once a week: a paper that nobody writes is no child whom nobody sees."""
WEEK_MS: Final = 7 * DAY_MS
DOUBLINGS_MAX: Final = 8
ABOVE: Final = ((), (LadderStep.E1, LadderStep.E3), (LadderStep.E1, LadderStep.E4))
"""Whom of civil affairs' ladder a breach tells besides the department, by how many came before it: from the second the
duty officer, with the head and the county's coordinating body, later with the prefecture and the procuratorate as
supervisor (MPL 106)."""

TOLD_OF_EACH: Final = 2
"""So many breaches of every department tell those above."""


def department_of(clock: str) -> Department | None:
    """The department whose outcome a clock waits for; None for another clock."""
    kind, _, department = clock.partition(".")
    return Department(department) if kind == OUTCOME and department else None


def name_of(department: Department) -> str:
    """The clock of a department's outcome."""
    return f"{OUTCOME}.{department.value}"


def tell(draft: Draft, case_id: str, clock: str, breaches: int) -> None:
    """A breach: the department's next rung, each time a higher one; from the second also those above the department.

    They are told of each department once; after that the breaches of one department, the first that still owes, tell
    for all: five messages of five departments at one moment are read by nobody.
    """
    department, case = department_of(clock), draft.case(case_id)
    if department is None:
        return
    reason = f"BREACH.{clock}"
    ladder = case.ladders.get(department)
    if ladder is not None and ladder.steps:
        ladders.tell_also(draft, case_id, department, _rung_above(ladder, breaches), reason)
    again = [name for name, each in sorted(case.clocks.items()) if department_of(name) and _told_again(each)]
    if Department.CIVIL_AFFAIRS in case.ladders and (breaches < TOLD_OF_EACH or clock in again[:1]):
        for step in ABOVE[min(breaches, len(ABOVE) - 1)]:
            ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, step, reason)


def _told_again(clock: ClockState) -> bool:
    return not clock.met and clock.breaches > TOLD_OF_EACH


def again_after_ms(pace_ms: int, breaches: int) -> int:
    """After how long a breach is repeated: `pace_ms` is the ladder's own interval, `breaches` how many came before."""
    first_ms = max(pace_ms, PACE_MS)
    return min(first_ms << min(breaches, DOUBLINGS_MAX), WEEK_MS)


def _rung_above(ladder: Ladder, breaches: int) -> LadderStep:
    """The rung over the one that was reached, one higher for each breach before; at the top the top."""
    reached = next((number for number, each in enumerate(ladder.steps) if each.step is ladder.step), -1)
    return ladder.steps[min(reached + 1 + breaches, len(ladder.steps) - 1)].step
