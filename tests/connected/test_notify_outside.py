"""Notify in `live`, as a process of its own: real gateways that refuse or hang, kills, and a broker that is away."""

import json
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.alerts import ChannelKind
from shared.contracts.topics import FEEDBACK, OUTCOMES
from shared.contracts.vocabulary import Level
from shared.runtime.space import Space
from tests.support.notify_service import NotifyProcess, until, until_response
from tests.support.notify_world import COUNTY, CaseLog, Gateway, SettlingTriage, TopicTail, alert, contact, new_space

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PLANTED = ("测试儿童甲", "PLANTED-NAME-1", "990000000000000001", "PLANTED-VILLAGE", "PLANTED-NARRATIVE")


class Outside:
    """A live space with one SMS, one voice and one webhook receiver."""

    def __init__(self, broker: EmbeddedBroker, home: Path, stack: ExitStack) -> None:
        self.broker = broker
        self.home = home
        self.space: Space = new_space(home, broker.bootstrap, "live")
        self.log = CaseLog(broker.bootstrap, self.space)
        stack.callback(self.log.close)
        self.triage = SettlingTriage(broker.bootstrap, self.space, self.log)
        stack.callback(self.triage.close)
        self.sms, self.voice, self.hook = (stack.enter_context(Gateway().running()) for _ in range(3))
        self.notify = NotifyProcess(
            home,
            broker.bootstrap,
            "live",
            {
                "WARDLINE_SMS": json.dumps({"url": self.sms.url, "headers": {"x-key": "PLANTED-KEY"}}),
                "WARDLINE_VOICE": json.dumps({"url": self.voice.url}),
                "WARDLINE_WEBHOOK_SECRET": SECRET,
            },
        )
        stack.callback(lambda: self.notify.process is None or self.notify.end(signal.SIGKILL))

    def contact(self, contact_id: str, *channels: tuple[ChannelKind, str]) -> None:
        self.log.append(COUNTY, contact(contact_id, *channels))

    async def all_settled(self, count: int, timeout_seconds: float = 60.0) -> dict[str, dict[str, Any]]:
        await until(lambda: len(self.triage.settled) >= count, timeout_seconds)
        return self.triage.settled


@pytest.fixture
def outside(own_broker: EmbeddedBroker, tmp_path: Path) -> Iterator[Outside]:
    with ExitStack() as stack:
        yield Outside(own_broker, tmp_path, stack)


async def test_refusing_slow_and_failing_gateways_end_in_the_outcomes_that_let_triage_climb(outside: Outside) -> None:
    def sms(_number: int, body: Any) -> tuple[int, Any]:  # noqa: ANN401 - JSON
        match body["to"]:
            case "refused":
                return 404, {}
            case "failing":
                return 503, {}
            case "slow":
                outside.sms.release.wait(30)
        return 200, {}

    outside.sms.answer = sms
    for address in ("good", "refused", "failing", "slow"):
        outside.contact(f"c-{address}", (ChannelKind.SMS, address))
    outside.contact("c-second", (ChannelKind.SMS, "failing"), (ChannelKind.VOICE, "second"))
    outside.contact("c-hook", (ChannelKind.WEBHOOK, outside.hook.url))
    outside.contact("c-mail", (ChannelKind.EMAIL, "duty@police.invalid"))
    names = ("good", "refused", "failing", "slow", "second", "hook", "mail")
    for number, name in enumerate(names):
        outside.log.append(COUNTY, alert(outside.space, number, f"c-{name}"))
    outside.log.append(COUNTY, alert(outside.space, 7, "c-slow", "c-good", level=Level.S1))
    outside.notify.environment = {**outside.notify.environment, "WARDLINE_NOTIFY_ROUNDS_MAX": "2"}
    outside.notify.start()
    settled = await outside.all_settled(8)
    results = {
        name: (found["result"], found.get("channel"), found.get("failure"), found["attempts"])
        for number, name in enumerate([*names, "S1"])
        for found in [settled[f"case{number}.0-POLICE-D1-0"]]
    }
    assert results == {
        "good": ("SENT", "SMS", None, 1),
        "refused": ("FAILED", None, "HTTP_404", 1),
        "failing": ("FAILED", None, "HTTP_503", 2),
        "slow": ("FAILED", None, "HTTP_TIMEOUT", 2),
        "second": ("SENT", "VOICE", None, 2),
        "hook": ("SENT", "WEBHOOK", None, 1),
        "mail": ("FAILED", None, "NOT_CONFIGURED", 1),
        "S1": ("SENT", "SMS", None, 2),
    }
    assert outside.notify.end() == 0
    assert list((outside.home / "outbox").glob("**/*.json")) == []


async def test_kills_lose_no_alert_and_repeat_at_most_what_was_in_flight(outside: Outside) -> None:
    outside.sms.answer = lambda _number, _body: (threading.Event().wait(0.02), (200, {}))[1]
    outside.contact("c-1", (ChannelKind.SMS, "000-0000-0001"))
    alerts, kills, concurrency = 400, 5, 8
    outside.notify.environment = {**outside.notify.environment, "WARDLINE_NOTIFY_CONCURRENCY": str(concurrency)}
    for number in range(alerts):
        outside.log.append(COUNTY, alert(outside.space, number, "c-1"))
    for kill in range(kills):
        outside.notify.start()
        enough = (kill + 1) * 50
        await until(lambda enough=enough: len(outside.sms.requests) >= enough)  # type: ignore[misc]
        assert outside.notify.end(signal.SIGKILL) == -signal.SIGKILL
    outside.notify.start()
    settled = await outside.all_settled(alerts, 90)
    assert {each["result"] for each in settled.values()} == {"SENT"}
    sent = Counter(body["id"] for body in outside.sms.bodies)
    assert len(sent) == alerts
    repeated = sum(sent.values()) - alerts
    assert repeated <= kills * concurrency, f"{repeated} repeated"
    assert max(sent.values()) <= 1 + kills
    assert outside.notify.end() == 0


async def test_a_broker_that_dies_and_comes_back_delays_and_loses_nothing(outside: Outside) -> None:
    outside.contact("c-1", (ChannelKind.SMS, "000-0000-0001"))
    outside.log.append(COUNTY, alert(outside.space, 0, "c-1"))
    outside.notify.start()
    await outside.notify.wait_healthy()
    await outside.all_settled(1)
    link = outside.sms.bodies[0]["text"].rpartition(" ")[2]
    gate = threading.Event()
    outside.sms.answer = lambda _number, _body: (gate.wait(30), (200, {}))[1]
    for number in range(1, 6):
        outside.log.append(COUNTY, alert(outside.space, number, "c-1"))
    await until(lambda: len(outside.sms.requests) == 6)
    outside.broker.kill()
    gate.set()
    async with httpx.AsyncClient(timeout=40) as client:
        response = await client.post(link, data={"answer": "DISPATCH"})
        assert response.status_code == 503
        assert "press again" in response.text
        outside.broker.restart()
        settled = await outside.all_settled(6, 90)
        assert {each["result"] for each in settled.values()} == {"SENT"}
        assert len(outside.sms.requests) == 6
        await until_response(
            lambda: client.post(link, data={"answer": "DISPATCH"}), lambda response: response.status_code in {200, 202}
        )
    assert outside.notify.end() == 0
    answers = [each for each in outside.triage.outcomes if each["type"] == "AnswerGiven"]
    assert len({each["outcome_id"] for each in answers}) == 1


async def test_a_broker_that_freezes_delays_and_loses_nothing(outside: Outside) -> None:
    outside.contact("c-1", (ChannelKind.SMS, "000-0000-0001"))
    outside.log.append(COUNTY, alert(outside.space, 0, "c-1"))
    outside.notify.start()
    await outside.notify.wait_healthy()
    await outside.all_settled(1)
    link = outside.sms.bodies[0]["text"].rpartition(" ")[2]
    gate = threading.Event()
    outside.sms.answer = lambda _number, _body: (gate.wait(30), (200, {}))[1]
    for number in range(1, 6):
        outside.log.append(COUNTY, alert(outside.space, number, "c-1"))
    await until(lambda: len(outside.sms.requests) == 6)
    outside.broker.pause()
    gate.set()
    async with httpx.AsyncClient(timeout=40) as client:
        try:
            # The answer takes longer than the client's delivery timeout, after which it alone never recovers.
            response = await client.post(link, data={"answer": "DISPATCH"})
            assert response.status_code == 503
            assert "press again" in response.text
        finally:
            outside.broker.resume()
        settled = await outside.all_settled(6, 90)
        assert {each["result"] for each in settled.values()} == {"SENT"}
        assert len(outside.sms.requests) == 6
        await until_response(
            lambda: client.post(link, data={"answer": "DISPATCH"}), lambda response: response.status_code in {200, 202}
        )
    assert outside.notify.end() == 0
    answers = [each for each in outside.triage.outcomes if each["type"] == "AnswerGiven"]
    assert len({each["outcome_id"] for each in answers}) == 1


async def test_nothing_planted_leaves_by_any_way(outside: Outside) -> None:
    outside.contact("c-1", (ChannelKind.SMS, "000-0000-0001"), (ChannelKind.VOICE, "000-0000-0001"))
    outside.contact("c-2", (ChannelKind.WEBHOOK, outside.hook.url))
    planted = {f"extra_{number}": text for number, text in enumerate(PLANTED)} | {"name": PLANTED[0]}
    raw = alert(outside.space, 1, "c-1", "c-2", level=Level.S1).model_dump(mode="json") | planted
    feedback = {
        "type": "FeedbackDue",
        "report_id": "r-1",
        "receipt": "520327-AAAAA-AAAAA-AAAAA",
        "status": "ACCEPTED",
        "at_ms": 1,
    } | planted
    outside.log.append(COUNTY, raw, feedback, {"type": "CaseOpened"} | planted)
    tails = [TopicTail(outside.broker.bootstrap, outside.space, topic) for topic in (OUTCOMES, FEEDBACK)]
    outside.notify.start()
    await outside.notify.wait_healthy()
    await outside.all_settled(1)
    await until(lambda: (tails[1].read(), tails[1].seen)[1])
    tails[0].read(1.0)
    link = outside.sms.bodies[0]["text"].rpartition(" ")[2]
    async with httpx.AsyncClient() as client:
        page = await client.post(link, data={"answer": "DECLINE", "reason": "UNABLE", "note": PLANTED[0]})
        metrics = await client.get(f"http://127.0.0.1:{outside.notify.metrics_port}/metrics")
    assert page.status_code == 202
    assert 'wardline_notify_alerts_total{department="POLICE",result="SENT"} 1.0' in metrics.text
    assert outside.notify.end() == 0
    seen = {
        "log": outside.notify.log.read_text(),
        "metrics": metrics.text,
        "page": page.text,
        "journal": (outside.home / "notify" / "live" / "journal.jsonl").read_text(),
        "messages": json.dumps([*outside.sms.bodies, *outside.voice.bodies, *outside.hook.bodies], ensure_ascii=False),
        "topics": json.dumps([each for tail in tails for each in tail.seen], ensure_ascii=False),
    }
    assert len(outside.sms.bodies) == len(outside.voice.bodies) == len(outside.hook.bodies) == 1
    assert [(where, text) for where, content in seen.items() for text in PLANTED if text in content] == []
    for where in ("log", "metrics", "journal", "topics"):
        for secret in ("000-0000-0001", "PLANTED-KEY", SECRET, link.rpartition("/")[2]):
            assert secret not in seen[where], f"{secret} in {where}"
    for tail in tails:
        tail.close()
