"""README's commands, as written, against a running system; and the demonstration, as `make demo` runs it."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.running_system import PROGRAM, PROJECT, running_system, system_environment

README = PROJECT / "README.md"
DEMO_SECONDS_MAX = 240
SAMPLE = PROJECT / "wardline" / "samples" / "filings" / "07-yuzhong-five-teens-2022.json"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.timeout(600)
def test_every_wardline_command_of_the_readme_runs_as_written(tmp_path: Path) -> None:
    [script] = blocks("bash")
    commands = [line for line in script.splitlines() if "wardline " in line]
    assert len(commands) >= 12
    script = script.replace("var/heads.txt", str(tmp_path / "heads.txt"))
    with running_system(tmp_path / "home") as system:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env=system.environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        followed = subprocess.run(
            [*PROGRAM, "file", str(SAMPLE), "--follow", "--for", "6", "--language", "en"],
            env=system.environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    assert "receipt 回执 520327-" in followed.stdout
    assert "told police, rung 1: " in followed.stdout
    said = done.stdout
    assert "S1" in said
    assert "Law on the Protection of Minors art. 92" in said, "cited in the language of the terminal"
    assert said.count("accepted 已受理") == 3
    assert "both keys open it" in said
    assert "nothing lost, nothing decided twice" in said
    assert "decisions made again: byte for byte the same" in said
    shown = system.text()
    assert "up in space demo" in shown
    assert "case opened: S1 urgent, now" in shown
    assert "alert sent" not in shown, "outcomes of alerts are the case's own story"
    assert "signed and in effect (signatory-1, document DOC-1" in shown


@pytest.mark.timeout(600)
def test_the_demonstration_sees_everything_and_ends_with_0(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "up", "--demo"],
        env=system_environment(tmp_path / "home"),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEMO_SECONDS_MAX,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    cases = done.stdout.split("━━ ")[1:]
    assert len(cases) >= 5
    for case in cases:
        for word in (
            "等级 level",
            "情形 situation",
            "依据",
            "已提醒 alerted",
            "监护现状 custody",
            "安排 guardian",
            "下一时限 next",
        ):
            assert word in case, f"{word} is missing in {case[:200]}"
        codes = re.findall(r"~|\b[A-Z]{3,}_[A-Z_]+\b|\b(?:RUNG|PROPOSED|REPORT|HEARD|M-[A-Z]+|C-SEEN)\b", case)
        assert codes == [], f"codes in the place of words in {case[:200]}"
    assert "told civil affairs, rung 2: " in done.stdout
    assert "NOT SENT" not in done.stdout
    assert "officer-1: 已生效 (受理)" in done.stdout
    assert "signatory-1: 已生效 (签批监护安排)" in done.stdout
    assert re.search(r"auditor-1: .* reads [1-9]\d* records of the case", done.stdout)
    assert "signed and in effect" in done.stdout
    assert "everything was seen" in done.stdout


def test_make_knows_every_target_that_the_readme_names() -> None:
    [script] = blocks("sh")
    targets = re.findall(r"^make (\w+)", script, re.MULTILINE)
    assert targets
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in targets:
        assert re.search(rf"^{target}:|^\.PHONY:.*\b{target}\b", makefile, re.MULTILINE), target
