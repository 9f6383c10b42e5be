"""Intake as a process: what only its entry point sets. No broker answers, and it serves all the same."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ops.embedded.ports import free_ports
from tests.support.intake import PROJECT, IntakeProcess, space_at

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


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"WARDLINE_INTAKE_PORT": "abc"}, "intake: WARDLINE_INTAKE_PORT: "),
        ({"WARDLINE_SPACE": "nowhere"}, "intake: no space 'nowhere'"),
        ({"WARDLINE_INTAKE_AREAS": "/no/such/areas.json"}, "/no/such/areas.json"),
    ],
    ids=["setting", "space", "areas"],
)
def test_what_cannot_be_started_is_one_line_and_no_traceback(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    space = space_at(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "services.intake"],
        env={"PATH": os.environ["PATH"], "WARDLINE_HOME": str(tmp_path), "WARDLINE_SPACE": space.name} | environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == os.EX_CONFIG
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
