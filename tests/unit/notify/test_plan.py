"""When and where an alert is tried, and when it is given up."""

import pytest

from services.notify.core.plan import (
    Delivery,
    Limits,
    Taken,
    Tried,
    callback_of,
    is_stale,
    judge,
    routes_of,
    urgency_key,
    without_refused,
)
from shared.contracts.alerts import AlertResult, ChannelKind
from shared.contracts.registry import Channel
from shared.contracts.vocabulary import Department, Level
from tests.support.notify_samples import MINUTE_MS, NOON_MS, sample_alert, sample_contact

LIMITS = Limits()
SMS = Channel(kind=ChannelKind.SMS, address="000-0000-0001")
VOICE = Channel(kind=ChannelKind.VOICE, address="000-0000-0001")
TAKEN = Delivery(Taken.TAKEN, "HTTP_200")
LATER = Delivery(Taken.TRY_LATER, "HTTP_503")
REFUSED = Delivery(Taken.REFUSED, "HTTP_404")
BOTH = sample_contact("c-1", (ChannelKind.SMS, "1"), (ChannelKind.VOICE, "1"))


def test_pauses_grow_to_their_limit_and_are_spread() -> None:
    assert [LIMITS.pause_seconds(rounds, 1.0) for rounds in (1, 2, 3, 9)] == [2.0, 4.0, 8.0, 60.0]
    assert LIMITS.pause_seconds(1, 0.0) == 1.0


@pytest.mark.parametrize(
    ("minutes_given", "minutes_late", "stale"),
    [
        (60, 59, False),
        (60, 61, True),
        (1, 4, False),
        (1, 6, True),
        (10_000, 23 * 60, False),
        (10_000, 24 * 60 + 1, True),
    ],
)
def test_an_alert_is_stale_as_long_after_act_by_as_it_had_before_within_limits(
    minutes_given: int,
    minutes_late: int,
    stale: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    alert = sample_alert(act_by_ms=NOON_MS + minutes_given * MINUTE_MS)
    assert is_stale(alert, alert.act_by_ms + minutes_late * MINUTE_MS, LIMITS) is stale


def test_channels_are_tried_in_the_order_of_the_registry_and_s1_over_every_one() -> None:
    (route,) = routes_of(sample_alert(), {"c-1": BOTH}, outside=True)
    assert [channel.kind for channel in route.channels] == [ChannelKind.SMS, ChannelKind.VOICE]
    assert not route.every
    (route,) = routes_of(sample_alert(level=Level.S1), {"c-1": BOTH}, outside=True)
    assert route.every


def test_outside_live_every_contact_goes_to_file_and_console_only() -> None:
    (route,) = routes_of(sample_alert(level=Level.S1), {"c-1": BOTH}, outside=False)
    assert {channel.kind for channel in route.channels} == {ChannelKind.FILE, ChannelKind.CONSOLE}
    assert {channel.address for channel in route.channels} == {"c-1"}


def test_unknown_and_inactive_contacts_have_no_route_and_repeated_addresses_one() -> None:
    alert = sample_alert(contact_ids=("c-1", "c-1", "c-2", "c-3", "c-4"))
    contacts = {
        "c-1": BOTH,
        "c-2": sample_contact("c-2", active=False),
        "c-4": sample_contact("c-4", (ChannelKind.SMS, "1")),
    }
    assert [route.contact_id for route in routes_of(alert, contacts, outside=True)] == ["c-1"]


def test_a_round_that_reached_somebody_is_sent() -> None:
    tried = [Tried("c-1", SMS, LATER), Tried("c-2", VOICE, TAKEN)]
    verdict = judge(tried, rounds_done=1, attempts=2, routes_left=2, limits=LIMITS)
    assert verdict is not None
    assert (verdict.result, verdict.channel, verdict.attempts) == (AlertResult.SENT, ChannelKind.VOICE, 2)


def test_rounds_go_on_to_the_limit_and_then_fail_with_the_last_code() -> None:
    tried = [Tried("c-1", SMS, LATER)]
    for rounds in range(1, LIMITS.rounds_max):
        assert judge(tried, rounds_done=rounds, attempts=rounds, routes_left=1, limits=LIMITS) is None
    verdict = judge(tried, rounds_done=LIMITS.rounds_max, attempts=5, routes_left=1, limits=LIMITS)
    assert verdict is not None
    assert (verdict.result, verdict.failure) == (AlertResult.FAILED, "HTTP_503")


def test_an_alert_without_any_route_fails_at_once_so_that_triage_climbs() -> None:
    verdict = judge([], rounds_done=1, attempts=0, routes_left=0, limits=LIMITS)
    assert verdict is not None
    assert (verdict.result, verdict.failure) == (AlertResult.FAILED, "NO_ROUTE")


def test_when_every_channel_refused_for_good_there_is_no_further_round() -> None:
    verdict = judge([Tried("c-1", SMS, REFUSED)], rounds_done=1, attempts=1, routes_left=0, limits=LIMITS)
    assert verdict is not None
    assert verdict.failure == "HTTP_404"


def test_a_channel_that_refused_for_good_is_left_out_of_the_next_round() -> None:
    routes = routes_of(sample_alert(), {"c-1": BOTH}, outside=True)
    (route,) = without_refused(routes, {(ChannelKind.SMS, "1")})
    assert [channel.kind for channel in route.channels] == [ChannelKind.VOICE]
    assert without_refused(routes, {(ChannelKind.SMS, "1"), (ChannelKind.VOICE, "1")}) == ()


def test_the_gravest_goes_first_then_the_soonest_due() -> None:
    late_s1 = sample_alert("s1-late", level=Level.S1, act_by_ms=NOON_MS + 9 * MINUTE_MS)
    soon_s1 = sample_alert("s1-soon", level=Level.S1, act_by_ms=NOON_MS + 1 * MINUTE_MS)
    s4 = sample_alert("s4", level=Level.S4, act_by_ms=NOON_MS)
    assert sorted([s4, late_s1, soon_s1], key=urgency_key) == [soon_s1, late_s1, s4]


def test_the_callback_is_the_countys_civil_affairs_number_or_the_default() -> None:
    civil = {"department": Department.CIVIL_AFFAIRS}
    contacts = [
        sample_contact("c-9", callback_number="9", **civil),
        sample_contact("c-2", callback_number="2", **civil),
        sample_contact("c-1", callback_number="1", **civil, active=False),
        sample_contact("c-0", callback_number="0"),
        sample_contact("b-0", callback_number="b", county="110101", **civil),
    ]
    assert callback_of("520327", contacts, "12345") == "2"
    assert callback_of("999999", contacts, "12345") == "12345"
