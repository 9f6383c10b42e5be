"""The command line's contract: commands, options, exit codes, the JSON of `explain`, documents that are fresh."""

import json
from pathlib import Path
from typing import get_args

import click
import pytest
from click.testing import CliRunner

from shared.contracts.commands import CommandBody
from shared.contracts.events import Event
from shared.narration.telling import SILENT, TELLERS
from wardline import samples
from wardline.cli import main
from wardline.commands.command import command, kebab
from wardline.operations_document import documents, fresh

BODIES = get_args(get_args(CommandBody)[0])
EVENTS = get_args(get_args(Event)[0])
OF_DESIGN = {
    "up", "file", "case", "explain", "command", "registry", "verify", "heads", "topics", "policy", "books",
    "replay", "space", "vault", "desk", "user", "audit",
}  # fmt: skip
PRINTS_FACTS = (
    ("file",), ("case",), ("explain",), ("registry", "load"), ("verify",), ("heads",), ("topics", "apply"),
    ("policy", "activate"), ("policy", "check"), ("policy", "show"), ("books", "list"), ("books", "resume"),
    ("space", "create"), ("vault", "prove"), ("replay",), ("audit",),
    ("audit", "verify"), ("desk", "rebuild"), ("user", "add"),
    *(("command", kebab(body.__name__)) for body in BODIES),
)  # fmt: skip


def found(path: tuple[str, ...]) -> click.Command:
    at: click.Command = main
    for name in path:
        assert isinstance(at, click.Group)
        at = at.commands[name]
    return at


def test_the_commands_are_those_of_the_design() -> None:
    assert set(main.commands) == OF_DESIGN


@pytest.mark.parametrize("path", PRINTS_FACTS, ids=" ".join)
def test_what_prints_facts_takes_json_and_has_help(path: tuple[str, ...]) -> None:
    at = found(path)
    assert any("--json" in parameter.opts for parameter in at.params)
    assert at.help


def test_every_body_has_a_command_with_an_option_for_each_of_its_fields() -> None:
    assert set(command.commands) == {kebab(body.__name__) for body in BODIES}
    for body in BODIES:
        given = {parameter.name for parameter in command.commands[kebab(body.__name__)].params}
        assert set(body.model_fields) - {"type"} <= given


def test_every_event_is_told_or_is_known_to_be_silent() -> None:
    assert set(TELLERS) | SILENT == set(EVENTS)
    assert not set(TELLERS) & SILENT


def test_documents_with_generated_tables_are_fresh() -> None:
    for path in documents():
        text = path.read_text(encoding="utf-8")
        assert "<!-- generated: " in text
        assert fresh(text) == text, f"{path.name} is stale: python -m wardline.operations_document"


def explained(*arguments: str) -> list[dict[str, object]]:
    filings = sorted(str(path) for path in samples.FILINGS.glob("*.json"))
    result = CliRunner().invoke(main, ["explain", *filings, "--json", *arguments])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_explain_prints_the_agreed_shape_one_object_a_line_for_each_child() -> None:
    for facts in explained("--registry", str(samples.REGISTRY), "--at", "2026-11-23T10:00:00+08:00"):
        assert list(facts) == [
            "file", "child", "level", "situations", "nearly", "clocks", "departments", "not_told", "ladder", "custody",
            "guardianship", "revocation", "instructions", "why", "policy",
        ]  # fmt: skip
        assert facts["level"] in {"S0", "S1", "S2", "S3", "S4"}
        for situation in facts["situations"]:  # type: ignore[attr-defined]  # parsed JSON
            assert set(situation) == {"code", "rule", "basis", "citation", "facts"}
        guardianship = facts["guardianship"]
        assert set(guardianship) == {  # type: ignore[call-overload]  # parsed JSON
            "measure", "status", "organ", "ground", "citation", "place", "place_reason", "ranking",
        }  # fmt: skip
        assert guardianship["place"] or guardianship["place_reason"]  # type: ignore[index]  # parsed JSON


def test_explain_is_the_same_for_the_same_moment_and_knows_no_places_without_a_registry() -> None:
    first, second = explained("--at", "2026-11-23T10:00:00+08:00"), explained("--at", "2026-11-23T10:00:00+08:00")
    assert first == second
    assert {facts["guardianship"]["place"] for facts in first} == {None}  # type: ignore[index]  # parsed JSON


def test_a_filing_that_intake_would_refuse_ends_with_1_and_a_code(tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(main, ["explain", str(empty)])
    assert result.exit_code == 1
    assert "empty.json: refused: EMPTY" in result.stderr


def test_a_space_that_is_not_there_gives_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["verify"], env={"WARDLINE_HOME": str(tmp_path), "WARDLINE_SPACE": "nowhere"})
    assert result.exit_code != 0
    assert "Traceback" not in result.output
