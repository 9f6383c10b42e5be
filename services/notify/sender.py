"""The sender: takes what is pending to its verdict, the gravest first, and publishes the outcome.

The stages of one step stand in `_step`. What is remembered here (rounds done, channels that refused) is lost in a
crash, after which an alert begins anew: at most one repetition for each message that was in flight.
"""

import asyncio
import contextlib
import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from services.notify.channels.channel import Channel
from services.notify.core.links import link_of, sign_link
from services.notify.core.messages import Outgoing, Words, message_id_of, words_of
from services.notify.core.pending import Pending, PendingAlert, contacts_of
from services.notify.core.plan import (
    Delivery,
    Limits,
    Route,
    Taken,
    Tried,
    Verdict,
    callback_of,
    is_stale,
    judge,
    routes_of,
    urgency_key,
    without_refused,
)
from services.notify.core.settling import settled
from services.notify.journal import Journal
from services.notify.outcomes import Outcomes
from shared.contracts.alerts import AlertRequested, AlertResult, ChannelKind
from shared.contracts.registry import Channel as ContactChannel
from shared.contracts.vocabulary import Level
from shared.runtime.clock import SpaceClock
from shared.runtime.logging import get_logger
from shared.runtime.metrics import NotifyMetrics
from shared.runtime.producer import PublishFailed

LOOK_SECONDS = 1.0
UNPUBLISHED_PAUSE_SECONDS = 5.0
UNSETTLED_INCIDENT_SECONDS = 120.0
RESERVED_FOR_S1_SHARE = 0.25

_log = get_logger("notify.sender")


@dataclass(slots=True)
class Progress:
    """One alert's way to its verdict. `since` is when it was requested, on the loop's clock, in seconds."""

    pending: PendingAlert
    since: float
    rounds: int = 0
    attempts: int = 0
    refused: set[tuple[ChannelKind, str]] = field(default_factory=set)
    verdict: Verdict | None = None

    @property
    def alert(self) -> AlertRequested:
        """The request."""
        return self.pending.request


@dataclass(frozen=True, slots=True)
class Place:
    """Where and for whom this sender works. `outside` is true in `live` alone."""

    space: str
    link_key: bytes
    public_url: str
    link_outlives_ms: int
    callback_default: str
    outside: bool
    concurrency: int


class Sender:
    """`take` gives it the newest fold; `run` works until it is cancelled."""

    def __init__(
        self,
        place: Place,
        channels: Mapping[ChannelKind, Channel],
        outcomes: Outcomes,
        journal: Journal,
        *,
        clock: SpaceClock,
        limits: Limits,
        metrics: NotifyMetrics,
        chance: Callable[[], float],
    ) -> None:
        self._place = place
        self._channels = channels
        self._outcomes = outcomes
        self._journal = journal
        self._clock = clock
        self._limits = limits
        self._metrics = metrics
        self._chance = chance
        self._state = Pending()
        self._work: dict[str, Progress] = {}
        self._ready: list[tuple[tuple[int, int, str], str]] = []
        self._waiting: list[tuple[float, str]] = []
        self._running = 0
        self._draining = False
        self._idle = asyncio.Event()
        self._measured_at = 0.0
        self._wake = asyncio.Event()
        self.looked_at: float | None = None

    def take(self, state: Pending) -> None:
        """Begin what is new, forget what is settled or withdrawn. Call it only once the log was read to its end."""
        before, self._state = self._state, state
        if state.alerts is before.alerts:
            return
        for alert_id in [alert_id for alert_id in self._work if alert_id not in state.alerts]:
            del self._work[alert_id]
        now = asyncio.get_running_loop().time()
        for alert_id, pending in state.alerts.items():
            if alert_id in self._work:
                continue
            age_ms = max(0, self._clock.now_ms() - pending.request.requested_at_ms)
            progress = Progress(pending, since=now - self._clock.wall_seconds(age_ms))
            progress.verdict = self._journal.verdicts.get(alert_id)
            self._work[alert_id] = progress
            heapq.heappush(self._ready, (urgency_key(pending.request), alert_id))
        self._journal.keep_only(self._work)
        self._wake.set()

    async def run(self) -> None:
        """Look at what is due, at least every `LOOK_SECONDS`, until cancelled; started steps are then cancelled too."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                self._look(group)
                try:
                    async with asyncio.timeout(self._seconds_to_next()):
                        await self._wake.wait()
                except TimeoutError:
                    continue

    async def drain(self, timeout_seconds: float) -> None:
        """Start nothing any more and let what is in flight come to its end: an orderly stop repeats no message."""
        self._draining = True
        if self._running:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_seconds):
                    await self._idle.wait()

    def _look(self, group: asyncio.TaskGroup) -> None:
        """Start the due steps, gravest first; a share of the places is kept for S1."""
        now = self.looked_at = asyncio.get_running_loop().time()
        while self._waiting and self._waiting[0][0] <= now:
            _, alert_id = heapq.heappop(self._waiting)
            if alert_id in self._work:
                heapq.heappush(self._ready, (urgency_key(self._work[alert_id].alert), alert_id))
        general = max(1, int(self._place.concurrency * (1 - RESERVED_FOR_S1_SHARE)))
        while self._ready and not self._draining:
            progress = self._work.get(self._ready[0][1])
            if progress is not None:
                places = self._place.concurrency if progress.alert.level is Level.S1 else general
                if self._running >= places:
                    break
                self._running += 1
                self._idle.clear()
                group.create_task(self._step(progress)).add_done_callback(self._ended)
            heapq.heappop(self._ready)
        self._metrics.last_look.set_to_current_time()
        if now - self._measured_at >= LOOK_SECONDS:
            self._measured_at = now
            overdue = sum(1 for each in self._work.values() if now - each.since > UNSETTLED_INCIDENT_SECONDS)
            self._metrics.pending.set(len(self._work))
            self._metrics.overdue.set(overdue)

    def _seconds_to_next(self) -> float:
        if not self._waiting:
            return LOOK_SECONDS
        return min(LOOK_SECONDS, max(0.0, self._waiting[0][0] - asyncio.get_running_loop().time()))

    def _ended(self, _: asyncio.Task[None]) -> None:
        self._running -= 1
        if self._running == 0:
            self._idle.set()
        self._wake.set()

    async def _step(self, progress: Progress) -> None:
        """One step of an alert: stale? -> routes -> words -> one round of tries -> judge -> remember -> publish."""
        alert = progress.alert
        if progress.verdict is None:
            if is_stale(alert, self._clock.now_ms(), self._limits):
                progress.verdict = Verdict(AlertResult.STALE, progress.attempts, failure="ACT_BY_PASSED")
            else:
                routes = routes_of(
                    alert, contacts_of(self._state, progress.pending.book, alert), outside=self._place.outside
                )
                words = self._words(alert)
                tried = await self._round(alert, words, without_refused(routes, progress.refused))
                progress.verdict = self._judge(progress, routes, tried)
            if progress.verdict is None:
                self._later(progress, self._limits.pause_seconds(progress.rounds, self._chance()))
                return
            await self._remember(progress, progress.verdict)
        if not await self._published(progress, progress.verdict):
            self._later(progress, UNPUBLISHED_PAUSE_SECONDS)

    def _later(self, progress: Progress, seconds: float) -> None:
        heapq.heappush(self._waiting, (asyncio.get_running_loop().time() + seconds, progress.alert.alert_id))

    def _words(self, alert: AlertRequested) -> Words:
        token = sign_link(self._place.link_key, self._place.space, link_of(alert, self._place.link_outlives_ms))
        return words_of(
            alert,
            space=self._place.space,
            callback=callback_of(alert.county, self._state.contacts.values(), self._place.callback_default),
            link=f"{self._place.public_url}/a/{token}",
        )

    async def _round(self, alert: AlertRequested, words: Words, routes: tuple[Route, ...]) -> list[Tried]:
        """Try every contact at once; return the tries in the order of contacts and channels."""
        tried = await asyncio.gather(*(self._along(alert, words, route) for route in routes))
        return [one for of_contact in tried for one in of_contact]

    async def _along(self, alert: AlertRequested, words: Words, route: Route) -> list[Tried]:
        """One contact: all of its channels at once, or in order until one takes the message."""
        if route.every:
            tries = (self._try(alert, words, route.contact_id, channel) for channel in route.channels)
            return list(await asyncio.gather(*tries))
        tried: list[Tried] = []
        for channel in route.channels:
            tried.append(await self._try(alert, words, route.contact_id, channel))
            if tried[-1].delivery.taken is Taken.TAKEN:
                break
        return tried

    async def _try(self, alert: AlertRequested, words: Words, contact_id: str, channel: ContactChannel) -> Tried:
        delivery = await self._deliver(alert, words, contact_id, channel)
        self._metrics.attempts.labels(channel.kind, delivery.taken).inc()
        return Tried(contact_id, channel, delivery)

    async def _deliver(self, alert: AlertRequested, words: Words, contact_id: str, channel: ContactChannel) -> Delivery:
        way = self._channels.get(channel.kind)
        if way is None:
            return Delivery(Taken.REFUSED, "NOT_CONFIGURED")
        message = Outgoing(
            message_id=message_id_of(alert.alert_id, contact_id, channel.kind, channel.address),
            space=self._place.space,
            alert_id=alert.alert_id,
            case=alert.case,
            level=alert.level,
            act_by_ms=alert.act_by_ms,
            contact_id=contact_id,
            kind=channel.kind,
            address=channel.address,
            words=words,
        )
        try:
            return await way.send(message)
        except Exception as error:  # noqa: BLE001 - a defect of one channel must not silence the other ones
            _log.error("channel_defect", channel=channel.kind, exc_info=error)
            return Delivery(Taken.TRY_LATER, "CHANNEL_DEFECT")

    def _judge(self, progress: Progress, routes: tuple[Route, ...], tried: list[Tried]) -> Verdict | None:
        progress.rounds += 1
        progress.attempts += len(tried)
        progress.refused.update(
            (one.channel.kind, one.channel.address) for one in tried if one.delivery.taken is Taken.REFUSED
        )
        left = len(without_refused(routes, progress.refused))
        return judge(
            tried, rounds_done=progress.rounds, attempts=progress.attempts, routes_left=left, limits=self._limits
        )

    async def _remember(self, progress: Progress, verdict: Verdict) -> None:
        """Journal and count. A full disk costs a repetition after a restart, and must not cost the alert."""
        alert, filed_at_ms = progress.alert, progress.pending.filed_at_ms
        try:
            await self._journal.record_verdict(alert.alert_id, verdict)
        except OSError as error:
            _log.error("journal_unwritable", errno=error.errno)
        self._metrics.alerts.labels(alert.department, verdict.result).inc()
        if verdict.result is AlertResult.SENT and filed_at_ms is not None:
            waited_ms = max(0, self._clock.now_ms() - filed_at_ms)
            self._metrics.filed_to_alert_seconds.observe(self._clock.wall_seconds(waited_ms))
        _log.info(
            "alert_decided",
            alert=alert.alert_id,
            level=alert.level,
            result=verdict.result,
            attempts=verdict.attempts,
            failure=verdict.failure,
        )

    async def _published(self, progress: Progress, verdict: Verdict) -> bool:
        """Whether the outcome is on the broker. It is settled only when the fold says that triage recorded it."""
        outcome = settled(self._place.space, progress.alert, verdict, self._clock.now_ms())
        try:
            await self._outcomes.publish_patiently(outcome)
        except PublishFailed as error:
            _log.warning("outcome_unpublished", alert=progress.alert.alert_id, code=error.code)
            return False
        return True
