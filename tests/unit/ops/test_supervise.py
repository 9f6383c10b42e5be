"""What the supervisor is told survives its configuration's syntax, or is refused."""

import configparser
from pathlib import Path

import pytest

from ops.embedded.failures import CannotStart
from ops.embedded.programs import Program, services
from ops.embedded.supervise import Supervision
from ops.settings import SystemSettings


def written(home: Path, program: Program) -> configparser.RawConfigParser:
    supervision = Supervision(home, [program])
    supervision._socket = home / "control.sock"
    parser = configparser.RawConfigParser()
    parser.read_string(supervision._as_configuration())
    return parser


def test_a_percent_sign_and_a_space_reach_the_program_as_they_are(tmp_path: Path) -> None:
    section = written(tmp_path, Program("web", ("run", "a b", "100%"), {"NOTE": "50 % of 2"}))["program:web"]
    assert section["command"].endswith("run 'a b' 100%%")
    assert section["environment"] == 'NOTE="50 %% of 2"'


@pytest.mark.parametrize("text", ['a"b', "a'b", "a\nb", "a ;b"])
def test_what_the_configuration_cannot_hold_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CannotStart):
        written(tmp_path, Program("web", ("run",), {"NOTE": text}))


def test_every_program_is_restarted_stopped_as_a_group_and_logged_within_bounds(tmp_path: Path) -> None:
    section = written(tmp_path, Program("web", ("run",)))["program:web"]
    assert section["autorestart"] == "true"
    assert section["stopsignal"] == "TERM"
    assert section["stopasgroup"] == section["killasgroup"] == "true"
    assert int(section["stdout_logfile_maxbytes"]) > 0
    assert section["stdout_logfile"] == str(tmp_path / "logs" / "web.log")


def test_the_services_are_given_the_ports_of_the_settings(tmp_path: Path) -> None:
    settings = SystemSettings(home=tmp_path, intake_port=1, answer_port=2, triage_metrics_port=3, kafka="k:1")
    found = {program.name: program for program in services(settings, "k:1")}
    assert set(found) == {"intake", "triage", "notify", "desk", "custodian"}
    for program in found.values():
        assert program.env["WARDLINE_KAFKA"] == "k:1"
        assert {setting: program.env[setting] for setting in program.ports.values()} == {
            setting: str(port) for port, setting in program.ports.items()
        }
    assert found["intake"].ready_urls == ("http://127.0.0.1:1/readyz",)
