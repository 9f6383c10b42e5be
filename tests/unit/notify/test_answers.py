"""The answer page over HTTP, with a broker that is scripted."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from html.parser import HTMLParser
from typing import Any

import httpx
import orjson
import pytest
from nacl.signing import SigningKey
from prometheus_client import CollectorRegistry

from services.notify import answers
from services.notify.answers import AnswerDesk, answer_app
from services.notify.core.links import AnswerLink, link_of, sign_link
from services.notify.core.pending import Entry, Pending, fold
from services.notify.core.task_urls import task_url
from services.notify.outcomes import Outcomes
from services.notify.publishing import Publishing
from shared.contracts.alerts import AlertWithdrawn, AnswerCode
from shared.contracts.base import Message
from shared.contracts.events import (
    AcknowledgementExpired,
    AnswerRecorded,
    CaseClosed,
    ContactSet,
    DepartmentAcknowledged,
    DepartmentDeclined,
    DepartmentDispatched,
)
from shared.contracts.task_links import BadLink, TaskLink, read_task_link
from shared.contracts.vocabulary import CloseReason, Department
from shared.contracts.wire import partition_of
from shared.runtime.clock import SpaceClock
from shared.runtime.metrics import NotifyMetrics
from shared.runtime.producer import OutgoingRecord, PublishFailed
from tests.support.notify_samples import MINUTE_MS, NOON_MS, entry, sample_alert, sample_contact

KEY = b"k" * 32
ALERT = sample_alert()
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Broker:
    """Keeps what it acknowledged; away while `away`; waits for `gate` when there is one."""

    def __init__(self) -> None:
        self.away = False
        self.gate: asyncio.Event | None = None
        self.records: list[OutgoingRecord] = []

    async def publish(self, record: OutgoingRecord) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.away:
            raise PublishFailed("KafkaTimeoutError")
        self.records.append(record)


class Desk:
    """The page and what is around it."""

    def __init__(
        self,
        space: str = "live",
        record_seconds_max: float = 0.0,
        task_url: Callable[[AnswerLink], str | None] = lambda _: None,
    ) -> None:
        self.broker = Broker()
        self.registry = CollectorRegistry()
        self.now_ms = NOON_MS
        clock = SpaceClock(wall=lambda: self.now_ms)
        self.state = fold(Pending(), entry(1, ALERT)).state
        self.health = {"reading": True, "sending": True}
        self.token = sign_link(KEY, space, link_of(ALERT))
        app = answer_app(
            AnswerDesk(
                space=space,
                link_key=KEY,
                callback_default="000-12345",
                clock=clock,
                outcomes=Outcomes(Publishing(self.broker, space, 12, clock)),
                metrics=NotifyMetrics(self.registry),
                state=lambda: self.state,
                healthy=lambda: self.health,
                record_seconds_max=record_seconds_max,
                task_url=task_url,
            )
        )
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://answers.invalid")

    async def show(self, token: str | None = None) -> httpx.Response:
        return await self.client.get(f"/a/{token or self.token}")

    async def press(self, answer: str, reason: str = "", token: str | None = None) -> httpx.Response:
        return await self.client.post(f"/a/{token or self.token}", data={"answer": answer, "reason": reason})

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(f"wardline_notify_{name}_total", labels) or 0.0

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        return [orjson.loads(record.value) for record in self.broker.records]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk()
    async with made.client:
        yield made


class Tags(HTMLParser):
    """All tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


async def test_the_page_shows_what_is_asked_and_no_more(desk: Desk) -> None:
    desk.state = fold(desk.state, entry(2, ContactSet(contact=sample_contact(callback_number="000-999")))).state
    response = await desk.show()
    assert response.status_code == 200
    for part in ("110 / 120", ALERT.case, "S2", "2026-11-21 13:00", "公安", "Police", "000-12345"):
        assert part in response.text
    for part in ("520327", "000-0000-0001", "c-1", "DUTY"):
        assert part not in response.text


async def test_the_page_needs_no_script_and_holds_nothing_foreign(desk: Desk) -> None:
    tags = Tags((await desk.show()).text).found
    names = [tag for tag, _ in tags]
    assert "script" not in names
    assert [attributes for _, attributes in tags if any(name.startswith("on") for name in attributes)] == []
    assert [attributes["href"] for tag, attributes in tags if tag == "link"] == ["../style.css"]
    assert [attributes for tag, attributes in tags if tag == "form"] == [{"method": "post"}] * 3
    assert "label" in names
    assert (await desk.client.get("/style.css")).status_code == 200


async def test_strict_headers_stand_on_every_answer(desk: Desk) -> None:
    for response in (await desk.show(), await desk.show("x.y"), await desk.press("ACKNOWLEDGE")):
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in response.headers["content-security-policy"]


async def test_looking_changes_nothing(desk: Desk) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        await desk.client.request(method, f"/a/{desk.token}", params={"answer": "ACKNOWLEDGE"})
    assert desk.broker.records == []


@pytest.mark.parametrize("answer", ["ACKNOWLEDGE", "DISPATCH"])
async def test_a_press_is_published_and_only_then_confirmed(desk: Desk, answer: str) -> None:
    desk.broker.gate = asyncio.Event()
    press = asyncio.create_task(desk.press(answer))
    await asyncio.sleep(0.05)
    assert not press.done()
    desk.broker.gate.set()
    assert (await press).status_code == 202
    (record,) = desk.broker.records
    assert (record.topic, record.key, record.partition) == (
        "wardline.live.outcomes",
        b"520327",
        partition_of("520327", 12),
    )
    (outcome,) = desk.outcomes
    assert (outcome["type"], outcome["answer"], outcome["alert_id"]) == ("AnswerGiven", answer, "a-1")
    assert (outcome["department"], outcome["step"], outcome["answered_at_ms"]) == ("POLICE", "D1", NOON_MS)
    assert desk.count("answers", answer=answer) == 1


async def test_a_refusal_needs_its_reason(desk: Desk) -> None:
    for response in (await desk.press("DECLINE"), await desk.press("DECLINE", "because"), await desk.press("CLOSE")):
        assert response.status_code == 400
        assert "<form" in response.text
    assert desk.broker.records == []
    assert (await desk.press("DECLINE", "WRONG_AREA")).status_code == 202
    assert desk.outcomes[0]["decline_reason"] == "WRONG_AREA"


async def test_pressing_twice_is_one_outcome(desk: Desk) -> None:
    await desk.press("ACKNOWLEDGE")
    desk.now_ms += 1000
    await desk.press("ACKNOWLEDGE")
    assert len({outcome["outcome_id"] for outcome in desk.outcomes}) == 1


def recorded(answer: AnswerCode, seq: int, *more: Message) -> Entry:
    """What triage records of an answer, with what follows from it."""
    event = AnswerRecorded(
        case=ALERT.case, alert_id="a-1", department=Department.POLICE, answer=answer, outcome_id=f"o-{seq}"
    )
    return entry(seq, event, *more)


TAKEN = DepartmentAcknowledged(
    case=ALERT.case,
    department=Department.POLICE,
    by="contact:c-1",
    at_ms=NOON_MS,
    expires_at_ms=NOON_MS + 30 * MINUTE_MS,
    deadline="d",
)
DECLINED = DepartmentDeclined(case=ALERT.case, department=Department.POLICE, by="contact:c-1", reason="UNABLE")


async def test_an_answer_that_is_recorded_is_shown_and_not_published_again(desk: Desk) -> None:
    desk.state = fold(desk.state, recorded(AnswerCode.ACKNOWLEDGE, 2, TAKEN)).state
    response = await desk.press("ACKNOWLEDGE")
    assert response.status_code == 200
    assert desk.broker.records == []
    assert desk.count("answers", answer="REPEATED") == 1
    assert "taken over" in (await desk.show()).text
    assert (await desk.press("DISPATCH")).status_code == 202


async def test_a_press_shows_this_very_answer_and_by_when_somebody_must_be_sent() -> None:
    desk = Desk(record_seconds_max=5)
    async with desk.client:
        press = asyncio.create_task(desk.press("ACKNOWLEDGE"))
        await asyncio.sleep(0.02)
        desk.state = fold(desk.state, recorded(AnswerCode.ACKNOWLEDGE, 2, TAKEN)).state
        text = (await press).text
        assert "Last answer: taken over" in text
        assert "Somebody must be sent by 2026-11-21 12:30 Beijing time" in text
        press = asyncio.create_task(desk.press("DECLINE", "UNABLE"))
        await asyncio.sleep(0.02)
        desk.state = fold(desk.state, recorded(AnswerCode.DECLINE, 3, DECLINED)).state
        text = (await press).text
        assert "Last answer: declined" in text
        assert "the next rung is told" in text
        assert "Last answer: declined" in (await desk.show()).text


async def test_an_answer_that_is_not_recorded_yet_is_shown_as_given_and_never_the_one_before(desk: Desk) -> None:
    desk.state = fold(desk.state, recorded(AnswerCode.ACKNOWLEDGE, 2, TAKEN)).state
    for text in ((await desk.press("DISPATCH")).text, (await desk.show()).text):
        assert "Last answer: somebody sent" in text
        assert "Being recorded" in text
    sent = DepartmentDispatched(case=ALERT.case, department=Department.POLICE, by="contact:c-1", at_ms=NOON_MS)
    desk.state = fold(desk.state, recorded(AnswerCode.DISPATCH, 3, sent)).state
    text = (await desk.show()).text
    assert "clocks of the law go on" in text
    assert "Being recorded" not in text


async def test_what_was_taken_over_declined_and_taken_over_again_are_three_answers(desk: Desk) -> None:
    for answer, reason in (("ACKNOWLEDGE", ""), ("DECLINE", "UNABLE"), ("ACKNOWLEDGE", "")):
        assert (await desk.press(answer, reason)).status_code == 202
    assert len({outcome["outcome_id"] for outcome in desk.outcomes}) == 3


async def test_an_acknowledgement_that_lapsed_says_so_and_may_be_given_again(desk: Desk) -> None:
    desk.state = fold(desk.state, recorded(AnswerCode.ACKNOWLEDGE, 2, TAKEN)).state
    lapsed = AcknowledgementExpired(case=ALERT.case, department=Department.POLICE)
    desk.state = fold(desk.state, entry(3, lapsed)).state
    assert "no longer holds" in (await desk.show()).text
    assert (await desk.press("ACKNOWLEDGE")).status_code == 202


async def test_a_broker_that_is_away_gives_a_page_that_says_press_again(desk: Desk) -> None:
    desk.broker.away = True
    response = await desk.press("ACKNOWLEDGE")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert "press again" in response.text
    assert "<form" in response.text
    desk.broker.away = False
    assert (await desk.press("ACKNOWLEDGE")).status_code == 202


async def test_presses_in_flight_are_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "IN_FLIGHT_MAX", 2)
    desk.broker.gate = asyncio.Event()
    waiting = [asyncio.create_task(desk.press("ACKNOWLEDGE")) for _ in range(2)]
    await asyncio.sleep(0.05)
    assert (await desk.press("ACKNOWLEDGE")).status_code == 503
    desk.broker.gate.set()
    assert [(await each).status_code for each in waiting] == [202, 202]


async def test_a_forged_link_is_not_found_and_counted(desk: Desk) -> None:
    changed = ("A" if desk.token[0] != "A" else "B") + desk.token[1:]
    other_space = sign_link(KEY, "demo", link_of(ALERT))
    for token in (changed, other_space):
        assert (await desk.show(token)).status_code == 404
        assert (await desk.press("ACKNOWLEDGE", token=token)).status_code == 404
    assert desk.count("links_refused", reason="FORGED") == 4
    assert (await desk.show("nonsense")).status_code == 404
    assert desk.count("links_refused", reason="MALFORMED") == 1
    assert desk.broker.records == []


async def test_an_expired_link_is_gone(desk: Desk) -> None:
    desk.now_ms += 26 * 60 * MINUTE_MS
    assert (await desk.show()).status_code == 410
    response = await desk.press("ACKNOWLEDGE")
    assert response.status_code == 410
    assert "expired at 2026-11-22 13:00 Beijing time" in response.text
    assert "<form" not in response.text
    assert desk.count("links_refused", reason="EXPIRED") == 2
    assert desk.broker.records == []


async def test_a_closed_case_takes_no_answer(desk: Desk) -> None:
    closed = CaseClosed(case=ALERT.case, reason=CloseReason.UNFOUNDED_CHECKED, by="o", at_ms=NOON_MS)
    desk.state = fold(desk.state, entry(2, closed)).state
    assert (await desk.show()).status_code == 410
    assert (await desk.press("DISPATCH")).status_code == 410
    assert desk.count("links_refused", reason="CASE_CLOSED") == 2


@pytest.mark.parametrize("kind", ["DUTY", "PLACE"])
@pytest.mark.parametrize("is_known", [True, False], ids=["closed just now", "closed long ago"])
async def test_what_outlives_a_closed_case_is_said_to_be_due_and_no_answer_meets_it(
    desk: Desk, kind: str, *, is_known: bool
) -> None:
    notice = ALERT.model_copy(update={"alert_id": f"{ALERT.case}~{kind}~E3~4"})
    closed = CaseClosed(case=ALERT.case, reason=CloseReason.AGED_OUT_18, by="o", at_ms=NOON_MS)
    desk.state = fold(Pending(), entry(1, closed, notice) if is_known else entry(1, notice)).state
    token = sign_link(KEY, "live", link_of(notice))
    page = await desk.show(token)
    assert page.status_code == 200
    assert "something is still to be done" in page.text
    assert "no answer is needed" not in page.text
    assert "<form" not in page.text
    assert (await desk.press("ACKNOWLEDGE", token=token)).status_code == 200
    assert desk.broker.records == []
    assert desk.count("links_refused", reason="OUTLIVES_CASE") == 2


async def test_a_withdrawn_alert_says_so_and_may_be_answered(desk: Desk) -> None:
    withdrawn = AlertWithdrawn(alert_id="a-1", case=ALERT.case, reason="ACKNOWLEDGED")
    desk.state = fold(desk.state, entry(2, withdrawn)).state
    assert "withdrawn or taken over" in (await desk.show()).text
    assert (await desk.press("DISPATCH")).status_code == 202


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"answer=ACKNOWLEDGE&" + b"x" * 5000, 413),
        (b"\xff\xfe", 400),
        (b"&".join(b"a%d=1" % number for number in range(50)), 400),
        (b'{"answer":"ACKNOWLEDGE"}', 400),
        (b"answer=%00", 400),
        (b"", 400),
    ],
)
async def test_bad_bodies_get_a_page_and_never_an_error(desk: Desk, body: bytes, status: int) -> None:
    response = await desk.client.post(f"/a/{desk.token}", content=body, headers=FORM)
    assert response.status_code == status
    assert desk.broker.records == []


async def test_a_drill_says_on_its_page_that_it_is_one() -> None:
    desk = Desk("drill-7")
    async with desk.client:
        assert "DRILL, NOT REAL" in (await desk.show()).text


async def test_health_is_told(desk: Desk) -> None:
    assert (await desk.client.get("/healthz")).status_code == 200
    desk.health = {"reading": True, "sending": False}
    assert (await desk.client.get("/healthz")).status_code == 503


def signed(message: bytes) -> bytes:
    return SigningKey(KEY).sign(message).signature


def holds(message: bytes, signature: bytes) -> bool:
    return signed(message) == signature


async def test_the_page_leads_to_the_task_at_the_desk_by_a_token_that_names_no_identity() -> None:
    own = f"{ALERT.case}~POLICE~D1~1"
    desk = Desk(
        task_url=lambda link: task_url(
            signed, "live", "https://desk.invalid/", link.model_copy(update={"alert_id": own})
        )
    )
    page = (await desk.show()).text
    found = re.search(r'href="https://desk\.invalid/t/([A-Za-z0-9_.-]+)"', page)
    assert found
    read = read_task_link(holds, "live", found[1], NOON_MS)
    assert isinstance(read, TaskLink)
    assert (read.alert_id, read.case, read.department) == (own, ALERT.case, ALERT.department)
    assert read.expires_at_ms == link_of(ALERT).expires_at_ms
    assert read_task_link(holds, "live", found[1], read.expires_at_ms) is BadLink.EXPIRED
    assert read_task_link(holds, "drill", found[1], NOON_MS) is BadLink.FORGED


async def test_without_a_desk_s_address_there_is_no_link_and_none_where_there_is_no_task() -> None:
    assert "/t/" not in (await Desk().show()).text
    officers = link_of(ALERT).model_copy(update={"department": Department.CIVIL_AFFAIRS})
    assert task_url(signed, "live", "https://desk.invalid", officers) is None
    in_passing = link_of(ALERT).model_copy(update={"alert_id": "r.0~CIVIL_AFFAIRS~E4~1"})
    assert task_url(signed, "live", "https://desk.invalid", in_passing) is None
