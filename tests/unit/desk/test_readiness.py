"""What would hurt tonight is seen today: gaps of the rota, places that are full or expire."""

from hypothesis import given
from hypothesis import strategies as st

from services.desk.core.readiness import AHEAD_MS, DAY_MS, GAPS_MAX, HOUR_MS, Gap, Shift, first, gaps, standing

NOW = 1_790_000_000_000


def duty(rung: str, start_h: int, end_h: int, *, counts: bool = True) -> Shift:
    return Shift(rung, NOW + start_h * HOUR_MS, NOW + end_h * HOUR_MS, counts)


def of(rung: str, found: list[Gap]) -> list[tuple[int, int]]:
    return [((gap.from_ms - NOW) // HOUR_MS, (gap.until_ms - NOW) // HOUR_MS) for gap in found if gap.rung == rung]


def test_hours_between_shifts_are_gaps_and_a_shift_that_cannot_be_reached_covers_nothing() -> None:
    shifts = [duty("E1", -4, 8), duty("E1", 10, 24), duty("E1", 8, 10, counts=False), duty("SIGNATORY", 0, 24)]
    found = gaps(shifts, NOW, 24 * HOUR_MS)
    assert of("E1", found) == [(8, 10)]
    assert of("SIGNATORY", found) == []


def test_overlapping_and_contained_shifts_make_no_gap() -> None:
    found = gaps([duty("E1", 0, 20), duty("E1", 2, 5), duty("E1", 18, 24)], NOW, 24 * HOUR_MS)
    assert of("E1", found) == []
    assert of("SIGNATORY", found) == [(0, 24)]


def test_other_rungs_do_not_stand_in() -> None:
    assert of("E1", gaps([duty("E2", 0, 24), duty("E3", 0, 24)], NOW, 24 * HOUR_MS)) == [(0, 24)]


hours = st.integers(-30, 400)


@given(st.lists(st.tuples(hours, st.integers(1, 60)), max_size=25))
def test_every_hour_ahead_is_either_covered_or_in_a_gap(spans: list[tuple[int, int]]) -> None:
    shifts = [duty("E1", start, start + length) for start, length in spans]
    found = [gap for gap in gaps(shifts, NOW) if gap.rung == "E1"]
    for at in range(NOW, NOW + AHEAD_MS, HOUR_MS):
        covered = any(shift.from_ms <= at < shift.until_ms for shift in shifts)
        assert covered != any(gap.from_ms <= at < gap.until_ms for gap in found)


def test_a_place_is_judged_by_beds_licence_and_use() -> None:
    assert standing(2, 0, None, NOW, active=True).free == 2
    assert standing(2, 2, None, NOW, active=True) == standing(2, 2, NOW + 90 * DAY_MS, NOW, active=True)
    assert standing(2, 2, None, NOW, active=True).warnings == ("FULL",)
    assert standing(1, 2, None, NOW, active=True).warnings == ("OVER",)
    past = standing(3, 1, NOW, NOW, active=True)
    assert (past.free, past.warnings) == (0, ("LICENCE_PAST",))
    soon = standing(3, 1, NOW + DAY_MS, NOW, active=True)
    assert (soon.free, soon.warnings) == (2, ("LICENCE_SOON",))
    assert standing(3, 0, None, NOW, active=False).free == 0


def test_so_many_gaps_are_listed_and_the_rest_counted() -> None:
    many = [Gap("E1", NOW + number, NOW + number + 1) for number in range(GAPS_MAX + 7)]
    listed, more = first(many)
    assert (len(listed), more) == (GAPS_MAX, 7)
