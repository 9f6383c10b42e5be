"""What a filer is told at once fits what was filed: nobody stays with a child who is missing."""

import pytest

from services.intake.core.instructions import DANGER, on_filing
from shared.contracts.reports import ChildFacts, InstitutionFacts, ReportFacts, SafetyFacts
from shared.contracts.vocabulary import Concern, Injury, InstitutionType

UNCARED = ChildFacts(concerns=(Concern.UNCARED,))
MISSING = ChildFacts(concerns=(Concern.MISSING,))
DEAD = ChildFacts(injury=Injury.DEATH)


def codes(*children: ChildFacts, by: InstitutionType = InstitutionType.PUBLIC, missing: bool | None = None) -> set[str]:
    facts = ReportFacts(
        institution=InstitutionFacts(type=by), children=children, safety=SafetyFacts(missing_now=missing)
    )
    told = on_filing(facts)
    assert told[0] == DANGER
    assert told[-1].code == "KEEP_RECEIPT"
    return {each.code for each in told}


def test_who_is_with_a_child_stays_and_does_not_question() -> None:
    assert {"STAY_WITH_CHILD", "DO_NOT_QUESTION", "DO_NOT_TELL_FAMILY"} <= codes(UNCARED)


@pytest.mark.parametrize(("child", "missing"), [(UNCARED, True), (MISSING, None)])
def test_of_a_missing_child_the_police_are_told_and_nobody_is_to_stay_with_the_child(
    child: ChildFacts,
    missing: bool | None,  # noqa: FBT001 - a parameter of the test
) -> None:
    told = codes(child, missing=missing)
    assert "MISSING_CALL_110" in told
    assert not told & {"STAY_WITH_CHILD", "DO_NOT_QUESTION"}


def test_of_a_dead_child_nobody_is_to_stay_or_to_question_unless_a_sibling_lives() -> None:
    assert not codes(DEAD) & {"STAY_WITH_CHILD", "DO_NOT_QUESTION", "MISSING_CALL_110"}
    assert "STAY_WITH_CHILD" in codes(DEAD, UNCARED)
    assert "STAY_WITH_CHILD" in codes(MISSING, UNCARED)


def test_whoever_files_keeps_traces_unless_a_parent_who_may_be_the_one() -> None:
    assert "KEEP_TRACES" in codes(UNCARED) & codes(DEAD) & codes(MISSING)
    assert "KEEP_TRACES" not in codes(UNCARED, by=InstitutionType.PARENT)


def test_a_child_and_a_parent_are_told_what_fits_them() -> None:
    by_child = codes(UNCARED, by=InstitutionType.CHILD)
    assert "GO_TO_ADULT" in by_child
    assert not by_child & {"STAY_WITH_CHILD", "DO_NOT_QUESTION", "DO_NOT_TELL_FAMILY"}
    assert "DO_NOT_TELL_FAMILY" not in codes(UNCARED, by=InstitutionType.PARENT)
