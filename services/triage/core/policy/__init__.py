"""The law as data: a policy is parsed from YAML texts and says of a case what must be done, by when, and why."""

from services.triage.core.policy.model import CONTACT_ROLES, PolicyInvalid
from services.triage.core.policy.parse import parse_policy
from services.triage.core.policy.policy import Policy

__all__ = ["CONTACT_ROLES", "Policy", "PolicyInvalid", "parse_policy"]
