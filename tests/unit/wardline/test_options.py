"""Options made from the models: times, flags, codes, JSON; and filings from files."""

import json
from pathlib import Path

import click
import pytest

from shared.contracts.commands import RecordChildSeen, RecordCustody, SetPlace, SignGuardian
from shared.contracts.vocabulary import Holder, Wishes
from shared.runtime.clock import SpaceClock
from wardline.body_options import body_from, fields_of, moment_ms
from wardline.filings import read_filings

CLOCK = SpaceClock(wall=lambda: 1_000_000)


def test_a_time_is_iso_now_or_milliseconds() -> None:
    assert moment_ms("now", CLOCK) == 1_000_000
    assert moment_ms("1700000000000", CLOCK) == 1_700_000_000_000
    assert moment_ms("1970-01-01T08:00:01", CLOCK) == 1000
    assert moment_ms("1970-01-01T00:00:01+00:00", CLOCK) == 1000
    with pytest.raises(ValueError, match="soon"):
        moment_ms("soon", CLOCK)


def test_a_body_is_made_from_its_options_and_what_was_not_given_stays_unknown() -> None:
    given = {"case": "c.0", "seen_at_ms": "now", "alone": None, "wishes": "HEARD"}
    body = body_from(RecordChildSeen, fields_of(RecordChildSeen), given, CLOCK)
    assert body == RecordChildSeen(case="c.0", seen_at_ms=1_000_000, wishes=Wishes.HEARD)
    custody = body_from(
        RecordCustody, fields_of(RecordCustody), {"case": "c.0", "holder": "KIN", "since_ms": "5"}, CLOCK
    )
    assert custody == RecordCustody(case="c.0", holder=Holder.KIN, since_ms=5)


def test_options_drop_the_unit_and_flags_have_two_sides() -> None:
    options = {each.name: each.as_option() for each in (*fields_of(RecordChildSeen), *fields_of(SignGuardian))}
    assert options["seen_at_ms"].opts == ["--seen-at"]
    assert options["alone"].secondary_opts == ["--no-alone"]
    assert isinstance(options["measure"].type, click.Choice)


def test_what_alone_means_is_said_and_a_missing_option_is_named() -> None:
    helps = {each.name: each.help for each in fields_of(RecordChildSeen)}
    assert "found alone" in helps["alone"]
    assert "not mean spoken to alone" in helps["alone"]
    with pytest.raises(click.UsageError, match="--seen-at 必填 / is required"):
        body_from(RecordChildSeen, fields_of(RecordChildSeen), {"case": "c.0"}, CLOCK)


def test_a_nested_part_is_json_or_a_file_with_json(tmp_path: Path) -> None:
    place = {"place_id": "p", "county": "520327", "type": "FOSTER", "capacity": 1}
    path = tmp_path / "place.json"
    path.write_text(json.dumps(place), encoding="utf-8")
    fields = fields_of(SetPlace)
    from_text = body_from(SetPlace, fields, {"place": json.dumps(place)}, CLOCK)
    assert from_text == body_from(SetPlace, fields, {"place": f"@{path}"}, CLOCK)
    with pytest.raises(click.UsageError, match="capacity"):
        body_from(SetPlace, fields, {"place": json.dumps(place | {"capacity": -1})}, CLOCK)
    with pytest.raises(click.UsageError, match="not JSON"):
        body_from(SetPlace, fields, {"place": "{"}, CLOCK)


def test_a_file_holds_one_filing_an_array_or_one_a_line_and_its_key_follows_from_its_content(tmp_path: Path) -> None:
    one, many, lines = tmp_path / "one.json", tmp_path / "many.json", tmp_path / "lines.jsonl"
    one.write_text('{"a": 1}', encoding="utf-8")
    many.write_text('[{"a": 1}, {"a": 2}]', encoding="utf-8")
    lines.write_text('{"a": 1}\n\n{"a": 2}\n', encoding="utf-8")
    filings = list(read_filings((one, many, lines)))
    assert [filed.name for filed in filings] == [
        "one.json",
        "many.json:1",
        "many.json:2",
        "lines.jsonl:1",
        "lines.jsonl:2",
    ]
    assert filings[0].idempotency_key() == filings[3].idempotency_key()
    assert filings[3].idempotency_key() != filings[4].idempotency_key()
    assert filings[0].idempotency_key() != filings[0].idempotency_key("another space")


def test_what_is_no_json_is_left_for_intake_to_refuse(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(b"\xff{")
    [filed] = read_filings((broken,))
    assert (filed.body, filed.institution_id) == (b"\xff{", None)
