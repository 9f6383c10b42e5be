"""Reads the YAML files of a policy from a directory."""

from pathlib import Path

DEFAULT_POLICY_DIRECTORY = Path(__file__).parent / "policy"


def load_policy_texts(directory: Path = DEFAULT_POLICY_DIRECTORY) -> dict[str, str]:
    """File name -> text of every `*.yaml` in the directory (examples are in a directory of their own)."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(directory.glob("*.yaml"))}


def load_example_texts(directory: Path = DEFAULT_POLICY_DIRECTORY) -> dict[str, str]:
    """File name -> text of every `*.yaml` in the policy's `examples` directory; nothing when there is none."""
    return load_policy_texts(directory / "examples")
