"""Copies of the shipped policy with one text changed."""

import shutil
from pathlib import Path

from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY


def policy_copy(directory: Path, file: str, old: str, new: str) -> Path:
    """A directory with the shipped policy, in one file of which the first `old` is `new`."""
    copy = directory / "policy"
    shutil.copytree(DEFAULT_POLICY_DIRECTORY, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy
