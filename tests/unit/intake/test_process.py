"""Intake as a process: what only its entry point sets. No broker answers, and it serves all the same."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ops.embedded.ports import free_ports
from tests.support.intake import IntakeProcess, space_at

RECEIPT = "not-a-receipt"


@pytest.fixture(params=["127.0.0.1", "", "192.0.2.0/24"])
def trusted_and_intake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, IntakeProcess]]:
    space = space_at(tmp_path)
    intake = IntakeProcess(
        tmp_path,
        f"127.0.0.1:{free_ports(1)[0]}",
        space.name,
        WARDLINE_INTAKE_TRUSTED_PROXIES=request.param,
        WARDLINE_INTAKE_LOOKUPS_PER_MINUTE="3",
        WARDLINE_INTAKE_START_SECONDS_MAX="0",
        FORWARDED_ALLOW_IPS="*",  # uvicorn's own variable, which no setting of ours names, has no say
    )
    intake.start()
    yield request.param, intake
    intake.stop()


def test_only_a_trusted_proxy_says_who_files(trusted_and_intake: tuple[str, IntakeProcess]) -> None:
    trusted, intake = trusted_and_intake
    statuses = [
        httpx.get(
            f"{intake.url}/v1/receipts/{RECEIPT}", headers={"X-Forwarded-For": f"198.51.100.{number}"}
        ).status_code
        for number in range(8)
    ]
    assert (429 in statuses) is (trusted != "127.0.0.1")
