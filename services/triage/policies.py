"""Parsed policies by id. The text of each stands in the ledger; a parsed one is only a cache of it."""

from collections.abc import Mapping

from services.triage.core.policy import Policy, parse_policy

POLICIES_KEPT_MAX = 8


class PolicyShelf:
    """Parses a policy's text once."""

    def __init__(self) -> None:
        self._parsed: dict[str, Policy] = {}

    def get(self, policy_id: str, texts: Mapping[str, str]) -> Policy:
        """The policy of this id. Raises PolicyInvalid when its text cannot be read."""
        policy = self._parsed.get(policy_id)
        if policy is None:
            policy = parse_policy(texts)
            if len(self._parsed) >= POLICIES_KEPT_MAX:
                self._parsed.pop(next(iter(self._parsed)))
            self._parsed[policy_id] = policy
        return policy
