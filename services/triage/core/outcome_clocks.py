"""The clock of a department's outcome: what it took over, it must say what came of.

It starts when the department takes its task over or sends somebody (rows of the policy, DESIGN), one clock for each
department (OUTCOME.POLICE), and is met by the department's outcome alone. Handing the task back, or letting the
acknowledgement lapse, does not stop it: else whoever hands back a minute before its end and takes over again would
never be late. Civil affairs have no such clock: what they owe is watched by the case's own clocks. docs/decisions/0095.
"""

from typing import Final

from shared.contracts.vocabulary import Department, LadderStep

from services.triage.core import ladders
from services.triage.core.clocks import DAY_MS, HOUR_MS
from services.triage.core.decision import Draft
from services.triage.core.state import Ladder

OUTCOME: Final = "OUTCOME"
PACE_MS: Final = 4 * HOUR_MS
"""The first breach is repeated after so long (design), where the ladder itself is not slower; then after twice as long
each time, until once a day."""
DOUBLINGS_MAX: Final = 8
ABOVE: Final = ((), (LadderStep.E1, LadderStep.E3), (LadderStep.E1, LadderStep.E4))
"""Whom of civil affairs' ladder a breach tells besides the department, by how many came before it: from the second the
duty officer, with the head and the county's coordinating body, later with the prefecture and the procuratorate as
supervisor (MPL 106)."""


def department_of(clock: str) -> Department | None:
    """The department whose outcome a clock waits for; None for another clock."""
    kind, _, department = clock.partition(".")
    return Department(department) if kind == OUTCOME and department else None


def name_of(department: Department) -> str:
    """The clock of a department's outcome."""
    return f"{OUTCOME}.{department.value}"


def tell(draft: Draft, case_id: str, clock: str, breaches: int) -> None:
    """A breach: the department's next rung, each time a higher one; from the second also those above the department."""
    department, case = department_of(clock), draft.case(case_id)
    if department is None:
        return
    reason = f"BREACH.{clock}"
    ladder = case.ladders.get(department)
    if ladder is not None and ladder.steps:
        ladders.tell_also(draft, case_id, department, _rung_above(ladder, breaches), reason)
    if Department.CIVIL_AFFAIRS in case.ladders:
        for step in ABOVE[min(breaches, len(ABOVE) - 1)]:
            ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, step, reason)


def again_after_ms(pace_ms: int, breaches: int) -> int:
    """After how long a breach is repeated: `pace_ms` is the ladder's own interval, `breaches` how many came before."""
    first_ms = max(pace_ms, PACE_MS)
    return min(first_ms << min(breaches, DOUBLINGS_MAX), max(pace_ms, DAY_MS))


def _rung_above(ladder: Ladder, breaches: int) -> LadderStep:
    """The rung over the one that was reached, one higher for each breach before; at the top the top."""
    reached = next((number for number, each in enumerate(ladder.steps) if each.step is ladder.step), -1)
    return ladder.steps[min(reached + 1 + breaches, len(ladder.steps) - 1)].step
