"""Replaying a history in memory: the same policy differs nowhere, a changed row exactly where it must."""

import base64
import re
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from nacl.public import SealedBox

from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.records import Genesis
from shared.contracts.reports import (
    ChildFacts,
    ChildTokens,
    InstitutionFacts,
    MatchTokens,
    ReportFacts,
    ReportFiled,
    SafetyFacts,
)
from shared.contracts.vocabulary import CloseReason, Concern, Holder, InstitutionType, Level, Role
from tests.contract.test_examples import LEDGER
from tests.support.ledgers import CREATED_AT_MS, MINUTE_MS
from tests.support.replay_history import DAY_MS, History, actor
from wardline.replaying.book import BookReplay, Here
from wardline.replaying.comparison import Kind
from wardline.replaying.facts import case_facts, summary
from wardline.replaying.places_needed import NeedChange, PlacesNeeded, most_at_one_time
from wardline.replaying.redeciding import CaseDiffers, Redecider
from wardline.replaying.totals import Totals
from wardline.replaying.walking import Walk, Window
from wardline.replaying.words import case_lines, load_lines, total_lines
from wardline.verification.chain_check import Entry

TEXTS = load_policy_texts()
COUNTIES = ("990001", "990002", "990003")
EVERYTHING = Window()
SEEN_S1, ONE_HOUR, THREE_HOURS = (f"S1: {{type: HOURS_24x7, amount: {hours}, unit: HOUR}}" for hours in (2, 1, 3))


def changed(file: str, old: str, new: str) -> dict[str, str]:
    """The shipped policy with one text changed."""
    assert old in TEXTS[file]
    return TEXTS | {file: TEXTS[file].replace(old, new, 1)}


def replayed(
    history: History, texts: Mapping[str, str], window: Window = EVERYTHING, gone: frozenset[int] = frozenset()
) -> tuple[list[CaseDiffers], Totals]:
    """All books; the reports at the offsets `gone` are not there any more."""
    found: list[CaseDiffers] = []
    totals = Totals()
    for book in history.book:

        def input_at(topic: str, offset: int, values: dict[str, list[bytes]] = book.inputs) -> Entry | None:
            if topic == "reports" and offset in gone:
                return None
            return Entry(offset, values[topic][offset], history.genesis.created_at_ms)

        walk = Walk(history.genesis, book.number, window, input_at)
        replay = BookReplay(walk, Here(Redecider(book.number, parse_policy(texts))))
        found += replay.run(book.entries)
        totals.add(replay.totals)
    return found, totals


class Fails:
    """A law that cannot be applied."""

    def assess(self, *_: object) -> Any:  # noqa: ANN401 - any of several
        raise RuntimeError("a defect")

    def clocks_after(self, *_: object) -> Any:  # noqa: ANN401 - any of several
        return ()


def message(history: History, county: str, name: str, **facts: Any) -> ReportFiled:  # noqa: ANN401 - parts of a report
    return ReportFiled(
        report_id=name,
        receipt=f"receipt-{name}",
        space=history.genesis.space,
        county=county,
        filed_at_ms=history.now_ms,
        facts=ReportFacts(
            institution=InstitutionFacts(id="school-1", type=InstitutionType.PRIMARY_SCHOOL, area_code=county), **facts
        ),
    )


def tokens_of(history: History, *names: str) -> str:
    """Sealed match tokens, one child for each name."""
    children = tuple(ChildTokens(by_id_number=(f"match-2026:{name}",)) for name in names)
    sealed = SealedBox(history.match_key.public_key).encrypt(MatchTokens(children=children).model_dump_json().encode())
    return base64.b64encode(sealed).decode()


def lived_through() -> History:
    """Commands, overrides, supplements, deadlines, unreadable bytes, many children, junk, a policy changed midway."""
    made = History(TEXTS)
    officer = {county: actor("officer-1", Role.OFFICER, county) for county in COUNTIES}
    for number, county in enumerate(COUNTIES):
        made.registry(county)
        made.ordinary(county, 6, number + 1)
    first, _, third = COUNTIES
    case = f"{first}-r10000.0"
    made.order(asked.Acknowledge(case=case), first, officer[first])
    made.order(asked.Dispatch(case=case), first, officer[first])
    made.order(
        asked.OverrideLevel(case=case, level=Level.S4, reason="CHECKED_BY_TELEPHONE"),
        first,
        actor("boss-1", Role.SUPERVISOR, first),
    )
    made.pass_time(30 * MINUTE_MS)
    more = message(made, first, "more-1", children=(ChildFacts(age_years=3, concerns=(Concern.UNCARED,)),))
    made.report(more.model_copy(update={"receipt": f"{first}-receipt-10000", "adds_to": f"{first}-r10000"}))
    made.report(more.model_copy(update={"receipt": f"{first}-receipt-10000", "adds_to": f"{first}-r10000"}))
    made.of(third).give("reports", b"{no report", made.now_ms)
    made.of(third).give("commands", b"\xff", made.now_ms)
    made.of(third).junk(b"\xff\xfe")
    nine = tuple(ChildFacts(age_years=age, concerns=(Concern.UNCARED,)) for age in range(2, 11))
    made.report(message(made, third, "nine", children=nine, safety=SafetyFacts(alone_now=True)))
    for name, of in (("first", ("a", "b")), ("second", ("b", "c")), ("third", ("a",))):  # the same children come again
        two = tuple(ChildFacts(age_years=5 + age, concerns=(Concern.UNCARED,)) for age in range(len(of)))
        again = message(made, third, name, children=two)
        made.report(again.model_copy(update={"match_tokens": tokens_of(made, *of)}))
    made.pass_time(MINUTE_MS)
    made.activate(changed("71-clocks.yaml", SEEN_S1, THREE_HOURS))
    made.pass_time(MINUTE_MS)
    for number, county in enumerate(COUNTIES):
        made.ordinary(county, 4, number + 11)
    made.order(asked.RecordCustody(case=case, holder=Holder.GUARDIAN, since_ms=made.now_ms), first, officer[first])
    made.order(asked.CloseCase(case=case, reason=CloseReason.UNFOUNDED_CHECKED), first, officer[first])
    made.pass_time(DAY_MS)
    return made


@pytest.fixture(scope="module")
def history() -> History:
    return lived_through()


REPORTS = 6 * 3 + 2 + 1 + 1 + 3 + 4 * 3


def test_deciding_again_under_the_recorded_policies_gives_every_record(history: History) -> None:
    _, totals = replayed(history, TEXTS)
    assert totals.numbers["not_derived"] == 0
    assert totals.unlike == {}
    assert totals.numbers["reports"] == REPORTS
    assert totals.numbers["deferred"] == 5
    assert totals.numbers["void"] == 1
    joined = [
        event
        for entry in history.of(COUNTIES[2]).entries[1:]
        if (fields := _fields(entry)) is not None
        for event in fields["events"]
        if event["type"] == "ReportJoined" and event.get("matched_by")
    ]
    assert [event["report_id"] for event in joined] == ["second", "third"]


def test_the_same_policy_differs_nowhere() -> None:
    made = History(TEXTS)
    for number, county in enumerate(COUNTIES):
        made.registry(county)
        made.ordinary(county, 5, number + 1)
    found, totals = replayed(made, TEXTS)
    assert found == []
    assert totals.then == totals.now
    assert totals.numbers["cases"] >= 15


def test_a_policy_of_other_text_and_equal_rows_differs_nowhere() -> None:
    made = History(TEXTS)
    made.registry(COUNTIES[0])
    made.ordinary(COUNTIES[0], 8, 1)
    file = "71-clocks.yaml"
    found, totals = replayed(made, TEXTS | {file: TEXTS[file] + "\n# a remark\n"})
    assert parse_policy(TEXTS | {file: TEXTS[file] + "\n# a remark\n"}).policy_id != made.genesis.policy
    assert found == []
    assert totals.kinds == {}


def test_before_a_change_of_policy_the_new_one_differs_and_after_it_the_old_one(history: History) -> None:
    later = changed("71-clocks.yaml", SEEN_S1, THREE_HOURS)
    changed_at = next(
        fields["decided_at_ms"]
        for entry in history.book[0].entries[1:]
        if (fields := _fields(entry)) and any(event["type"] == "PolicyActivated" for event in fields["events"])
    )
    old, new = replayed(history, TEXTS)[0], replayed(history, later)[0]
    assert old
    assert new
    assert all(each.arrived_at_ms >= changed_at for each in old)
    assert all(each.arrived_at_ms < changed_at for each in new)


def _fields(entry: Entry) -> Any:  # noqa: ANN401 - any of several
    try:
        return orjson.loads(entry.value or b"")
    except orjson.JSONDecodeError:
        return None


def test_a_changed_clock_shows_in_exactly_the_cases_that_have_it(history: History) -> None:
    """Expected from the recorded events alone: decisions on reports that started SEEN with the hours of S1.

    WORDING: the assessment asks for the shorter clock, and nothing follows, since the child has been seen or told of.
    """
    found, totals = replayed(history, changed("71-clocks.yaml", SEEN_S1, ONE_HOUR))
    expected = {
        (event["case"], fields["seq"])
        for book in history.book
        for entry in book.entries[1:]
        if (fields := _fields(entry)) is not None and _of_report(fields)
        for event in fields["events"]
        if event["type"] == "ClockStarted" and event["source"]["rule"] == "C-SEEN" and _hours(event) in {2, 3}
    }
    by_clock = [each for each in found if [part.kind for part in each.differences] == [Kind.CLOCKS]]
    joined = {
        (event["case"], fields["seq"])
        for book in history.book
        for entry in book.entries[1:]
        if (fields := _fields(entry)) is not None and _of_report(fields)
        for event in fields["events"]
        if event["type"] == "ReportJoined"
    }
    # A report that joins finds the clock running: the recorded one, which ends sooner, or the other policy's.
    assert {(each.case, each.seq) for each in by_clock} - joined == expected - joined
    assert expected
    assert set(totals.kinds) == {"CLOCKS", "WORDING"}
    for each in by_clock:
        [difference] = each.differences
        assert (difference.subject, difference.source and difference.source.rule) == ("SEEN", "C-SEEN")


def _of_report(fields: dict[str, Any]) -> bool:
    return fields["cause"].get("topic") == "reports" or "~ASSESS~" in fields["cause"].get("deadline", "")


def _hours(event: dict[str, Any]) -> int:
    return int((event["due_at_ms"] - event["start_at_ms"]) / (60 * MINUTE_MS))


def test_situations_that_weigh_less_lower_the_level_and_are_named(history: History) -> None:
    other = {file: text.replace("level: S1", "level: S3") for file, text in TEXTS.items()}
    found, totals = replayed(history, other)
    levels = [each for case in found for each in case.differences if each.kind is Kind.LEVEL]
    assert levels
    assert all(each.before == "S1" and each.source is not None for each in levels)
    assert totals.then.levels["S1"] > totals.now.levels["S1"]
    assert totals.then.levels.total() == totals.now.levels.total() == totals.numbers["cases"]
    assert totals.then.asked != totals.now.asked


def test_the_window_is_by_arrival_and_its_parts_make_the_whole(history: History) -> None:
    middle = CREATED_AT_MS + 3 * 60 * MINUTE_MS
    parts = [replayed(history, TEXTS, window)[1] for window in (Window(to_ms=middle), Window(from_ms=middle))]
    assert [part.numbers["reports"] > 0 for part in parts] == [True, True]
    assert sum(part.numbers["reports"] for part in parts) == REPORTS
    assert sum(part.numbers["deferred"] for part in parts) == 5


def test_a_report_that_failed_then_is_compared_with_what_is_decided_now() -> None:
    made = History(TEXTS, books=1)
    made.registry(COUNTIES[0])
    made.book[0].shelf.instead = Fails()
    made.ordinary(COUNTIES[0], 1, 1, minutes=0)
    made.book[0].shelf.instead = None
    case = next(iter(made.book[0].fold.undecided))
    made.order(asked.Redecide(case=case), COUNTIES[0], actor("officer-1", Role.OFFICER, COUNTIES[0]))
    found, totals = replayed(made, TEXTS)
    assert found == []
    assert totals.unlike == {"FAILED_THEN": 1}
    assert (totals.numbers["reports"], totals.numbers["not_derived"]) == (2, 0)


def test_a_policy_that_fails_makes_every_report_undecidable(history: History) -> None:
    book = history.of(COUNTIES[0])

    def input_at(topic: str, offset: int) -> Entry | None:
        return Entry(offset, book.inputs[topic][offset], CREATED_AT_MS)

    walk = Walk(history.genesis, book.number, EVERYTHING, input_at)
    replay = BookReplay(walk, Here(Redecider(book.number, Fails())))
    found = list(replay.run(book.entries))
    kinds = {difference.kind for case in found for difference in case.differences}
    assert Kind.UNDECIDABLE in kinds
    assert replay.totals.numbers["failed_now"] > 0


def test_a_report_whose_bytes_are_gone_is_put_together_from_its_record() -> None:
    made = History(TEXTS, books=1)
    made.registry(COUNTIES[0])
    made.ordinary(COUNTIES[0], 3, 1)
    found, totals = replayed(made, TEXTS, gone=frozenset({1}))
    assert found == []
    assert totals.unlike == {"REBUILT": 1}
    assert totals.numbers["reports"] == 3


def test_a_record_that_deciding_again_does_not_give_is_named() -> None:
    made = History(TEXTS, books=1)
    made.registry(COUNTIES[0])
    made.book[0].shelf.instead = parse_policy(changed("71-clocks.yaml", SEEN_S1, ONE_HOUR))
    made.report(message(made, COUNTIES[0], "r", children=(ChildFacts(age_years=3, concerns=(Concern.UNCARED,)),)))
    _, totals = replayed(made, TEXTS)
    assert totals.not_derived_at == [(0, made.book[0].fold.head.link.seq)]


def test_the_golden_ledger_of_an_older_engine_is_read_and_not_compared() -> None:
    lines = LEDGER.read_bytes().splitlines()
    genesis = Genesis.model_validate_json(lines[0])
    walk = Walk(genesis, 0, EVERYTHING, lambda _topic, _offset: None)
    replay = BookReplay(walk, Here(Redecider(0, parse_policy(TEXTS))))
    found = list(replay.run(Entry(offset, line) for offset, line in enumerate(lines)))
    assert found == []
    assert replay.totals.numbers["records"] == len(lines) - 1
    assert replay.totals.unlike.total() == replay.totals.numbers["reports"] > 0
    assert replay.totals.numbers["not_derived"] == 0


def test_places_needed_at_most_at_one_time() -> None:
    needed = PlacesNeeded()
    for minute, case, kind in (
        (1, "a", "KIN"), (2, "b", "KIN"), (3, "a", None), (4, "c", "FOSTER"), (5, "b", "FOSTER"), (6, "b", None),
    ):  # fmt: skip
        needed.apply((NeedChange(case, kind),), minute * MINUTE_MS)
    assert most_at_one_time(needed.changes) == {"ALL": 2, "FOSTER": 2, "KIN": 2}
    assert most_at_one_time(needed.changes, 6 * MINUTE_MS) == {"ALL": 1, "FOSTER": 1}


def test_a_need_that_only_history_had_does_not_begin_again() -> None:
    needed = PlacesNeeded()
    needed.apply((NeedChange("a", "KIN"),), MINUTE_MS, may_begin=False)
    needed.apply((NeedChange("b", "KIN", moves=True),), MINUTE_MS)
    assert needed.changes == {}


def test_facts_and_words_of_what_was_found(history: History) -> None:
    found, totals = replayed(history, changed("71-clocks.yaml", SEEN_S1, ONE_HOUR))
    facts = case_facts(found[0])
    assert set(facts) == {"case", "book", "seq", "arrived_at", "differences"}
    zh, en = zip(*case_lines(facts), strict=True)
    assert "时限·见到儿童本人" in zh[1]
    assert "clock see the child in person: 2026-11-" in en[1]
    assert "C-SEEN, design value" in en[1]
    whole = summary(totals, "other@1", EVERYTHING, 1.0, 2)
    assert whole["redecided"]["reports"] == REPORTS
    assert sum(level["share_after"] for level in whole["levels"].values()) == pytest.approx(1, abs=0.001)
    assert any("load" in line.en for line in total_lines(whole))
    assert orjson.loads(orjson.dumps(whole)) == whole


def test_the_walk_folds_what_the_owner_folded(history: History) -> None:
    book = history.book[0]
    walk = Walk(history.genesis, 0, EVERYTHING, lambda topic, offset: Entry(offset, book.inputs[topic][offset]))
    assert list(walk.steps(book.entries))
    assert walk.fold.state == book.fold.state


def test_the_load_names_what_changed_and_codes_and_citations_are_told_in_one_language() -> None:
    asked = {"asked": 4, "at_night": 1, "a_day": 2.0, "a_night": 0.5}
    rows = [
        {"contact": "duty-1", "step": "E1", "level": "S1", "before": asked, "after": asked},
        {"contact": "duty-2", "step": "E2", "level": "S1", "before": asked, "after": asked | {"asked": 6}},
    ]
    said = [line.en for line in load_lines(rows)]
    assert [line for line in said if "duty-1" in line] == []
    assert said[1:] == ["  duty-2 E2 S1: 2/0.5 → 2/0.5 (4 → 6)", "  unchanged: 1 rows"]
    found = {
        "kind": "MEASURE", "subject": None, "before": None, "after": "TEMP_CARE ALL/FOSTER/KIN", "rule": "M-CARE",
        "basis": "STATUTE", "citation": "民法典第三十四条第四款",
    }  # fmt: skip
    facts = {"case": "c.0", "book": 0, "seq": 1, "arrived_at": "2026-11-23T10:00:00+08:00", "differences": [found]}
    _, line = case_lines(facts)
    assert "Civil Code art. 34(4)" in line.en
    assert not re.search(r"[\u3400-\u9fff]", line.en)
    assert not re.search(r"ALL|FOSTER|KIN|STATUTE", line.zh)
