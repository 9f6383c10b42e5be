"""Whatever is repeated, replayed or interleaved, the fold of pending alerts loses nothing and doubles nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.core.pending import Entry, Pending, fold
from shared.contracts.alerts import AlertWithdrawn, OutcomeRecorded
from tests.support.notify_samples import entry, sample_alert

BOOKS = 3
ALERTS = st.integers(0, 5)
STEP = st.one_of(
    st.tuples(st.just("request"), ALERTS),
    st.tuples(st.just("settle"), ALERTS),
    st.tuples(st.just("withdraw"), ALERTS),
    st.tuples(st.just("junk"), ALERTS),
)


def event_of(step: tuple[str, int], book: int) -> Any:  # noqa: ANN401 - an event or junk
    what, number = step
    alert_id = f"b{book}-a{number}"
    match what:
        case "request":
            return sample_alert(alert_id)
        case "settle":
            return OutcomeRecorded(alert_id=alert_id, case="c", result="SENT")
        case "withdraw":
            return AlertWithdrawn(alert_id=alert_id, case="c", reason="CLOSED")
        case _:
            return {"type": "AlertRequested", "alert_id": alert_id}


@dataclass
class Model:
    """The plainest statement of what pending means: requested for the first time, and not ended since."""

    requested: set[str] = field(default_factory=set)
    pending: set[str] = field(default_factory=set)

    def take(self, step: tuple[str, int], book: int) -> None:
        what, alert_id = step[0], f"b{book}-a{step[1]}"
        if what == "request" and alert_id not in self.requested:
            self.requested.add(alert_id)
            self.pending.add(alert_id)
        elif what in {"settle", "withdraw"}:
            self.pending.discard(alert_id)


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[list[Entry]], Model]:
    """Books of records and what is pending after them."""
    books, model = [], Model()
    for book in range(BOOKS):
        records = draw(st.lists(st.lists(STEP, max_size=4), max_size=8))
        for steps in records:
            for step in steps:
                model.take(step, book)
        books.append(
            [
                entry(seq, *(event_of(step, book) for step in steps), book=book)
                for seq, steps in enumerate(records, start=1)
            ]
        )
    return books, model


def interleaved(data: st.DataObject, books: Sequence[Sequence[Entry]]) -> list[Entry]:
    """An order in which a reader may see the books: each in its own order, any mixture."""
    places = [0] * len(books)
    order: list[Entry] = []
    while open_books := [book for book, place in enumerate(places) if place < len(books[book])]:
        book = data.draw(st.sampled_from(open_books))
        order.append(books[book][places[book]])
        places[book] += 1
    return order


@given(logs(), st.data())
@settings(max_examples=300, deadline=None)
def test_replays_and_interleavings_leave_exactly_what_is_pending(
    made: tuple[list[list[Entry]], Model], data: st.DataObject
) -> None:
    books, model = made
    state = Pending()
    order = interleaved(data, books)
    for position, each in enumerate(order):
        state = fold(state, each).state
        if data.draw(st.booleans()):
            back = data.draw(st.integers(0, position))
            for old in order[back : position + 1]:
                replayed = fold(state, old)
                assert replayed.repeated
                assert replayed.state is state
    assert set(state.alerts) == model.pending


@given(logs(), st.data())
@settings(max_examples=100, deadline=None)
def test_a_restart_at_any_place_gives_the_same_state(
    made: tuple[list[list[Entry]], Model], data: st.DataObject
) -> None:
    order = interleaved(data, made[0])
    straight = Pending()
    for each in order:
        straight = fold(straight, each).state
    rebuilt = Pending()
    for each in [*order, *order[: data.draw(st.integers(0, len(order)))]]:
        rebuilt = fold(rebuilt, each).state
    assert rebuilt == straight


@given(logs())
@settings(max_examples=100, deadline=None)
def test_every_unreadable_event_is_reported_and_every_readable_one_folded(
    made: tuple[list[list[Entry]], Model],
) -> None:
    state, reported, junk = Pending(), 0, 0
    for book in made[0]:
        for each in book:
            result = fold(state, each)
            state = result.state
            reported += len(result.unreadable)
            junk += sum(1 for event in each.events if "case" not in event)
    assert reported == junk
