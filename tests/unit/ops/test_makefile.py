"""The environment belongs to the directory that it was made in; a path that nothing can quote is refused at once."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
MADE = "installed-"


def make(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=directory, capture_output=True, text=True, check=False
    )


def project_at(directory: Path) -> Path:
    directory.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(PROJECT / name, directory)
    return directory


def set_up(directory: Path) -> None:
    """As after `make setup`, without the packages."""
    stamp = make(directory, "--eval", "show-stamp:;@echo $(STAMP)", "show-stamp").stdout.strip()
    assert MADE in stamp
    (directory / ".venv").mkdir()
    (directory / stamp).touch()


def test_an_environment_that_is_there_is_not_made_again_and_setup_says_ready(tmp_path: Path) -> None:
    project = project_at(tmp_path / "first")
    assert "pip install" in make(project, "-n", "setup").stdout
    set_up(project)
    again = make(project, "-n", "setup").stdout
    assert "pip install" not in again
    assert "ready" in again


def test_a_directory_that_moved_makes_its_environment_anew(tmp_path: Path) -> None:
    project = project_at(tmp_path / "first")
    set_up(project)
    moved = project.rename(tmp_path / "second")
    recipe = make(moved, "-n", "demo").stdout
    assert "rm -rf .venv" in recipe
    assert "pip install" in recipe


@pytest.mark.parametrize("mark", ["'", '"'])
def test_a_path_with_a_quotation_mark_is_refused_before_anything_is_made(tmp_path: Path, mark: str) -> None:
    project = project_at(tmp_path / f"it{mark}s")
    done = make(project, "setup")
    assert done.returncode != 0
    assert "quotation mark" in done.stderr
    assert not (project / ".venv").exists()
