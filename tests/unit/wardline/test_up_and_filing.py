"""A demonstration finds a space of its own; an intake that is away is told as such, and nothing is claimed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.intake.pages import Pages
from wardline import samples
from wardline.cli import main
from wardline.commands.up import fresh_space
from wardline.filing import IntakeAway, file_report
from wardline.filings import FiledText
from wardline.registry_file import areas_of
from wardline.settings import ToolSettings, connection_of
from wardline.workplace import EXIT_NOT_KNOWN, EXIT_USAGE


def test_a_demonstration_takes_the_first_space_that_is_free_and_never_the_one_that_stays_up(tmp_path: Path) -> None:
    tool = ToolSettings(home=tmp_path, space="demo")
    assert fresh_space(tool) == "demo-1"
    (tmp_path / "spaces" / "demo-1").mkdir(parents=True)
    (tmp_path / "spaces" / "demo-2").mkdir()
    assert fresh_space(tool) == "demo-3"


@pytest.mark.parametrize("command", [["up"], ["case", "x"], ["up", "--demo"]], ids=" ".join)
def test_a_setting_that_cannot_be_is_one_line_that_names_it(tmp_path: Path, command: list[str]) -> None:
    environment = {"WARDLINE_INTAKE_PORT": "abc", "WARDLINE_HOME": str(tmp_path)}
    result = CliRunner().invoke(main, command, env=environment)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert "WARDLINE_INTAKE_PORT: " in result.output


def test_usage_is_not_taken_for_a_decision_that_is_not_known_yet() -> None:
    usage = CliRunner().invoke(main, ["command", "acknowledge", "--no-such-option"])
    assert usage.exit_code == EXIT_USAGE
    assert EXIT_USAGE != EXIT_NOT_KNOWN


def test_the_form_of_a_demonstration_offers_the_samples_places_by_name_and_not_the_desk_for_none(
    tmp_path: Path,
) -> None:
    areas = areas_of(samples.REGISTRY)
    assert areas[0] == {"code": "520327", "zh": "示例县", "en": "Sample County"}
    assert {each["code"] for each in areas} == {"520327", "520327100", "520327102"}
    path = tmp_path / "areas.json"
    path.write_text(json.dumps(areas), encoding="utf-8")
    assert Pages.load(path, "demo").counties == ("520327",)


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
