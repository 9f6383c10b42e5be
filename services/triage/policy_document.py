"""Writes docs/policy.md from the shipped policy: `python -m services.triage.policy_document`."""

from pathlib import Path

from services.triage.core.policy import parse_policy
from services.triage.core.policy.document import policy_document
from services.triage.policy_files import load_policy_texts

DOCUMENT = Path(__file__).parents[2] / "docs" / "policy.md"

if __name__ == "__main__":
    DOCUMENT.write_text(policy_document(parse_policy(load_policy_texts())), encoding="utf-8")
