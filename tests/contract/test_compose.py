"""docker-compose.yml is a valid compose file and says the same as the embedded system."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec.models import ComposeSpecification

from ops.containers.hand_out import KEYS
from ops.embedded.jars import POM, ensure_jars
from ops.embedded.programs import Program, services
from ops.embedded.properties import ALONE, PROMISES, SMALL, node_properties
from ops.settings import SystemSettings
from services.desk.custodian.settings import CustodianSettings
from services.desk.settings import DeskSettings
from services.intake.settings import Settings as IntakeSettings
from services.notify.settings import NotifySettings
from services.triage.settings import Settings as TriageSettings
from tests.support.broker import JARS, PROJECT

WHERE = {
    "listeners",
    "advertised.listeners",
    "inter.broker.listener.name",
    "listener.security.protocol.map",
    "log.dirs",
}
"""Properties that say where a node is; inside a container that is elsewhere."""

LOGGING = "Configuration: {Loggers: {Root: {level: INFO, AppenderRef: []}, Logger: []}}\n"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    file: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
    return file


@pytest.fixture(scope="module")
def programs() -> dict[str, Program]:
    settings = SystemSettings(home=Path("home"), space="demo")
    return {program.name: program for program in services(settings, "kafka:19092")}


def test_the_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    parsed = ComposeSpecification.model_validate(compose)
    assert left_out(compose, parsed.model_dump(mode="json", by_alias=True, exclude_unset=True)) == []


@pytest.mark.parametrize(
    "fault",
    [{"services": {"a": {"imagee": "x"}}}, {"servicess": {}}, {"services": {"a": {"healthcheck": {"tests": "x"}}}}],
)
def test_a_key_that_the_specification_does_not_know_is_found(fault: dict[str, Any]) -> None:
    parsed = ComposeSpecification.model_validate(fault)
    assert left_out(fault, parsed.model_dump(mode="json", by_alias=True, exclude_unset=True)) != []


def left_out(given: object, parsed: object, path: str = "") -> list[str]:
    """The keys that the parser does not know: it reads them and forgets them."""
    found: list[str] = []
    if isinstance(given, dict):
        known = {str(key): value for key, value in parsed.items()} if isinstance(parsed, dict) else {}
        for key, value in given.items():
            if str(key).startswith("x-"):
                continue  # extensions, which the specification leaves to the file
            found += left_out(value, known[str(key)], f"{path}/{key}") if str(key) in known else [f"{path}/{key}"]
    elif isinstance(given, list) and isinstance(parsed, list):
        for index, (one, other) in enumerate(zip(given, parsed, strict=True)):
            found += left_out(one, other, f"{path}/{index}")
    return found


def test_what_it_depends_on_is_there(compose: dict[str, Any]) -> None:
    declared = compose["services"]
    for service in declared.values():
        assert set(service.get("depends_on", {})) <= set(declared)
        for other, how in service.get("depends_on", {}).items():
            assert how["condition"] != "service_healthy" or "healthcheck" in declared[other]
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(compose["volumes"])


def test_the_image_makes_the_embedded_node_s_properties_of_it(compose: dict[str, Any], tmp_path: Path) -> None:
    """Runs the program with which the apache/kafka image turns KAFKA_ variables into properties and formats storage."""
    for name in ("default", "mounted", "final"):
        (tmp_path / name).mkdir()
    (tmp_path / "default" / "server.properties").write_text("unused=true\n")
    (tmp_path / "default" / "log4j2.yaml").write_text(LOGGING)
    declared = compose["services"]["kafka"]["environment"]
    environment = declared | {"PATH": os.environ["PATH"], "KAFKA_LOG_DIRS": str(tmp_path / "data")}
    class_path = ":".join(str(jar) for jar in ensure_jars(JARS))
    setup = ["java", "-cp", class_path, "kafka.docker.KafkaDockerWrapper", "setup"]
    places = [f"--{name}-configs-dir={tmp_path / name}" for name in ("default", "mounted", "final")]
    done = subprocess.run([*setup, *places], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert (tmp_path / "data" / "meta.properties").exists()

    lines = (tmp_path / "final" / "server.properties").read_text().splitlines()
    made = dict(line.split("=", 1) for line in lines if line.strip())
    embedded = node_properties(port=9092, controller_port=9093, data_directory="anywhere")
    assert made.keys() == embedded.keys()
    assert {name: value for name, value in made.items() if name not in WHERE} == {
        name: value for name, value in embedded.items() if name not in WHERE
    }
    assert {**PROMISES, **ALONE, **SMALL}.items() <= made.items()


def test_the_image_is_the_version_of_the_jars(compose: dict[str, Any]) -> None:
    version = re.search(r"<artifactId>kafka_2.13</artifactId>\s*<version>([^<]+)<", POM.read_text(encoding="utf-8"))
    assert version is not None
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{version[1]}"


def test_the_same_services_run_the_same_programs(compose: dict[str, Any], programs: dict[str, Program]) -> None:
    assert compose["services"].keys() == {"kafka", "topics", *programs}
    for name, program in programs.items():
        assert compose["services"][name]["command"] == ["python", *program.argv[1:]]


def test_a_service_is_told_the_same_settings(compose: dict[str, Any], programs: dict[str, Program]) -> None:
    for name, program in programs.items():
        told = compose["services"][name]["environment"]
        ports = {setting: str(port) for port, setting in program.ports.items()}
        assert ports.items() <= told.items()
        assert {"WARDLINE_KAFKA", "WARDLINE_SPACE", "WARDLINE_HOME"} <= told.keys()
        assert told["WARDLINE_KAFKA"] == program.env["WARDLINE_KAFKA"]


def test_ports_are_the_same_and_published_on_loopback_only(
    compose: dict[str, Any], programs: dict[str, Program]
) -> None:
    for name, program in programs.items():
        wanted = {f"127.0.0.1:{port}:{port}" for port in program.ports}
        assert set(compose["services"][name]["ports"]) == wanted
    for service in compose["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_a_service_listens_on_every_address_of_its_container_and_on_loopback_elsewhere(
    compose: dict[str, Any], programs: dict[str, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    def listens_on() -> set[str]:
        intake, notify, desk = IntakeSettings(), NotifySettings(), DeskSettings()
        triage = TriageSettings.from_environment(os.environ)
        return {
            intake.host,
            notify.answer_host,
            notify.notify_metrics_host,
            triage.bind_address,
            desk.host,
            desk.metrics_host,
            CustodianSettings().metrics_host,
        }

    for program in programs.values():
        for name, value in program.env.items():
            monkeypatch.setenv(name, value)
    assert listens_on() == {"127.0.0.1"}
    for name in programs:
        for setting, value in compose["services"][name]["environment"].items():
            monkeypatch.setenv(setting, value)
    monkeypatch.setenv("WARDLINE_SPACE", "demo")
    monkeypatch.setenv("WARDLINE_ANSWER_PUBLIC_URL", "http://127.0.0.1:8400/")
    assert listens_on() == {"0.0.0.0"}  # noqa: S104 - published on the host's loopback only, see above


def test_health_is_what_the_launcher_waits_for(compose: dict[str, Any], programs: dict[str, Program]) -> None:
    for name, program in programs.items():
        test = " ".join(compose["services"][name]["healthcheck"]["test"])
        assert any(f"'{url}'" in test for url in program.ready_urls), name


def test_each_service_gets_its_own_keys_alone(compose: dict[str, Any], programs: dict[str, Program]) -> None:
    assert KEYS.keys() == programs.keys()
    for name in programs:
        volumes = [f"{name}-home:/var/lib/wardline"]
        shared = ["custodian-socket:/run/wardline"] if name in {"desk", "custodian"} else []
        assert compose["services"][name]["volumes"] == [*volumes, *shared]
        assert f"{name}=/hand-out/{name}" in compose["services"]["topics"]["command"][-1]
