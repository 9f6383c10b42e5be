"""Outcomes: what became of an alert, and what a department answered, published for triage."""

import stamina

from services.notify.publishing import Publishing
from shared.contracts.alerts import AlertSettled, AnswerGiven
from shared.contracts.topics import OUTCOMES
from shared.runtime.producer import PublishFailed

ATTEMPTS_MAX = 5
PATIENCE_SECONDS = 30.0


class Outcomes:
    """Publishes to `outcomes`, keyed by the county of the case."""

    def __init__(self, publishing: Publishing) -> None:
        self._publishing = publishing

    async def publish(self, outcome: AlertSettled | AnswerGiven) -> None:
        """Publish once and wait for the broker. Raises PublishFailed."""
        await self._publishing.publish(OUTCOMES, outcome.county, outcome, outcome.outcome_id)

    async def publish_patiently(self, outcome: AlertSettled) -> None:
        """Publish with pauses between tries, within limits. Raises PublishFailed after the last."""
        async for attempt in stamina.retry_context(
            on=PublishFailed, attempts=ATTEMPTS_MAX, timeout=PATIENCE_SECONDS, wait_initial=0.2, wait_max=5.0
        ):
            with attempt:
                await self.publish(outcome)
