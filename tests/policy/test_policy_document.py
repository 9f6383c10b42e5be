"""docs/policy.md says what the rows say."""

from services.triage.core.policy import parse_policy
from services.triage.core.policy.document import policy_document
from services.triage.policy_document import DOCUMENT
from services.triage.policy_files import load_policy_texts


def test_the_document_is_fresh() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == policy_document(parse_policy(load_policy_texts()))
