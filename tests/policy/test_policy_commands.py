"""`wardline policy check` and `wardline policy document` for a county's own directory."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY
from wardline.cli import main
from wardline.commands.policy import grouped


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A county's copy of the shipped policy."""
    return Path(shutil.copytree(DEFAULT_POLICY_DIRECTORY, tmp_path / "county"))


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(arguments))
    assert "Traceback" not in result.output
    return result.exit_code, result.stdout, result.stderr


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_faults_of_rows_and_of_examples_are_told_together(county: Path) -> None:
    change(county / "71-clocks.yaml", "start_event: FILED", "start_event: DREAMT")
    change(county / "73-ladders.yaml", "role: DUTY_1", "role: DUTY_9")
    change(county / "examples" / "guardianship.yaml", "LIVING_ALONE]", "LIVING_ALONG]")
    code, out, err = run("policy", "check", str(county), "--json")
    assert code == 1
    faults = [json.loads(line) for line in out.splitlines()]
    assert [each["file"] for each in faults] == ["71-clocks.yaml", "73-ladders.yaml", "examples/guardianship.yaml"]
    assert "report.children.0.concerns.0: 'LIVING_ALONG' is not one of ABANDONED" in faults[2]["reason"]
    assert "3 faults" in err


def test_without_a_directory_it_is_said_whose_policy_is_checked() -> None:
    code, out, err = run("policy", "check")
    assert code == 0
    assert "examples hold" in out
    assert "packaged with wardline" in err
    assert "wardline policy show" in err


def test_the_document_of_a_countys_own_policy_is_printed(county: Path) -> None:
    change(county / "71-clocks.yaml", "zh: 见到儿童本人", "zh: 本县见到儿童本人")
    code, out, _ = run("policy", "document", str(county))
    assert (code, out.startswith("# The policy"), "本县见到儿童本人" in out) == (0, True, True)
    change(county / "71-clocks.yaml", "start_event: FILED", "start_event: DREAMT")
    code, out, err = run("policy", "document", str(county))
    assert (code, out) == (1, "")
    assert "C-SEEN: DREAMT is not a start event" in err


def test_what_is_the_same_in_all_books_is_one_line_and_the_books_that_differ_are_named() -> None:
    assert grouped([(book, "active") for book in range(12)], 12) == ["12 books: active"]
    mixed = [(0, "active"), (1, "refused, NO_PROPOSAL"), (2, "active")]
    assert grouped(mixed, 3) == ["2 books (0, 2): active", "book 1: refused, NO_PROPOSAL"]
