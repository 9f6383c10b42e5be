"""What makes a policy unsafe on a day, whatever its examples say: asked before two people make it active."""

from datetime import date
from itertools import chain, islice

from services.triage.core.policy.guarding import broken_guards
from services.triage.core.policy.policy import Policy
from services.triage.core.policy.rails import broken_rails

REASONS_MAX = 3


def unsafe_on(policy: Policy, day: date) -> tuple[str, ...]:
    """The first reasons; empty when the policy keeps every rail and decides the guarded cases. Pure, about 0.1 s."""
    rails = (f"{row.id} {reason}" for row, reason in broken_rails(policy.rows))
    guards = (f"{broken.guard} {broken.reason}" for broken in broken_guards(policy, (day,)))
    return tuple(islice(chain(rails, guards), REASONS_MAX))
