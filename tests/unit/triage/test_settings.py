"""A port that cannot be is one line that names the variable, and never the value."""

import os
import subprocess
import sys

import pytest

from services.triage.settings import SettingRefused, Settings


@pytest.mark.parametrize("given", ["abc", "-1", "65536", "", "８３０１", "8301 "])
def test_a_port_that_is_none_is_refused_by_name(given: str) -> None:
    with pytest.raises(SettingRefused, match="WARDLINE_TRIAGE_METRICS_PORT") as refused:
        Settings.from_environment({"WARDLINE_TRIAGE_METRICS_PORT": given})
    assert "abc" not in str(refused.value)


def test_a_port_is_taken_and_has_a_default() -> None:
    assert Settings.from_environment({"WARDLINE_TRIAGE_METRICS_PORT": "0"}).metrics_port == 0
    assert Settings.from_environment({}).metrics_port == 8301


def test_the_worker_ends_with_2_and_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.triage"],
        env=os.environ | {"WARDLINE_TRIAGE_METRICS_PORT": "abc"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
