"""What may have been done for the figures, and samples that can be drawn again."""

from shared.auditing.lists import DOUBTS, doubts
from shared.auditing.samples import AMONG, SAMPLE_MAX, sample
from tests.support.audited import (
    HOUR,
    MINUTE,
    History,
    accepted,
    clock,
    closed,
    event,
    met,
    ms,
    opened,
    override,
    reopened,
)


def found(history: History, until: float = 100_000) -> list[tuple[str, str, str]]:
    return [(each.kind, each.case, each.about) for each in doubts(history.audit(until))]


def test_accepted_and_then_nothing() -> None:
    history = (
        History()
        .at(0, *opened("a", 0))
        .at(5, accepted("a", 5))
        .at(35, event("AcknowledgementExpired", "a", department="CIVIL_AFFAIRS", reason="NO_DISPATCH"))
    )
    [one] = doubts(history.audit(100))
    assert (one.kind, one.about, one.from_ms, one.until_ms) == ("ACCEPTED_THEN_NOTHING", "CIVIL_AFFAIRS", ms(5), ms(35))
    history.at(40, event("AcknowledgementExpired", "a", department="CIVIL_AFFAIRS", reason="NEW_FACTS"))
    assert len(doubts(history.audit(100))) == 1


def test_eased_in_the_last_fifth_of_a_clock_and_not_before() -> None:
    for minutes, kinds in ((79, []), (80, ["LOWERED_LATE"]), (99, ["LOWERED_LATE"]), (100, [])):
        history = (
            History()
            .at(0, *opened("a", 0), clock("a", "SEEN", 0, 100), clock("a", "GUARDIANSHIP_LIMIT", 0, 100))
            .at(minutes, override("a", "S2", "S4"))
        )
        assert [kind for kind, *_ in found(history)] == kinds, minutes
    upward = History().at(0, *opened("a", 0), clock("a", "SEEN", 0, 100)).at(90, override("a", "S2", "S1"))
    assert found(upward) == []


def test_closed_or_joined_late_but_not_where_the_closing_itself_met_the_clock() -> None:
    for reason, kind in (("SUPPORT_COMPLETED", "CLOSED_LATE"), ("DUPLICATE", "JOINED_LATE")):
        history = (
            History()
            .at(0, *opened("a", 0), clock("a", "SEEN", 0, 100), clock("a", "FEEDBACK", 0, 100))
            .at(
                90,
                event("ClockCancelled", "a", clock="SEEN", reason="CLOSED"),
                closed("a", 90, reason),
                met("a", "FEEDBACK", 90),
            )
        )
        assert found(history) == [(kind, "a", "SEEN")]


def test_closed_and_reopened_seen_and_written_late_found_when_filed() -> None:
    history = (
        History()
        .at(0, *opened("a", 0, discovered=0), *opened("b", 0, discovered=-2))
        .at(10, closed("a", 10))
        .at(20, reopened("a", 20))
        .at(3000, event("ChildSeen", "b", by="x", seen_at_ms=ms(3000) - 24 * HOUR, recorded_at_ms=ms(3000)))
        .at(3001, event("ChildSeen", "a", by="x", seen_at_ms=ms(3001) - 23 * HOUR, recorded_at_ms=ms(3001)))
    )
    assert found(history) == [
        ("CLOSED_AND_REOPENED", "a", ""),
        ("SEEN_WRITTEN_LATE", "b", "SEEN"),
        ("FOUND_WHEN_FILED", "a", "PRIMARY_SCHOOL"),
    ]
    assert {kind for kind, *_ in found(history)} <= set(DOUBTS)
    assert ms(0) + 10 * MINUTE == ms(10)


def many() -> History:
    history = History()
    for number in range(600):
        history.at(number, *opened(f"c{number}", number))
    return history


def test_a_sample_can_be_drawn_again_and_depends_on_seed_and_window() -> None:
    history = many()
    audit = history.audit(10_000)
    first = sample(audit, "2026-dice-4-1-6", 10)
    assert len(set(first)) == 10
    assert sample(history.audit(10_000), "2026-dice-4-1-6", 10) == first
    assert sample(audit, "2026-dice-4-1-6", 20)[:10] == first
    assert sample(audit, "another", 10) != first
    assert sample(history.audit(10_001), "2026-dice-4-1-6", 10) != first
    assert len(sample(audit, "x", 10_000)) == SAMPLE_MAX
    assert sample(audit, "x", -1) == []


def test_what_comes_after_the_window_changes_no_sample() -> None:
    history = many()
    first = sample(history.audit(599), "seed", 30)
    history.at(601, *opened("more", 601), closed("c1", 601))
    assert sample(history.audit(599), "seed", 30) == first


def test_a_sample_is_drawn_among_what_was_asked_for() -> None:
    history = (
        History()
        .at(0, *opened("a", 0), clock("a", "SEEN", 0, 5), *opened("b", 0))
        .at(2, override("b", "S2", "S1"))
        .at(5, event("ClockBreached", "a", clock="SEEN", due_at_ms=ms(5)))
        .at(9, closed("a", 9))
        .at(10, *opened("c", 10))
    )
    audit = history.audit(20, 1)
    assert {name: set(sample(audit, "s", 9, name)) for name in AMONG} == {
        "OPENED": {"c"},
        "CLOSED": {"a"},
        "OVERRIDDEN": {"b"},
        "RAN_OUT": {"a"},
        "OPEN_AT_END": {"b", "c"},
    }
