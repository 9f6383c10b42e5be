"""One task by the link of an alert and a one-time code: nothing else opens, and what is refused is recorded."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import orjson
import pytest
from fastapi.routing import APIRoute
from nacl.signing import SigningKey
from sqlalchemy import select, update

from services.desk import sessions
from services.desk.core.guard import LINKED, PUBLIC, Route
from services.desk.database import writing
from services.desk.linked.codes import SENT_MAX, TRIES_MAX, VALID_MS, Phone
from services.desk.linked.gateway import CodeGateway, HttpGateway, NotSent, Nowhere, Outbox
from services.desk.tables import (
    ALERTS,
    CASES,
    CONTACTS,
    LADDERS,
    LINK_CODES,
    LINK_SESSIONS,
    LOGIN_FAILURES,
    REFUSED_ACCESS,
    VERDICTS,
)
from services.desk.web import application
from shared.contracts.task_links import TaskLink, sign_task_link
from shared.contracts.vocabulary import Department
from tests.support.desk_world import DeskWorld, hidden
from tests.support.lived_book import LivedBook


@pytest.fixture
def acting(world: DeskWorld, lived: LivedBook) -> DeskWorld:
    world.broker.run(lived, world.engine, world.projecting.announcer)
    return world


@pytest.fixture
def phone(acting: DeskWorld) -> Iterator[httpx.Client]:
    with acting.client() as client:
        yield client


def told(world: DeskWorld, nth: int = 0) -> dict[str, Any]:
    """An alert of the police, of an open case that they have not accepted."""
    with world.engine.connect() as connection:
        found = (
            select(ALERTS)
            .join(CASES, CASES.c.case_id == ALERTS.c.case_id)
            .join(LADDERS, (LADDERS.c.case_id == ALERTS.c.case_id) & (LADDERS.c.department == ALERTS.c.department))
            .where(CASES.c.is_open.is_(True), ALERTS.c.department == "POLICE", ALERTS.c.ladder == "POLICE")
            .where(LADDERS.c.state == "CLIMBING")
            .order_by(ALERTS.c.case_id, ALERTS.c.requested_at_ms)
        )
        rows = [dict(row) for row in connection.execute(found).mappings()]
    cases = list(dict.fromkeys(row["case_id"] for row in rows))
    return next(row for row in rows if row["case_id"] == cases[nth])


def link_of(world: DeskWorld, alert: dict[str, Any], key: bytes | None = None, **changes: Any) -> str:  # noqa: ANN401 - any field
    """The path of the alert's link, as the answer page has it."""
    link = TaskLink(
        alert_id=alert["alert_id"],
        case=alert["case_id"],
        county=county_of(world, alert["case_id"]),
        department=Department.POLICE,
        expires_at_ms=world.desk.clock.now_ms() + 3_600_000,
    ).model_copy(update=changes)
    signing = SigningKey(key or world.space.secret("task-link"))
    return f"/t/{sign_task_link(lambda said: signing.sign(said).signature, world.space.name, link)}"


def county_of(world: DeskWorld, case: str) -> str:
    with world.engine.connect() as connection:
        return str(connection.execute(select(CASES.c.county).where(CASES.c.case_id == case)).scalar_one())


def outbox(world: DeskWorld) -> Path:
    sends = world.desk.sends
    assert isinstance(sends, Outbox)
    return sends.directory


def newest_code(world: DeskWorld) -> str:
    newest = max(outbox(world).glob("code-*.json"), key=lambda path: path.stat().st_mtime_ns)
    found = re.search(r"\b([0-9]{6})\b", json.loads(newest.read_text())["text"])
    assert found
    return found[1]


def ask(client: httpx.Client, path: str, alert: dict[str, Any]) -> httpx.Response:
    """Press the button that sends a code to the first contact."""
    page = client.get(path)
    form = {"before": hidden(page.text, "before"), "contact": orjson.loads(alert["contacts"])[0]}
    return client.post(f"{path}/code", data=form)


def type_in(client: httpx.Client, path: str, code: str, before: str) -> httpx.Response:
    return client.post(f"{path}/open", data={"before": before, "code": code})


def opened(world: DeskWorld, client: httpx.Client, alert: dict[str, Any]) -> str:
    """The code is asked for and typed; the path of the task."""
    path = link_of(world, alert)
    sent = ask(client, path, alert)
    answer = type_in(client, path, newest_code(world), hidden(sent.text, "before"))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def refusals(world: DeskWorld) -> list[tuple[str, str]]:
    with world.engine.connect() as connection:
        found = select(REFUSED_ACCESS.c.route, REFUSED_ACCESS.c.reason).order_by(REFUSED_ACCESS.c.wall_ms)
        return [(row.route, row.reason) for row in connection.execute(found)]


def press(client: httpx.Client, task: str, action: str, **fields: str) -> httpx.Response:
    page = client.get(task).text
    found = re.search(rf'action="{re.escape(task)}/{action}".*?</form>', page, re.DOTALL)
    assert found, page
    form = {name: hidden(found[0], name) for name in ("csrf", "form", "since")}
    return client.post(f"{task}/{action}", data=form | fields, follow_redirects=True)


def test_a_code_from_the_duty_phone_opens_the_task_and_the_department_accepts_and_reports(
    acting: DeskWorld, phone: httpx.Client
) -> None:
    alert = told(acting)
    task = opened(acting, phone, alert)
    assert task == f"/tasks/{alert['case_id']}/POLICE"
    contact = orjson.loads(alert["contacts"])[0]
    assert "reference DOC-7" in press(phone, task, "task-accept", reference="DOC-7").text
    assert "Accepted" in press(phone, task, "task-outcome", outcome="CHILD_SAFE_SEEN").text
    with acting.engine.connect() as connection:
        row = connection.execute(
            select(LADDERS).where(LADDERS.c.case_id == alert["case_id"], LADDERS.c.department == "POLICE")
        ).one()
        of_contact = select(VERDICTS.c.command).where(VERDICTS.c.account == f"contact:{contact}")
        given = set(connection.execute(of_contact).scalars())
    assert (row.by, row.outcome) == (f"contact:{contact}", "CHILD_SAFE_SEEN")
    assert given == {"Acknowledge", "ReportOutcome"}


def test_the_page_before_the_code_names_no_number_and_nothing_of_the_case(
    acting: DeskWorld, phone: httpx.Client
) -> None:
    alert = told(acting)
    page = phone.get(link_of(acting, alert)).text
    assert alert["case_id"] in page
    assert 'href="tel:' not in page
    with acting.engine.connect() as connection:
        for channels in connection.execute(select(CONTACTS.c.channels)).scalars():
            for each in orjson.loads(channels):
                assert each["address"] not in page
    for said in ("injury", "concern", "Act by", "What happened"):
        assert said not in page


def test_of_every_route_of_the_desk_the_session_opens_its_own_task_s_alone(
    acting: DeskWorld, phone: httpx.Client
) -> None:
    alert = told(acting)
    opened(acting, phone, alert)
    csrf = sessions.csrf_of(phone.cookies[acting.desk.link_cookie])
    for each in application(acting.desk).routes:
        if not isinstance(each, APIRoute) or each.name in PUBLIC:
            continue
        for case in (alert["case_id"], told(acting, 1)["case_id"], "r-nowhere.0"):
            path = each.path.replace("{case_id}", case).replace("{department}", "POLICE")
            for method in each.methods or ():
                answer = phone.request(method, path, data={"csrf": csrf} if method == "POST" else None)
                is_own = Route(each.name) in LINKED and case == alert["case_id"] and "{case_id}" in each.path
                assert (answer.status_code != 404) == is_own, (each.name, case, answer.status_code)
    assert acting.broker.sent == []


def test_the_session_opens_that_one_task_and_nothing_else(acting: DeskWorld, phone: httpx.Client) -> None:
    opened(acting, phone, told(acting))
    other = told(acting, 1)["case_id"]
    for path in (f"/tasks/{other}/POLICE", "/inbox", "/board", f"/cases/{other}", "/", "/audit"):
        assert phone.get(path).status_code == 404, path
    task = f"/tasks/{told(acting)['case_id']}"
    assert phone.get(f"{task}/HEALTH").status_code == 404
    assert {reason for _, reason in refusals(acting)} == {"LINK"}


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"expires_at_ms": 1}, 410, "EXPIRED"),
        ({"department": Department.HEALTH}, 404, "NOT_ASKED"),
        ({"case": "r-nowhere.0"}, 404, "NOT_ASKED"),
        ({"alert_id": "r-nowhere.0~POLICE~D1~1"}, 404, "NOT_ASKED"),
    ],
)
def test_an_expired_link_and_one_of_nothing_that_was_asked_open_nothing_and_are_recorded(
    acting: DeskWorld, phone: httpx.Client, changes: dict[str, Any], status: int, reason: str
) -> None:
    assert phone.get(link_of(acting, told(acting), **changes)).status_code == status
    assert refusals(acting) == [("task_link", reason)]


def test_forged_and_mangled_links_are_refused_recorded_and_limited(acting: DeskWorld, phone: httpx.Client) -> None:
    alert = told(acting)
    good = link_of(acting, alert)
    assert phone.get(link_of(acting, alert, key=b"x" * 32)).status_code == 404
    other = "BB" if good.endswith("A") else "AA"
    assert phone.get(f"{good[:-2]}{other}").status_code == 404
    assert phone.get("/t/no-token").status_code == 404
    assert [reason for _, reason in refusals(acting)] == ["FORGED", "FORGED", "MALFORMED"]
    for _ in range(6):
        last = phone.get("/t/no-token").status_code
    assert last == 429


def test_a_code_is_used_once(acting: DeskWorld, phone: httpx.Client) -> None:
    alert = told(acting)
    path = link_of(acting, alert)
    before = hidden(ask(phone, path, alert).text, "before")
    code = newest_code(acting)
    assert type_in(phone, path, code, before).status_code == 303
    with acting.client() as another:
        page = another.get(path)
        assert type_in(another, path, code, hidden(page.text, "before")).status_code == 403
    assert refusals(acting) == [("task_link_open", "CODE_OVER")]


def test_five_wrong_codes_and_the_right_one_opens_nothing(acting: DeskWorld, phone: httpx.Client) -> None:
    alert = told(acting)
    path = link_of(acting, alert)
    before = hidden(ask(phone, path, alert).text, "before")
    right = newest_code(acting)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(TRIES_MAX):
        assert type_in(phone, path, wrong, before).status_code == 403
    assert type_in(phone, path, right, before).status_code == 429
    with writing(acting.engine) as connection:
        connection.execute(LOGIN_FAILURES.delete())
    assert type_in(phone, path, right, before).status_code == 403
    with acting.engine.connect() as connection:
        assert connection.execute(select(LINK_SESSIONS)).all() == []


def test_a_code_lives_ten_minutes_and_stands_nowhere_in_clear(acting: DeskWorld, phone: httpx.Client) -> None:
    alert = told(acting)
    path = link_of(acting, alert)
    before = hidden(ask(phone, path, alert).text, "before")
    code = newest_code(acting)
    with acting.engine.connect() as connection:
        [row] = connection.execute(select(LINK_CODES)).all()
    assert code not in {str(value) for value in row}
    with writing(acting.engine) as connection:
        connection.execute(update(LINK_CODES).values(created_wall_ms=row.created_wall_ms - VALID_MS))
    assert type_in(phone, path, code, before).status_code == 403


def test_a_phone_is_not_rung_without_end(acting: DeskWorld, phone: httpx.Client) -> None:
    alert = told(acting)
    path = link_of(acting, alert)
    assert [ask(phone, path, alert).status_code for _ in range(SENT_MAX + 1)] == [200] * SENT_MAX + [429]
    assert len(list(outbox(acting).glob("code-*.json"))) == SENT_MAX


def test_a_code_goes_to_nobody_whom_the_alert_did_not_tell(acting: DeskWorld, phone: httpx.Client) -> None:
    alert = told(acting)
    path = link_of(acting, alert)
    before = hidden(phone.get(path).text, "before")
    answer = phone.post(f"{path}/code", data={"before": before, "contact": "ca-duty-1"})
    assert answer.status_code == 403
    assert not outbox(acting).exists()


def test_a_form_of_another_browser_sends_no_code(acting: DeskWorld, phone: httpx.Client) -> None:
    alert = told(acting)
    contact = orjson.loads(alert["contacts"])[0]
    path = link_of(acting, alert)
    assert phone.post(f"{path}/code", data={"before": "made-up", "contact": contact}).status_code == 403


def test_a_contact_that_is_not_registered_any_more_loses_its_session(acting: DeskWorld, phone: httpx.Client) -> None:
    task = opened(acting, phone, told(acting))
    assert phone.get(task).status_code == 200
    with writing(acting.engine) as connection:
        connection.execute(update(CONTACTS).values(active=False))
    assert phone.get(task).status_code == 303


def test_a_session_ends_after_half_an_hour(acting: DeskWorld, phone: httpx.Client) -> None:
    task = opened(acting, phone, told(acting))
    with writing(acting.engine) as connection:
        connection.execute(update(LINK_SESSIONS).values(until_wall_ms=1))
    assert phone.get(task).headers["location"].startswith("/login")


def test_what_cannot_be_sent_is_said(acting: DeskWorld, phone: httpx.Client) -> None:
    object.__setattr__(acting.desk, "sends", Nowhere())
    alert = told(acting)
    answer = ask(phone, link_of(acting, alert), alert)
    assert answer.status_code == 503
    assert "The code was not sent" in answer.text


class Gateway(BaseHTTPRequestHandler):
    """Keeps what it was given; says what it is told to."""

    given: ClassVar[list[tuple[str | None, dict[str, object]]]] = []
    says: ClassVar[bytes] = b'{"code": "0"}'

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.given.append((self.headers["x-key"], json.loads(body)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.says)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Quiet."""


@pytest.fixture
def gateway() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Gateway.given.clear()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


DUTY = Phone("police-1", "520327", Department.POLICE, "STATION", "520327", "000-0000-0001")


def test_a_gateway_gets_number_and_text_and_an_answer_that_says_no_is_no(gateway: str) -> None:
    settings = CodeGateway.model_validate(
        {
            "url": gateway,
            "body": {"mobile": "{to}", "sms": ["{text}"]},
            "headers": {"x-key": "k"},
            "success": {"code": "0"},
        }
    )
    HttpGateway(settings).send(DUTY, "code {to}")
    assert Gateway.given == [("k", {"mobile": "000-0000-0001", "sms": ["code {to}"]})]
    with pytest.raises(NotSent, match="GATEWAY_SAYS_NO"):
        HttpGateway(settings.model_copy(update={"success": {"code": "1"}})).send(DUTY, "text")


def test_without_a_gateway_or_a_number_nothing_is_sent() -> None:
    away = HttpGateway(CodeGateway(url="http://127.0.0.1:9/none"))
    with pytest.raises(NotSent, match="GATEWAY_AWAY"):
        away.send(DUTY, "text")
    with pytest.raises(NotSent, match="NO_PHONE"):
        away.send(replace(DUTY, number=None), "text")


def test_the_outbox_is_marked_and_has_no_number(tmp_path: Path) -> None:
    Outbox(tmp_path / "out", ("演练", "DRILL")).send(DUTY, "code 123456")
    [path] = (tmp_path / "out").iterdir()
    assert "000-0000-0001" not in path.read_text()
    assert json.loads(path.read_text())["mark"] == ["演练", "DRILL"]
