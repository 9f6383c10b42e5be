"""Alarms and the dashboard speak of metrics that exist, and Prometheus' own tool accepts the rules."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from ops.settings import SystemSettings
from wardline.operations_document import COUNTED

OPS = Path(__file__).resolve().parents[3] / "ops"
RULES = OPS / "prometheus" / "rules.yaml"
DASHBOARD = OPS / "grafana" / "wardline.json"
NAME = re.compile(r"\bwardline_[a-z0-9_]+\b")
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def served() -> dict[str, set[str]]:
    """Every name that a scrape can hold, and the labels of the family."""
    found: dict[str, set[str]] = {}
    for make in COUNTED.values():
        registry = CollectorRegistry()
        of_process = make(registry)
        labels = {
            each._name: set(each._labelnames) for each in vars(of_process).values() if hasattr(each, "_labelnames")
        }
        for family in registry.collect():
            for suffix in SUFFIXES[family.type]:
                found[f"{family.name}{suffix}"] = labels.get(family.name, set())
    found["wardline_audit_figure"] = {"table", "row", "column"}
    found["wardline_audit_window_timestamp_seconds"] = {"edge"}
    return found


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return [
        *(rule["expr"] for rule in rules()),
        *(target["expr"] for panel in board["panels"] for target in panel["targets"]),
    ]


@pytest.mark.parametrize("expression", expressions())
def test_each_metric_that_is_asked_for_is_served_with_its_labels(expression: str) -> None:
    known = served()
    names = NAME.findall(expression)
    assert names
    for name in names:
        assert name in known, f"{name} is served by nobody"
    for name, selector in re.findall(r"(wardline_[a-z0-9_]+)\{([^}]*)\}", expression):
        assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector)) <= known[name]


def test_each_alarm_says_what_is_wrong_in_both_languages_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    assert set(names) >= {
        "TriageSilent", "BookHalted", "SpoolOld", "ProjectionBehind", "AlertsUnsettled", "CasesOverdue",
        "GravestOverdue", "BreakGlassUnreviewed",
    }  # fmt: skip
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule["annotations"]) == {"summary", "summary_zh", "action"}
        assert re.search(r"[\u4e00-\u9fff]", rule["annotations"]["summary_zh"])


def test_the_dashboard_is_whole() -> None:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


def test_the_scraped_ports_are_the_defaults() -> None:
    text = (OPS / "prometheus" / "prometheus.yaml").read_text(encoding="utf-8")
    ports = {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", text)}
    settings = SystemSettings()
    assert ports == {
        settings.intake_metrics_port, settings.triage_metrics_port, settings.notify_metrics_port,
        settings.desk_metrics_port, settings.custodian_metrics_port,
    }  # fmt: skip


def test_prometheus_own_tool_accepts_the_rules_and_their_tests() -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool on this machine: install Debian's package prometheus to run this test")
    for arguments in (["check", "rules", str(RULES)], ["test", "rules", str(OPS / "prometheus" / "rules_test.yaml")]):
        done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
