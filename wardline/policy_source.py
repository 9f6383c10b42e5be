"""The policy of a directory: its texts and its id, as the law engine names it."""

from pathlib import Path

from services.triage.core.policy import Policy, PolicyInvalid, parse_policy
from services.triage.policy_files import load_policy_texts


def read_policy(directory: Path) -> tuple[str, dict[str, str]]:
    """The policy's id and its texts (file name to text). Raises ValueError when it cannot be used."""
    policy, texts = parsed_policy(directory)
    return policy.policy_id, texts


def parsed_policy(directory: Path) -> tuple[Policy, dict[str, str]]:
    """The policy and its texts. Raises ValueError when it cannot be used."""
    texts = load_policy_texts(directory)
    if not texts:
        raise ValueError(f"no policy files in {directory}")
    try:
        return parse_policy(texts), texts
    except PolicyInvalid as error:
        raise ValueError(f"{directory}: {error}") from error
