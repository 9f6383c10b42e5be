"""The sender with channels and a broker that are scripted, on a real event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry

from services.notify.channels.channel import Channel
from services.notify.core.messages import Outgoing
from services.notify.core.pending import Pending, fold
from services.notify.core.plan import Delivery, Limits, Taken, Verdict
from services.notify.journal import Journal
from services.notify.outcomes import Outcomes
from services.notify.publishing import Publishing
from services.notify.sender import Place, Sender
from shared.contracts.alerts import AlertRequested, AlertResult, AlertWithdrawn, ChannelKind, OutcomeRecorded
from shared.contracts.events import ContactSet
from shared.contracts.vocabulary import Level
from shared.runtime.clock import SpaceClock
from shared.runtime.metrics import NotifyMetrics
from shared.runtime.producer import OutgoingRecord, PublishFailed
from tests.support.notify_samples import MINUTE_MS, NOON_MS, entry, sample_alert, sample_contact

HOUR_MS = 3_600_000
TAKEN = Delivery(Taken.TAKEN, "OK")
LATER = Delivery(Taken.TRY_LATER, "HTTP_503")
REFUSED = Delivery(Taken.REFUSED, "HTTP_404")


class Scripted:
    """A channel that gives the next delivery of its script, and the last one for ever."""

    def __init__(self, *script: Delivery, gate: asyncio.Event | None = None) -> None:
        self.script = list(script)
        self.sent: list[Outgoing] = []
        self.gate = gate
        self.running = self.running_max = 0

    async def send(self, message: Outgoing) -> Delivery:
        self.sent.append(message)
        self.running += 1
        self.running_max = max(self.running, self.running_max)
        try:
            if self.gate is not None:
                await self.gate.wait()
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]
        finally:
            self.running -= 1


class Defect:
    """A channel with a bug."""

    async def send(self, message: Outgoing) -> Delivery:
        raise ZeroDivisionError(message.address)


class Broker:
    """Keeps what it acknowledged; away while `away`."""

    def __init__(self) -> None:
        self.away = False
        self.records: list[OutgoingRecord] = []

    async def publish(self, record: OutgoingRecord) -> None:
        await asyncio.sleep(0)
        if self.away:
            raise PublishFailed("KafkaTimeoutError")
        self.records.append(record)

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        return [orjson.loads(record.value) for record in self.records]


class World:
    """A sender, its fold, and what is around it. Pauses are a few milliseconds."""

    def __init__(self, home: Path, channels: dict[ChannelKind, Channel], *, concurrency: int = 8, now_ms: int) -> None:
        self.broker = Broker()
        self.registry = CollectorRegistry()
        self.clock = SpaceClock(wall=lambda: now_ms)
        self.journal = Journal(home / "journal.jsonl", "g")
        self.journal.open()
        self.state = Pending()
        self.seq = 0
        self.sender = Sender(
            Place(
                "live", b"k" * 32, "https://wardline.invalid", HOUR_MS, "12345", outside=True, concurrency=concurrency
            ),
            channels,
            Outcomes(Publishing(self.broker, "live", 12, self.clock)),
            self.journal,
            clock=self.clock,
            limits=Limits(rounds_max=3, pause_first_seconds=0.01, pause_max_seconds=0.02),
            metrics=NotifyMetrics(self.registry),
            chance=lambda: 0.5,
        )

    def tell(self, *events: Any) -> None:  # noqa: ANN401 - any event
        self.seq += 1
        self.state = fold(self.state, entry(self.seq, *events)).state
        self.sender.take(self.state)

    def metric(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(f"wardline_notify_{name}", labels) or 0.0


Run = Callable[..., Awaitable[World]]


@pytest.fixture
async def world(tmp_path: Path) -> Any:  # noqa: ANN401 - a factory with its end
    tasks: list[tuple[asyncio.Task[None], World]] = []

    def make(channels: dict[ChannelKind, Channel], *, now_ms: int = NOON_MS, concurrency: int = 8) -> World:
        for _, earlier in tasks:
            earlier.journal.close()
        made = World(tmp_path, channels, concurrency=concurrency, now_ms=now_ms)
        tasks.append((asyncio.create_task(made.sender.run()), made))
        return made

    yield make
    for task, made in tasks:
        task.cancel()
        results = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError), results
        made.journal.close()


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - the sender tells nobody but its metrics
            await asyncio.sleep(0.005)


async def steady(condition: Callable[[], bool]) -> None:
    """The condition holds for as long as a few pauses take."""
    for _ in range(20):
        assert condition()
        await asyncio.sleep(0.01)


async def test_an_alert_goes_out_and_its_outcome_is_published_once(world: Callable[..., World]) -> None:
    sms = Scripted(TAKEN)
    w = world({ChannelKind.SMS: sms})
    w.tell(ContactSet(contact=sample_contact()), sample_alert())
    await until(lambda: w.broker.outcomes)
    await steady(lambda: len(w.broker.outcomes) == 1 and len(sms.sent) == 1)
    assert w.broker.outcomes[0]["result"] == "SENT"
    assert sms.sent[0].words.link.startswith("https://wardline.invalid/a/")
    assert w.metric("pending") == 1
    w.tell(OutcomeRecorded(alert_id="a-1", case=sample_alert().case, result="SENT"))
    assert w.sender._work == {}


async def test_a_channel_that_fails_is_tried_to_its_limit_and_then_the_outcome_is_failed(
    world: Callable[..., World],
) -> None:
    sms = Scripted(LATER)
    w = world({ChannelKind.SMS: sms})
    w.tell(ContactSet(contact=sample_contact()), sample_alert())
    await until(lambda: w.broker.outcomes)
    assert len(sms.sent) == 3
    assert len({message.message_id for message in sms.sent}) == 1
    (outcome,) = w.broker.outcomes
    assert (outcome["result"], outcome["attempts"], outcome["failure"]) == ("FAILED", 3, "HTTP_503")
    assert w.metric("alerts_total", department="POLICE", result="FAILED") == 1


async def test_the_next_channel_takes_over_in_the_same_round(world: Callable[..., World]) -> None:
    sms, voice = Scripted(LATER), Scripted(TAKEN)
    w = world({ChannelKind.SMS: sms, ChannelKind.VOICE: voice})
    w.tell(ContactSet(contact=sample_contact("c-1", (ChannelKind.SMS, "1"), (ChannelKind.VOICE, "1"))), sample_alert())
    await until(lambda: w.broker.outcomes)
    assert (len(sms.sent), len(voice.sent)) == (1, 1)
    assert (w.broker.outcomes[0]["result"], w.broker.outcomes[0]["channel"]) == ("SENT", "VOICE")


async def test_an_s1_goes_over_every_channel_at_the_same_time(world: Callable[..., World]) -> None:
    gate = asyncio.Event()
    sms, voice = Scripted(TAKEN, gate=gate), Scripted(TAKEN)
    w = world({ChannelKind.SMS: sms, ChannelKind.VOICE: voice})
    contact = sample_contact("c-1", (ChannelKind.SMS, "1"), (ChannelKind.VOICE, "1"))
    w.tell(ContactSet(contact=contact), sample_alert(level=Level.S1))
    await until(lambda: sms.sent and voice.sent)
    gate.set()
    await until(lambda: w.broker.outcomes)
    assert w.broker.outcomes[0]["attempts"] == 2


async def test_a_refused_channel_is_left_and_a_channel_without_settings_counts_as_refused(
    world: Callable[..., World],
) -> None:
    sms = Scripted(REFUSED)
    w = world({ChannelKind.SMS: sms})
    w.tell(ContactSet(contact=sample_contact("c-1", (ChannelKind.SMS, "1"), (ChannelKind.EMAIL, "x"))), sample_alert())
    await until(lambda: w.broker.outcomes)
    assert len(sms.sent) == 1
    assert (w.broker.outcomes[0]["result"], w.broker.outcomes[0]["failure"]) == ("FAILED", "NOT_CONFIGURED")


async def test_a_defect_of_one_channel_does_not_silence_the_others(world: Callable[..., World]) -> None:
    voice = Scripted(TAKEN)
    w = world({ChannelKind.SMS: Defect(), ChannelKind.VOICE: voice})
    w.tell(ContactSet(contact=sample_contact("c-1", (ChannelKind.SMS, "1"), (ChannelKind.VOICE, "1"))), sample_alert())
    await until(lambda: w.broker.outcomes)
    assert w.broker.outcomes[0]["channel"] == "VOICE"


async def test_a_stale_alert_is_not_sent(world: Callable[..., World]) -> None:
    sms = Scripted(TAKEN)
    w = world({ChannelKind.SMS: sms}, now_ms=NOON_MS + 121 * MINUTE_MS)
    w.tell(ContactSet(contact=sample_contact()), sample_alert())
    await until(lambda: w.broker.outcomes)
    assert sms.sent == []
    assert w.broker.outcomes[0]["result"] == "STALE"
    assert w.metric("alerts_total", department="POLICE", result="STALE") == 1


async def test_a_withdrawn_alert_is_not_tried_again(world: Callable[..., World]) -> None:
    sms = Scripted(LATER)
    w = world({ChannelKind.SMS: sms})
    w.tell(ContactSet(contact=sample_contact()), sample_alert())
    await until(lambda: len(sms.sent) == 1)
    w.tell(AlertWithdrawn(alert_id="a-1", case=sample_alert().case, reason="ACKNOWLEDGED"))
    tries = len(sms.sent)
    await steady(lambda: len(sms.sent) == tries)


async def test_an_outcome_waits_for_the_broker_without_sending_again(
    world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notify.outcomes.ATTEMPTS_MAX", 2)
    monkeypatch.setattr("services.notify.sender.UNPUBLISHED_PAUSE_SECONDS", 0.02)
    sms = Scripted(TAKEN)
    w = world({ChannelKind.SMS: sms})
    w.broker.away = True
    w.tell(ContactSet(contact=sample_contact()), sample_alert())
    await until(lambda: w.journal.verdicts)
    await steady(lambda: not w.broker.outcomes)
    w.broker.away = False
    await until(lambda: w.broker.outcomes)
    assert len(sms.sent) == 1


async def test_a_restart_publishes_a_remembered_verdict_and_does_not_send_again(world: Callable[..., World]) -> None:
    first_sms, second_sms = Scripted(TAKEN), Scripted(TAKEN)
    events = (ContactSet(contact=sample_contact()), sample_alert())
    first = world({ChannelKind.SMS: first_sms})
    first.tell(*events)
    await until(lambda: first.broker.outcomes)
    second = world({ChannelKind.SMS: second_sms})
    second.tell(*events)
    await until(lambda: second.broker.outcomes)
    assert second.broker.outcomes[0]["outcome_id"] == first.broker.outcomes[0]["outcome_id"]
    assert (len(first_sms.sent), second_sms.sent) == (1, [])


async def test_concurrency_is_bounded_and_a_share_of_it_is_kept_for_s1(world: Callable[..., World]) -> None:
    gate = asyncio.Event()
    sms = Scripted(TAKEN, gate=gate)
    w = world({ChannelKind.SMS: sms}, concurrency=8)
    w.tell(ContactSet(contact=sample_contact()), *(sample_alert(f"s2-{number}") for number in range(50)))
    await until(lambda: sms.running == 6)
    await steady(lambda: sms.running == 6)
    w.tell(*(sample_alert(f"s1-{number}", level=Level.S1) for number in range(50)))
    await until(lambda: sms.running == 8)
    assert [message.level for message in sms.sent[6:]] == [Level.S1, Level.S1]
    gate.set()
    await until(lambda: len(w.broker.outcomes) == 100)
    assert sms.running_max == 8
    assert len(sms.sent) == 100


async def test_an_alert_unsettled_for_two_minutes_is_an_incident(
    world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notify.sender.LOOK_SECONDS", 0.02)
    w = world({ChannelKind.SMS: Scripted(TAKEN)}, now_ms=NOON_MS + 3 * MINUTE_MS)
    fresh = sample_alert("a-fresh", requested_at_ms=NOON_MS + 2 * MINUTE_MS)
    w.tell(ContactSet(contact=sample_contact()), sample_alert("a-old"), fresh)
    await until(lambda: w.metric("pending") == 2 and w.metric("overdue") == 1)
    w.tell(OutcomeRecorded(alert_id="a-old", case=sample_alert().case, result="SENT"))
    await until(lambda: w.metric("overdue") == 0)


async def test_an_orderly_stop_lets_what_is_in_flight_end_and_starts_nothing(world: Callable[..., World]) -> None:
    gate = asyncio.Event()
    sms = Scripted(TAKEN, gate=gate)
    w = world({ChannelKind.SMS: sms}, concurrency=2)
    w.tell(ContactSet(contact=sample_contact()), *(sample_alert(f"a-{number}") for number in range(5)))
    await until(lambda: sms.running == 1)
    draining = asyncio.create_task(w.sender.drain(20))
    await asyncio.sleep(0.05)
    assert not draining.done()
    gate.set()
    await draining
    assert len(w.broker.outcomes) == 1
    await steady(lambda: len(sms.sent) == 1)


async def test_a_stop_does_not_wait_for_ever(world: Callable[..., World]) -> None:
    sms = Scripted(TAKEN, gate=asyncio.Event())
    w = world({ChannelKind.SMS: sms})
    w.tell(ContactSet(contact=sample_contact()), sample_alert())
    await until(lambda: sms.running == 1)
    async with asyncio.timeout(5):
        await w.sender.drain(0.05)


async def test_a_full_disk_does_not_stop_alerts(world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(self: Journal, alert_id: str, verdict: Verdict) -> None:
        raise OSError(28, "no space", f"{alert_id}{verdict}{self}")

    monkeypatch.setattr(Journal, "record_verdict", full)
    w = world({ChannelKind.SMS: Scripted(TAKEN)})
    w.tell(ContactSet(contact=sample_contact()), sample_alert())
    await until(lambda: w.broker.outcomes)


async def test_many_alerts_each_get_exactly_one_outcome(world: Callable[..., World]) -> None:
    w = world({ChannelKind.SMS: Scripted(LATER, TAKEN, LATER, TAKEN)})
    alerts: list[AlertRequested] = [sample_alert(f"a-{number}") for number in range(2000)]
    w.tell(ContactSet(contact=sample_contact()))
    for start in range(0, 2000, 100):
        w.tell(*alerts[start : start + 100])
        await asyncio.sleep(0)
    await until(lambda: len(w.broker.outcomes) >= 2000)
    await steady(lambda: len(w.broker.outcomes) == 2000)
    assert {each["alert_id"] for each in w.broker.outcomes} == {each.alert_id for each in alerts}
    assert {each["result"] for each in w.broker.outcomes} == {AlertResult.SENT}
