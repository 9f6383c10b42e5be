"""Folds of what the law says of a case: its assessment, deferred or made, and the level in force."""

from typing import Final

from immutables import Map
from shared.contracts.assessment import Assessment, Override
from shared.contracts.events import AssessmentDeferred, CaseAssessed, LevelSet
from shared.contracts.vocabulary import Department

from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.folds.cases import with_case
from services.triage.core.folds.response import ladder_rungs, steps_of
from services.triage.core.state import BookState, Case, Deadline, Ladder, changed

REDECIDED: Final = "REDECIDED"
"""The first level of what could not be decided: the highest one before it only held its place."""


def assessed(state: BookState, event: CaseAssessed, at_ms: int) -> BookState:
    """The law applied; an undecidable case is decided now, and a deferred assessment is done.

    A department that must not be told any more by the new facts loses its ladder.
    """
    case = state.case(event.case)
    if case is None:
        return state
    ladders, deadlines = case.ladders, case.deadlines
    for name, deadline in case.deadlines.items():
        if deadline.kind is DeadlineKind.ASSESSMENT:
            deadlines = deadlines.delete(name)
    for department in _withheld_now(case, event.assessment):
        ladder, ladders = ladders[department], ladders.delete(department)
        for pending in (ladder.next_deadline, ladder.acknowledged_deadline):
            if pending is not None and pending in deadlines:
                deadlines = deadlines.delete(pending)
    return with_case(
        state, changed(case, assessment=event.assessment, undecidable=None, ladders=ladders, deadlines=deadlines)
    )


def _withheld_now(case: Case, assessment: Assessment) -> list[Department]:
    """Departments with a ladder that this assessment withholds and the last one did not.

    One that an officer told although it was withheld keeps its ladder: that was decided by name and with a reason.
    """
    if not case.ladders or not assessment.not_told:
        return []
    before = {entry.who for entry in case.assessment.not_told} if case.assessment else set()
    now = {entry.who for entry in assessment.not_told} - before
    return [
        department
        for department in case.ladders
        if department.value in now and not any(rung.ladder is department for rung in assessment.rungs)
    ]


def assessment_deferred(state: BookState, event: AssessmentDeferred, at_ms: int) -> BookState:
    """The case is assessed in a record of its own."""
    case = state.case(event.case)
    if case is None:
        return state
    deadline = Deadline(DeadlineKind.ASSESSMENT, event.due_at_ms, "NOW")
    deadlines = case.deadlines.set(event.deadline, deadline)
    return with_case(state, changed(case, deadlines=deadlines, deadline_count=case.deadline_count + 1))


def level_set(state: BookState, event: LevelSet, at_ms: int) -> BookState:
    """The level in force; an officer's override stands against what had been weighed by then, until the next one.

    Downward the ladders follow it.
    """
    case = state.case(event.case)
    if case is None:
        return state
    known = [level for level in (case.gravest, event.before, event.level) if level is not None]
    gravest = event.level if event.reason == REDECIDED else max(known, key=lambda level: level.urgency)
    case = changed(case, gravest=gravest)
    if not event.override:
        return with_case(state, changed(case, level=event.level))
    weighed = Override(level=event.level)
    if case.assessment is not None:
        raises = {each.source.rule: each.after for each in case.assessment.raises}
        weighed = Override(
            level=event.level,
            situations={each.source.rule: each.level for each in case.assessment.situations},
            raises=raises | (case.assessment.raises_held or {}),
        )
    return with_case(state, changed(case, level=event.level, override=weighed, ladders=_of_level(case, event)))


def _of_level(case: Case, event: LevelSet) -> Map[Department, Ladder]:
    """The ladders with the steps of a lowered level, for which the case was assessed in the same record.

    What has been reached, told and acknowledged stays.
    """
    ladders = case.ladders
    if case.assessment is None or case.assessment.level is not event.level or event.before is None:
        return ladders
    if event.level.urgency >= event.before.urgency:
        return ladders
    for department, ladder in case.ladders.items():
        rungs = ladder_rungs(case.assessment.rungs, department)
        if rungs:
            ladders = ladders.set(department, changed(ladder, steps=steps_of(rungs)))
    return ladders
