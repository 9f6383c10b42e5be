"""The words of an alert."""

import dataclasses
import json

import pytest

from services.notify.channels.file import as_json
from services.notify.core.messages import LEVEL_WORDS, beijing_time, message_id_of, space_mark, words_of
from services.notify.core.pending import Pending, fold
from shared.contracts.alerts import ChannelKind
from shared.contracts.vocabulary import Department, InstitutionType, Level
from tests.support.notify_samples import NOON_MS, entry, sample_alert, sample_outgoing

LINK = "https://example.invalid/a/token"


def words(space: str = "live", repeat: int = 0) -> str:
    made = words_of(sample_alert(repeat=repeat), space=space, callback="000-12345", link=LINK)
    return f"{made.subject}\n{made.text}\n{made.spoken_zh}"


def test_a_message_says_case_level_act_by_callback_and_link() -> None:
    made = words_of(sample_alert(), space="live", callback="000-12345", link=LINK)
    for part in (made.zh, made.en):
        assert "r-0123456789abcdef.0" in part
        assert "S2" in part
        assert "2026-11-21 13:00" in part
        assert "000-12345" in part
    assert made.text.endswith(LINK)


def test_a_message_does_not_name_department_area_article_or_institution() -> None:
    text = words().casefold()
    forbidden = [
        *(code.value.casefold() for code in Department),
        *(code.value.casefold() for code in InstitutionType),
        "520327",
        "民法典",
        "未成年人",
        "第31条",
        "mr-",
        "tg-",
        "儿童",
        "child",
    ]
    assert [word for word in forbidden if word in text] == []


def test_what_an_event_carries_besides_never_reaches_a_message() -> None:
    planted = {
        "child_name": "测试儿童甲",
        "id_number": "990000000000000000",
        "place": "PLANTED-VILLAGE",
        "institution": "PRIMARY_SCHOOL",
        "narrative": "PLANTED-NARRATIVE",
        "reason": "PLANTED-REASON",
    }
    raw = sample_alert().model_dump(mode="json") | planted
    request = fold(Pending(), entry(1, raw)).state.alerts["a-1"].request
    made = words_of(request, space="live", callback="000-12345", link=LINK)
    everything = json.dumps(dataclasses.asdict(made), ensure_ascii=False)
    assert [value for value in planted.values() if value in everything] == []


@pytest.mark.parametrize(("space", "mark"), [("demo", "DEMO"), ("drill-7", "DRILL")])
def test_every_text_of_another_space_says_that_it_is_not_real(space: str, mark: str) -> None:
    made = words_of(sample_alert(), space=space, callback="1", link=LINK)
    for text in (made.subject, made.text, made.zh, made.spoken_zh):
        assert text.startswith("【")
        assert mark in text
        assert "NOT REAL" in text
    assert space_mark("live") == ""
    assert "NOT REAL" not in words("live")


def test_a_repetition_says_so_in_both_languages() -> None:
    assert "第3次催办" in words(repeat=3)
    assert "Reminder 3" in words(repeat=3)
    assert "催办" not in words()


def test_every_level_has_words() -> None:
    assert set(LEVEL_WORDS) == set(Level)


def test_times_are_shown_in_china() -> None:
    assert beijing_time(NOON_MS) == "2026-11-21 12:00"


def test_the_message_id_is_the_same_for_every_try_and_differs_by_contact_channel_and_address() -> None:
    base = message_id_of("a", "c", ChannelKind.SMS, "1")
    assert base == message_id_of("a", "c", ChannelKind.SMS, "1")
    others = {
        message_id_of("b", "c", ChannelKind.SMS, "1"),
        message_id_of("a", "d", ChannelKind.SMS, "1"),
        message_id_of("a", "c", ChannelKind.VOICE, "1"),
        message_id_of("a", "c", ChannelKind.SMS, "2"),
    }
    assert len(others | {base}) == 5


def test_a_message_as_json_holds_no_address() -> None:
    assert "000-0000-0001" not in json.dumps(as_json(sample_outgoing(ChannelKind.SMS, "000-0000-0001")))
