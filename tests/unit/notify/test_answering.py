"""What a link allows and what a press means."""

import pytest

from services.notify.core.answering import Press, Standing, is_recorded, read_press, standing_of
from services.notify.core.links import LinkVerdict, Verified, link_of
from services.notify.core.pending import LinkState, Pending, fold
from services.notify.core.settling import answered, outcome_id_of
from shared.contracts.alerts import AlertWithdrawn, AnswerCode, DeclineReason
from shared.contracts.events import CaseClosed
from shared.contracts.vocabulary import CloseReason
from tests.support.notify_samples import NOON_MS, entry, sample_alert

LINK = link_of(sample_alert())
GOOD = Verified(LinkVerdict.GOOD, LINK)


def test_a_good_link_is_open_even_before_its_alert_is_known() -> None:
    assert standing_of(GOOD, Pending()).standing is Standing.OPEN


def test_a_withdrawn_alert_may_still_be_answered_but_says_so() -> None:
    withdrawn = AlertWithdrawn(alert_id="a-1", case=LINK.case, reason="ACKNOWLEDGED")
    asked = standing_of(GOOD, fold(Pending(), entry(1, sample_alert(), withdrawn)).state)
    assert asked.standing is Standing.OPEN
    assert asked.known is not None
    assert asked.known.withdrawn == "ACKNOWLEDGED"


def test_a_closed_case_and_an_expired_link_take_no_answer() -> None:
    closed = CaseClosed(case=LINK.case, reason=CloseReason.DIED, by="o", at_ms=NOON_MS)
    state = fold(Pending(), entry(1, sample_alert(), closed)).state
    assert standing_of(GOOD, state).standing is Standing.CASE_CLOSED
    assert standing_of(Verified(LinkVerdict.EXPIRED, LINK), Pending()).standing is Standing.EXPIRED


@pytest.mark.parametrize("verdict", [LinkVerdict.FORGED, LinkVerdict.MALFORMED])
def test_a_bad_link_is_no_link(verdict: LinkVerdict) -> None:
    assert standing_of(Verified(verdict), Pending()).standing is Standing.NOT_A_LINK


@pytest.mark.parametrize(
    ("answer", "reason", "press"),
    [
        ("ACKNOWLEDGE", "", Press(AnswerCode.ACKNOWLEDGE)),
        ("DISPATCH", "UNABLE", Press(AnswerCode.DISPATCH)),
        ("DECLINE", "UNABLE", Press(AnswerCode.DECLINE, DeclineReason.UNABLE)),
        ("DECLINE", "", None),
        ("DECLINE", "because", None),
        ("", "", None),
        ("CLOSE", "", None),
    ],
)
def test_presses(answer: str, reason: str, press: Press | None) -> None:
    assert read_press(answer, reason) == press


def test_an_answer_that_triage_recorded_is_not_published_again() -> None:
    known = LinkState(until_ms=NOON_MS, answers=(AnswerCode.ACKNOWLEDGE, AnswerCode.DECLINE))
    assert is_recorded(Press(AnswerCode.ACKNOWLEDGE), known)
    assert not is_recorded(Press(AnswerCode.DISPATCH), known)
    assert not is_recorded(Press(AnswerCode.DECLINE, DeclineReason.UNABLE), known)
    assert not is_recorded(Press(AnswerCode.ACKNOWLEDGE), None)


def test_the_same_press_is_the_same_outcome_whenever_it_comes() -> None:
    first = answered("live", LINK, AnswerCode.DECLINE, DeclineReason.UNABLE, NOON_MS)
    again = answered("live", LINK, AnswerCode.DECLINE, DeclineReason.UNABLE, NOON_MS + 1)
    other = answered("live", LINK, AnswerCode.DECLINE, DeclineReason.WRONG_AREA, NOON_MS)
    assert first.outcome_id == again.outcome_id != other.outcome_id
    assert outcome_id_of("live", "a-1", "settled") != outcome_id_of("demo", "a-1", "settled")
