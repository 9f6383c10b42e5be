"""What a link allows and what a press means."""

import pytest

from services.notify.core.answering import (
    Asked,
    Follows,
    Press,
    Standing,
    follows,
    is_recorded,
    number_of,
    read_press,
    standing_of,
)
from services.notify.core.links import LinkVerdict, Verified, link_of
from services.notify.core.pending import Hold, LinkState, Pending, fold
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


ACK = Press(AnswerCode.ACKNOWLEDGE)
SENT = Press(AnswerCode.DISPATCH)
UNABLE = Press(AnswerCode.DECLINE, DeclineReason.UNABLE)


def standing(last: AnswerCode | None, hold: Hold | None, answers: int = 1) -> Asked:
    return Asked(Standing.OPEN, LINK, LinkState(NOON_MS, answers, last, NOON_MS), hold)


def test_an_answer_that_triage_recorded_and_that_still_holds_is_not_published_again() -> None:
    taken, sent = Hold(NOON_MS), Hold(None)
    assert is_recorded(ACK, standing(AnswerCode.ACKNOWLEDGE, taken))
    assert not is_recorded(SENT, standing(AnswerCode.ACKNOWLEDGE, taken))
    assert is_recorded(SENT, standing(AnswerCode.DISPATCH, sent))
    assert not is_recorded(ACK, standing(AnswerCode.DISPATCH, sent)), "the last answer is another one"
    assert not is_recorded(ACK, standing(AnswerCode.ACKNOWLEDGE, None)), "it lapsed: it may be given again"
    assert not is_recorded(ACK, standing(AnswerCode.DECLINE, None, 2)), "declined since"
    assert not is_recorded(ACK, Asked(Standing.OPEN, LINK))


def test_a_refusal_is_handed_on_unless_it_is_the_very_press_before() -> None:
    declined = standing(AnswerCode.DECLINE, None)
    assert is_recorded(UNABLE, declined, UNABLE)
    assert not is_recorded(UNABLE, declined, Press(AnswerCode.DECLINE, DeclineReason.WRONG_AREA))
    assert not is_recorded(UNABLE, declined)


def test_each_answer_of_a_link_has_its_number_and_a_repetition_keeps_it() -> None:
    none, one = standing(None, None, 0), standing(AnswerCode.ACKNOWLEDGE, None, 1)
    assert number_of(ACK, Asked(Standing.OPEN, LINK), None) == 0
    assert number_of(ACK, none, (0, ACK)) == 0, "not recorded yet: the same press"
    assert number_of(UNABLE, none, (0, ACK)) == 1
    assert number_of(ACK, none, (1, UNABLE)) == 2, "taken over, declined, taken over again in one breath"
    assert number_of(ACK, one, (0, ACK)) == 1, "recorded and lapsed: another one"
    assert number_of(ACK, one, None) == 1, "the same after a restart"


def test_what_follows_is_what_the_record_says() -> None:
    assert follows(AnswerCode.ACKNOWLEDGE, Hold(NOON_MS)) is Follows.SEND_SOMEBODY
    assert follows(AnswerCode.ACKNOWLEDGE, Hold(None)) is Follows.CLOCKS_GO_ON
    assert follows(AnswerCode.ACKNOWLEDGE, None) is Follows.LAPSED
    assert follows(AnswerCode.DISPATCH, Hold(None)) is Follows.CLOCKS_GO_ON
    assert follows(AnswerCode.DISPATCH, None) is Follows.HANDED_BACK
    assert follows(AnswerCode.DECLINE, Hold(NOON_MS)) is Follows.NEXT_RUNG


def test_the_same_press_is_the_same_outcome_whenever_it_comes() -> None:
    first = answered("live", LINK, AnswerCode.DECLINE, DeclineReason.UNABLE, NOON_MS)
    again = answered("live", LINK, AnswerCode.DECLINE, DeclineReason.UNABLE, NOON_MS + 1)
    other = answered("live", LINK, AnswerCode.DECLINE, DeclineReason.WRONG_AREA, NOON_MS)
    assert first.outcome_id == again.outcome_id != other.outcome_id
    later = answered("live", LINK, AnswerCode.DECLINE, DeclineReason.UNABLE, NOON_MS, 2)
    assert later.outcome_id != first.outcome_id
    assert outcome_id_of("live", "a-1", "settled") != outcome_id_of("demo", "a-1", "settled")
