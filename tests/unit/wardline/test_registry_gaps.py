"""What is missing of a registry is said; a whole one has no gaps."""

from collections.abc import Mapping

from shared.runtime.clock import SpaceClock
from wardline import samples
from wardline.case_log import Registered
from wardline.registry_file import read_registry
from wardline.registry_gaps import NOTHING_LOADED, registry_gaps

BOOKS = range(3)
DAY_MS = 24 * 3600 * 1000
Index = Mapping[tuple[str, str, str, int], Registered]


def sample(*without: str) -> dict[tuple[str, str, str, int], Registered]:
    """The sample registry as it stands after a load; `without` leaves out entries by name."""
    found = {}
    for entry in read_registry(samples.REGISTRY, SpaceClock()).entries:
        for book in BOOKS if entry.county == "000000" else (1,):
            if entry.name not in without:
                found[entry.event, entry.county, entry.name, book] = Registered(entry.content, 1)
    return found


def gaps(index: Index, later_ms: int = 0) -> list[str]:
    return registry_gaps(index, BOOKS, SpaceClock().now_ms() + later_ms)


def test_nothing_loaded_is_one_loud_sentence_with_the_way_out() -> None:
    assert gaps({}) == [NOTHING_LOADED]
    assert "wardline registry load" in NOTHING_LOADED


def test_the_sample_registry_has_no_gaps() -> None:
    assert gaps(sample()) == []


def test_a_book_without_the_desk_is_named() -> None:
    index = {key: value for key, value in sample().items() if (key[1], key[3]) != ("000000", 2)}
    [gap] = gaps(index)
    assert gap.startswith("000000: ")
    assert "(books 2)" in gap


def test_nobody_who_signs_and_no_officer_on_duty_are_told_by_county() -> None:
    [gap] = gaps(sample("signatory"))
    assert gap.startswith("520327: ")
    assert "no signatory" in gap
    assert gaps(sample("signatory-duty")) == [gap], "a shift whose contact is not registered reaches nobody"
    [no_officer] = gaps(sample("e1", "ca-duty-1"))
    assert "no officer" in no_officer


def test_a_rota_that_runs_out_is_a_gap() -> None:
    assert any("no signatory" in gap for gap in gaps(sample(), later_ms=181 * DAY_MS))


def test_a_county_with_nothing_but_an_area_is_not_served() -> None:
    index = {key: value for key, value in sample().items() if key[0] == "AreaSet" or key[1] == "000000"}
    [gap] = gaps(index)
    assert gap.startswith("520327: ")
    assert "desk of 000000" in gap
