"""A demonstration finds a space of its own; an intake that is away is told as such, and nothing is claimed."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from wardline import samples
from wardline.cli import main
from wardline.commands.up import fresh_space
from wardline.filing import IntakeAway, file_report
from wardline.filings import FiledText
from wardline.settings import ToolSettings, connection_of


def test_a_demonstration_takes_the_first_space_that_is_free(tmp_path: Path) -> None:
    tool = ToolSettings(home=tmp_path, space="demo")
    assert fresh_space(tool) == "demo"
    (tmp_path / "spaces" / "demo").mkdir(parents=True)
    (tmp_path / "spaces" / "demo-2").mkdir()
    assert fresh_space(tool) == "demo-3"


def test_an_intake_that_is_away_takes_nothing() -> None:
    with pytest.raises(IntakeAway, match="ConnectError"):
        file_report("http://127.0.0.1:1", FiledText("x.json", b"{}"))
    filing = min(samples.FILINGS.glob("*.json"))
    result = CliRunner().invoke(main, ["file", str(filing)], env={"WARDLINE_INTAKE_URL": "http://127.0.0.1:1"})
    assert result.exit_code == 3
    assert "receipt" not in result.stdout


def test_the_broker_is_the_one_that_was_told_else_the_one_that_runs_here_else_the_embedded_port(tmp_path: Path) -> None:
    tool = ToolSettings(home=tmp_path, kafka_port=20_999)
    assert connection_of(tool, {}).bootstrap == "127.0.0.1:20999"
    (tmp_path / "system.json").write_text('{"bootstrap": "127.0.0.1:31234"}', encoding="utf-8")
    assert connection_of(tool, {}).bootstrap == "127.0.0.1:31234"
    assert connection_of(tool, {"WARDLINE_KAFKA": "kafka:9092"}).bootstrap == "kafka:9092"
