"""What somebody who looks at a case finds: the facts that `at(…).find(case, …)` may name."""

from services.triage.core.state import BookState, Case


def look(state: BookState, case_id: str) -> dict[str, object]:
    """The facts of a case by name; `open` alone when it is closed."""
    case = state.case(case_id)
    if case is None:
        return {"open": False}
    assessment = case.assessment
    return {
        "open": True,
        "level": case.level.value if case.level else None,
        "state": case.state,
        "custody": case.custody.holder.value if case.custody else None,
        "measure": _measure(case),
        "place": case.hold,
        "situations": {each.code for each in assessment.situations} if assessment else set(),
        "withheld": {each.who for each in assessment.not_told} if assessment else set(),
        "departments": {department.value for department in case.ladders},
        "accepted": {name.value for name, ladder in case.ladders.items() if ladder.acknowledged_by is not None},
        "sent": {name.value for name, ladder in case.ladders.items() if ladder.dispatched},
        "met": {name for name, clock in case.clocks.items() if clock.met},
        "breached": {name for name, clock in case.clocks.items() if clock.breaches and not clock.met},
        "running": {name for name, clock in case.clocks.items() if not clock.met},
    }


def differences(found: dict[str, object], wanted: dict[str, object]) -> list[str]:
    """Where the case stands otherwise. A set that is wanted must be held by the set that is found."""
    told = []
    for name, value in wanted.items():
        negated = name.startswith("not_")
        seen = found.get(name.removeprefix("not_"))
        if isinstance(value, set):
            assert isinstance(seen, set), f"{name} is no set"
            wrong = value & seen if negated else value - seen
            if wrong:
                told.append(f"{name} {sorted(wrong)}: found {sorted(seen)}")
        elif seen != value:
            told.append(f"{name}: wanted {value}, found {seen}")
    return told


def _measure(case: Case) -> str:
    return f"{case.measure.measure.value} {case.measure.status.value}" if case.measure else "NONE"
