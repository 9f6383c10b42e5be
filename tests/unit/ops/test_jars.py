"""Fetching the broker's jars: one clear line when it cannot be done, and never a jar that was not reviewed."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ops.embedded import jars
from ops.embedded.failures import CannotStart
from tests.support.broker import PROJECT

JAVA_17 = "#!/bin/sh\necho 'openjdk version \"17.0.15\" 2025-04-15' >&2\n"
JAVA_8 = "#!/bin/sh\necho 'java version \"1.8.0_402\"' >&2\n"
MAVEN_THAT_FAILS = "#!/bin/sh\necho '[ERROR] Could not transfer artifact: no route to host'\nexit 1\n"
MAVEN_WITH_ANOTHER_JAR = """#!/bin/sh
for argument; do case "$argument" in -DoutputDirectory=*) target="${argument#*=}";; esac; done
/bin/mkdir -p "$target"
echo something > "$target/kafka-clients-4.3.1.jar"
echo '[INFO] Downloaded from central: somewhere/kafka-clients-4.3.1.jar (10 kB at 1.0 MB/s)'
"""


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH on which there is nothing but what the test puts there."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    return directory


def put(directory: Path, name: str, script: str) -> None:
    path = directory / name
    path.write_text(script)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.usefixtures("only")
def test_missing_java_is_one_line_with_every_way_out(tmp_path: Path) -> None:
    with pytest.raises(CannotStart) as missing:
        jars.ensure_jars(tmp_path / "cache")
    line = str(missing.value)
    assert "\n" not in line
    assert all(word in line for word in ("install Java 17", "Docker", "WARDLINE_KAFKA"))


def test_an_old_java_is_told_by_its_version(only: Path, tmp_path: Path) -> None:
    put(only, "java", JAVA_8)
    with pytest.raises(CannotStart, match="Java is 8: install Java 17"):
        jars.ensure_jars(tmp_path / "cache")


def test_missing_maven_is_one_line_with_every_way_out(only: Path, tmp_path: Path) -> None:
    put(only, "java", JAVA_17)
    with pytest.raises(CannotStart) as missing:
        jars.ensure_jars(tmp_path / "cache")
    line = str(missing.value)
    assert "\n" not in line
    assert all(word in line for word in ("install Maven", "Docker", "WARDLINE_KAFKA"))


def test_a_failing_maven_is_told_by_its_first_error(only: Path, tmp_path: Path) -> None:
    put(only, "java", JAVA_17)
    put(only, "mvn", MAVEN_THAT_FAILS)
    with pytest.raises(CannotStart, match="no route to host"):
        jars.ensure_jars(tmp_path / "cache", say=lambda _: None)
    assert not (tmp_path / "cache").exists()


def test_a_jar_that_was_not_reviewed_is_refused_and_not_kept(only: Path, tmp_path: Path) -> None:
    put(only, "java", JAVA_17)
    put(only, "mvn", MAVEN_WITH_ANOTHER_JAR)
    said: list[str] = []
    with pytest.raises(CannotStart, match=r"kafka-clients-4\.3\.1\.jar"):
        jars.ensure_jars(tmp_path / "cache", say=said.append)
    assert "  kafka-clients-4.3.1.jar (10 kB)" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "bin"]


def test_a_cache_that_is_there_needs_no_maven(only: Path, tmp_path: Path) -> None:
    put(only, "java", JAVA_17)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "b.jar").touch()
    (tmp_path / "cache" / "a.jar").touch()
    assert [jar.name for jar in jars.ensure_jars(tmp_path / "cache")] == ["a.jar", "b.jar"]


def test_make_says_the_same_line_at_the_terminal(only: Path, tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "ops.embedded.jars", "--home", str(tmp_path)]
    done = subprocess.run(arguments, env={"PATH": str(only)}, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Java is missing: install Java 17")
    assert done.stderr.count("\n") == 1
