"""The policy and the published cases, once for all tests of this directory."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.triage.core.policy import Policy, parse_policy
from services.triage.policy_files import load_policy_texts

CASES = Path(__file__).parent / "data" / "published_cases.jsonl"


@pytest.fixture(scope="session")
def policy() -> Policy:
    return parse_policy(load_policy_texts())


@pytest.fixture(scope="session")
def cases() -> list[dict[str, Any]]:
    path = Path(os.environ.get("WARDLINE_CASES", CASES))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
