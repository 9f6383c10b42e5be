"""All wiring of notify: settings, space, clients, channels, and the three loops that run until a signal comes."""

import asyncio
import random
from collections.abc import Callable

import httpx
import uvicorn
from nacl.signing import SigningKey
from prometheus_client import CollectorRegistry, start_http_server

from services.notify.answers import AnswerDesk, answer_app
from services.notify.channels.channel import Channel
from services.notify.channels.console import ConsoleChannel
from services.notify.channels.file import FileChannel
from services.notify.channels.http import new_client
from services.notify.channels.sms import SmsChannel
from services.notify.channels.smtp import SmtpChannel
from services.notify.channels.voice import VoiceChannel
from services.notify.channels.webhook import WebhookChannel
from services.notify.core.links import LINK_OUTLIVES_ACT_BY_MS, AnswerLink
from services.notify.core.messages import SPACE_LIVE
from services.notify.core.plan import Limits
from services.notify.core.task_urls import task_url
from services.notify.feedback import FeedbackPublisher
from services.notify.following import Following
from services.notify.journal import AlreadyRunning, Journal
from services.notify.outcomes import Outcomes
from services.notify.publishing import Publishing
from services.notify.sender import Place, Sender
from services.notify.settings import NotifySettings, load_settings
from shared.contracts.alerts import ChannelKind
from shared.contracts.topics import DEAD_LETTER_NOTIFY, FEEDBACK, OUTCOMES
from shared.contracts.wire import sha256_hex
from shared.runtime.clock import SpaceClock, wall_ms
from shared.runtime.connection import Connection
from shared.runtime.http_limits import LimitedHttp
from shared.runtime.ledger_reader import LedgerReader, LogWentBackwards
from shared.runtime.logging import configure_logging, get_logger
from shared.runtime.memory import collect_rarely
from shared.runtime.metrics import NotifyMetrics
from shared.runtime.producer import Producer
from shared.runtime.serving import Server, run_until_signalled
from shared.runtime.space import TASK_LINK_KEY, KeyMissing, Space, SpaceMissing

LINK_KEY = "answer-link"
STALE_WALL_SECONDS_MIN = 30.0
"""Where a space's clock runs fast, an alert is not stale before so many seconds of the wall have passed."""
LINK_WALL_SECONDS_MIN = 3600.0
"""Likewise, a link can be pressed for so long after the act-by time."""
HEALTHY_WITHIN_SECONDS = 30.0
DRAIN_SECONDS_MAX = 5.0

_log = get_logger("notify")


def channels_of(settings: NotifySettings, client: httpx.AsyncClient, clock: SpaceClock) -> dict[ChannelKind, Channel]:
    """Files and console always; channels that leave the house in `live` alone, and only those with settings."""
    channels: dict[ChannelKind, Channel] = {
        ChannelKind.FILE: FileChannel(settings.home / "outbox" / settings.space),
        ChannelKind.CONSOLE: ConsoleChannel(),
    }
    if settings.space != SPACE_LIVE:
        return channels
    if settings.smtp is not None:
        channels[ChannelKind.EMAIL] = SmtpChannel(settings.smtp, clock.now_ms)
    if settings.sms is not None:
        channels[ChannelKind.SMS] = SmsChannel(client, settings.sms)
    if settings.voice is not None:
        channels[ChannelKind.VOICE] = VoiceChannel(client, settings.voice)
    if settings.webhook_secret is not None:
        channels[ChannelKind.WEBHOOK] = WebhookChannel(client, settings.webhook_secret, wall_ms)
    return channels


def limits_of(settings: NotifySettings, clock: SpaceClock) -> Limits:
    """The limits of sending, with staleness fit for the space's clock rate."""
    limits = Limits(rounds_max=settings.notify_rounds_max, pause_first_seconds=settings.notify_pause_seconds)
    stale_after_ms_min = max(limits.stale_after_ms_min, int(STALE_WALL_SECONDS_MIN * 1000 * clock.rate))
    return Limits(
        rounds_max=limits.rounds_max,
        pause_first_seconds=limits.pause_first_seconds,
        stale_after_ms_min=stale_after_ms_min,
        stale_after_ms_max=max(limits.stale_after_ms_max, stale_after_ms_min),
    )


async def serve(settings: NotifySettings, connection: Connection, stop: asyncio.Event) -> None:
    """Run until `stop` is set.

    Raises what is for a person: SpaceMissing, KeyMissing, AlreadyRunning, LogWentBackwards.
    """
    space = Space.load(settings.home, settings.space)
    clock, link_key = space.clock(), space.secret(LINK_KEY)
    registry = CollectorRegistry()
    metrics = NotifyMetrics(registry)
    journal = Journal(settings.home / "notify" / settings.space / "journal.jsonl", sha256_hex(space.genesis.line()))
    topics = [topic.full_name(space.name) for topic in (OUTCOMES, FEEDBACK, DEAD_LETTER_NOTIFY)]
    producer = Producer(connection, client_id="notify", topics=topics)
    publishing = Publishing(producer, space.name, space.books, clock)
    outcomes = Outcomes(publishing)
    feedback = FeedbackPublisher(publishing, journal, metrics)
    place = Place(
        space=space.name,
        link_key=link_key,
        public_url=settings.public_url,
        link_outlives_ms=max(LINK_OUTLIVES_ACT_BY_MS, int(LINK_WALL_SECONDS_MIN * 1000 * clock.rate)),
        callback_default=settings.callback_number,
        outside=space.name == SPACE_LIVE,
        concurrency=settings.notify_concurrency,
    )
    async with new_client(settings.outside_proxy) as client:
        sender = Sender(
            place,
            channels_of(settings, client, clock),
            outcomes,
            journal,
            clock=clock,
            limits=limits_of(settings, clock),
            metrics=metrics,
            chance=random.Random().random,  # noqa: S311 - spreads pauses, guards nothing
        )
        following = Following(LedgerReader(connection, space), sender, feedback, journal, metrics)
        desk = AnswerDesk(
            space=space.name,
            link_key=link_key,
            callback_default=settings.callback_number,
            clock=clock,
            outcomes=outcomes,
            metrics=metrics,
            state=lambda: following.state,
            healthy=lambda: _health(following, sender),
            task_url=_task_urls(settings, space),
        )
        server = Server(
            uvicorn.Config(
                answer_app(desk),
                host=settings.answer_host,
                port=settings.answer_port,
                http=LimitedHttp,
                ws="none",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )
        journal.open()
        exporter, _ = start_http_server(settings.notify_metrics_port, settings.notify_metrics_host, registry)
        producer.start()
        try:
            await _run(stop, server, sender, following, feedback)
        finally:
            await producer.close()
            exporter.shutdown()
            exporter.server_close()
            journal.close()


def _task_urls(settings: NotifySettings, space: Space) -> Callable[[AnswerLink], str | None]:
    """How the answer page links to the desk. A space that was made without the key has no such links."""
    if settings.desk_url is None:
        return lambda _: None
    try:
        key, desk_url = SigningKey(space.secret(TASK_LINK_KEY)), str(settings.desk_url)
    except KeyMissing:
        _log.warning("no_task_links")
        return lambda _: None
    return lambda link: task_url(lambda message: key.sign(message).signature, space.name, desk_url, link)


async def _run(
    stop: asyncio.Event, server: Server, sender: Sender, following: Following, feedback: FeedbackPublisher
) -> None:
    """The loops run together: the first that fails ends the others and the process."""
    loops = [
        asyncio.create_task(following.run(), name="following"),
        asyncio.create_task(sender.run(), name="sender"),
        asyncio.create_task(feedback.run(), name="feedback"),
        asyncio.create_task(server.serve(), name="answers"),
    ]
    stopped = asyncio.create_task(stop.wait(), name="stop")
    try:
        done, _ = await asyncio.wait([stopped, *loops], return_when=asyncio.FIRST_COMPLETED)
        for task in done - {stopped}:
            task.result()
        await sender.drain(DRAIN_SECONDS_MAX)
    finally:
        server.should_exit = True
        for task in (stopped, *loops[:-1]):
            task.cancel()
        await asyncio.gather(stopped, *loops, return_exceptions=True)


def _health(following: Following, sender: Sender) -> dict[str, bool]:
    now = asyncio.get_running_loop().time()

    def recent(at: float | None) -> bool:
        return at is not None and now - at < HEALTHY_WITHIN_SECONDS

    return {
        "reading": recent(following.polled_at),
        "caught_up": following.caught_up,
        "sending": recent(sender.looked_at),
    }


def main() -> None:
    """The process: until SIGTERM or SIGINT; exit code 1 with one line on standard error when it cannot go on."""
    settings, connection = load_settings()
    configure_logging("notify", settings.space, level=settings.log_level)
    collect_rarely()
    run_until_signalled(
        "notify",
        lambda stop: serve(settings, connection, stop),
        (SpaceMissing, KeyMissing, AlreadyRunning, LogWentBackwards),
    )
