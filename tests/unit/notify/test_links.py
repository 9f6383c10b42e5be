"""Signed links."""

import base64

import pytest

from services.notify.core.links import (
    LINK_OUTLIVES_ACT_BY_MS,
    TOKEN_CHARACTERS_MAX,
    LinkVerdict,
    link_of,
    sign_link,
    verify_link,
)
from tests.support.notify_samples import NOON_MS, sample_alert

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
LINK = link_of(sample_alert())
TOKEN = sign_link(KEY, "live", LINK)


def test_a_link_comes_back_as_it_was_signed() -> None:
    verified = verify_link(KEY, "live", TOKEN, NOON_MS)
    assert (verified.verdict, verified.link) == (LinkVerdict.GOOD, LINK)


def test_a_link_lives_a_day_longer_than_its_act_by_time_and_not_longer() -> None:
    end_ms = LINK.act_by_ms + LINK_OUTLIVES_ACT_BY_MS
    assert verify_link(KEY, "live", TOKEN, end_ms - 1).verdict is LinkVerdict.GOOD
    expired = verify_link(KEY, "live", TOKEN, end_ms)
    assert (expired.verdict, expired.link) == (LinkVerdict.EXPIRED, LINK)


def test_a_link_of_another_space_or_key_is_forged() -> None:
    assert verify_link(KEY, "demo", TOKEN, NOON_MS).verdict is LinkVerdict.FORGED
    assert verify_link(OTHER_KEY, "live", TOKEN, NOON_MS).verdict is LinkVerdict.FORGED


def test_any_other_spelling_of_a_token_is_refused() -> None:
    for position, sign in enumerate(TOKEN):
        for other in "Aa0-_.":
            if other == sign:
                continue
            changed = TOKEN[:position] + other + TOKEN[position + 1 :]
            verified = verify_link(KEY, "live", changed, NOON_MS)
            assert verified.verdict in {LinkVerdict.FORGED, LinkVerdict.MALFORMED}
            assert verified.link is None


@pytest.mark.parametrize(
    "token",
    ["", ".", "a", "a.b.c", "ä.ö", TOKEN + "=", TOKEN[:-1], "x" * (TOKEN_CHARACTERS_MAX + 1), "\x00.\x00", "汉.字"],
)
def test_what_is_no_token_never_raises(token: str) -> None:
    assert verify_link(KEY, "live", token, NOON_MS).verdict in {LinkVerdict.MALFORMED, LinkVerdict.FORGED}


def test_a_signed_body_of_another_version_is_not_read() -> None:
    from services.notify.core import links  # noqa: PLC0415 - makes a token of a later version

    body = b'[2,"a-1"]'
    token = f"{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.{links._text(links._mac(KEY, 'live', body))}"
    assert verify_link(KEY, "live", token, NOON_MS).verdict is LinkVerdict.MALFORMED


def test_a_token_is_safe_in_an_address_and_short_enough_for_a_text_message() -> None:
    assert set(TOKEN) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert len(TOKEN) < 250
