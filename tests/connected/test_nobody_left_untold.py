"""A report from a county that nobody serves reaches the desk of 000000, or there is an alarm: the real system."""

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.wire import partition_of
from tests.support.whole_system import WholeSystem, until, whole_system
from wardline import samples

BOOKS = 3
ELSEWHERE = ("520328", "330106")
"""Valid codes of counties that the sample registry does not serve."""

DESK = {"unknown-duty-1", "unknown-duty-2", "unknown-head", "unknown-police"}


def found_alone(county: str) -> dict[str, Any]:
    """A filing that names the county."""
    return {
        "institution": {"type": "PUBLIC", "area_code": county},
        "children": [{"age_years": 4, "area_code": county, "concerns": ["ABANDONED"]}],
        "custody_now": {"holder": "ALONE"},
    }


@pytest.fixture(scope="module")
def system(broker: EmbeddedBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    name = f"untold-{uuid.uuid4().hex[:8]}"
    with whole_system(broker, tmp_path_factory.mktemp("untold"), name, books=BOOKS, clock_rate=60.0) as running:
        yield running


def desk_told(system: WholeSystem, case: str) -> bool:
    return {each["contact_id"] for each in system.messages_for(case)} >= DESK


def untold(system: WholeSystem, county: str) -> float:
    book = partition_of(county, BOOKS)
    name = f'wardline_triage_untold_cases{{book="{book}"}} '
    lines = httpx.get(f"{system.url('triage_metrics')}/metrics", trust_env=False).text.splitlines()
    return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))


def test_an_empty_registry_is_told_loudly_and_the_desk_is_told_of_what_came_meanwhile(system: WholeSystem) -> None:
    checked = system.wardline("registry", "check")
    assert checked.returncode == 1
    assert "NO ROTA IS LOADED" in checked.stdout

    first = system.file(found_alone("110101"))
    early = system.case_of(first.report_id)
    until(lambda: untold(system, "110101") == 1.0, 60, "the untold case is counted")
    assert "cases_untold" in system.services["triage"].log.read_text(encoding="utf-8")
    assert system.messages_for(early) == []

    loaded = system.wardline("registry", "load", str(samples.REGISTRY), "--wait", "60")
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    assert "!!" not in loaded.stdout + loaded.stderr
    assert system.wardline("registry", "check").returncode == 0
    until(lambda: system.messages_for(early, "unknown-"), 60, "the desk is told of the earlier case")
    until(lambda: untold(system, "110101") == 0.0, 60, "nobody is left untold")

    for county in ELSEWHERE:
        filed = system.file(found_alone(county))
        case = system.case_of(filed.report_id)
        until(partial(desk_told, system, case), what="the messages to the desk")
        system.wait_for("AlertRequested", case=case, department="CIVIL_AFFAIRS")
        found = system.find("AlertRequested", case=case, reason="COUNTY_NOT_SERVED")
        alerts = [each for each in found if not each.get("repeat")]
        assert sorted(each["department"] for each in alerts) == ["CIVIL_AFFAIRS", "POLICE"], "one for each desk"
        assert {each["contacts_of"] for each in alerts} == {"000000"}

    desk = ("--as", "officer-0", "--role", "OFFICER", "--area", "")
    assert system.command("acknowledge", "--case", early, *desk)["accepted"]
    again = system.wardline("registry", "load", str(samples.REGISTRY))
    assert again.stdout.startswith("0 registered, ")
    system.verify()
