"""Acting at the desk through the real broker and real triage: two officers at once, and a triage that is stopped."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from sqlalchemy import Engine, select

from ops.embedded.broker import EmbeddedBroker
from ops.embedded.ports import free_ports
from services.desk import users
from services.desk.database import migrate, open_engine, url_of, writing
from services.desk.tables import ACCOUNTS, CASES, VERDICTS
from services.desk.users import Passwords, User
from shared.contracts.commands import SetAccount
from shared.contracts.registry import Account
from shared.contracts.vocabulary import Role
from shared.runtime.clock import wall_ms
from shared.runtime.space import Space
from tests.support.broker import PROJECT
from tests.support.desk_world import PASSWORD, log_in, press
from tests.support.triage_world import Feeder, make_report, new_space, workers

COUNTY = "990001"
WAIT_SECONDS_MAX = 60.0


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def a_desk(bootstrap: str, space: Space, home: Path) -> Iterator[str]:
    """`python -m services.desk`; its address once it answers."""
    port, metrics_port = free_ports(2)
    environment = os.environ | {
        "WARDLINE_KAFKA": bootstrap,
        "WARDLINE_SPACE": space.name,
        "WARDLINE_HOME": str(home),
        "WARDLINE_DESK_PORT": str(port),
        "WARDLINE_DESK_METRICS_PORT": str(metrics_port),
    }
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, (home / "desk.log").read_text()
        try:
            return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    with (home / "desk.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.desk"], cwd=PROJECT, env=environment, stdout=log, stderr=log
        )
        try:
            until(answers)
            yield url
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def officers(url: str, engine: Engine, names: tuple[str, ...]) -> Iterator[list[httpx.Client]]:
    """Browsers in which they have logged in, once the ledger's accounts stand in the desk's rows."""

    def known() -> set[str]:
        with engine.connect() as connection:
            return set(connection.execute(select(ACCOUNTS.c.account)).scalars())

    until(lambda: set(names) <= known())
    hashed = Passwords().hash(PASSWORD)
    with writing(engine) as connection:
        for name in names:
            users.keep(connection, User(name, COUNTY, hashed, None, None, active=True), wall_ms())
    with ExitStack() as stack:
        clients = []
        for name in names:
            client = httpx.Client(base_url=url, trust_env=False, timeout=30, headers={"accept-language": "en"})
            clients.append(stack.enter_context(client))
            assert log_in(client, name).status_code == 303
        yield clients


def test_two_at_once_and_a_triage_that_is_stopped(broker: EmbeddedBroker, space: str, tmp_path: Path) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=2)
    feeder = Feeder(broker.bootstrap, world)
    engine = open_engine(url_of(None, tmp_path, world.name))
    migrate(engine)
    feeder.registry(COUNTY)
    second = Account(account="officer-2", county=COUNTY, role=Role.OFFICER, area_prefix=COUNTY)
    feeder.command(COUNTY, SetAccount(account=second), "account-officer-2")
    report = make_report(world.name, COUNTY, 1, random.Random(3), world.clock().now_ms())
    feeder.report(report)
    feeder.flush()
    case = f"{report.report_id}.0"

    def stands() -> bool:
        with engine.connect() as connection:
            return connection.execute(select(CASES.c.case_id).where(CASES.c.case_id == case)).first() is not None

    def given() -> list[tuple[str, bool]]:
        with engine.connect() as connection:
            found = select(VERDICTS.c.command, VERDICTS.c.accepted).where(VERDICTS.c.command_id.like("desk-%"))
            return sorted(tuple(row) for row in connection.execute(found))

    with (
        workers(1, broker.bootstrap, world, tmp_path) as (worker,),
        a_desk(broker.bootstrap, world, tmp_path) as url,
        officers(url, engine, ("officer-1", "officer-2")) as (first, other),
    ):
        until(stands)
        pages = [client.get(f"/cases/{case}").text for client in (first, other)]
        answers: dict[str, httpx.Response] = {}

        def act(name: str, client: httpx.Client, page: str) -> None:
            answers[name] = press(client, case, "acknowledge", page)

        pressing = [
            threading.Thread(target=act, args=(name, client, page))
            for name, client, page in zip(("officer-1", "officer-2"), (first, other), pages, strict=True)
        ]
        for thread in pressing:
            thread.start()
        for thread in pressing:
            thread.join(30)
        assert given() == [("Acknowledge", False), ("Acknowledge", True)]
        shown = {
            name: client.get(answers[name].headers["location"]).text
            for name, client in (("officer-1", first), ("officer-2", other))
        }
        [winner] = [name for name, page in shown.items() if "<strong>Accepted</strong>" in page]
        [loser] = [name for name, page in shown.items() if "<strong>Refused</strong>" in page]
        assert (
            f"civil affairs acknowledged ({winner})" in shown[loser].partition('id="answer"')[2].partition("</div>")[0]
        )

        winning = {"officer-1": first, "officer-2": other}[winner]
        worker.stop()
        silent = press(winning, case, "dispatch")
        assert silent.status_code == 202
        assert "safe to press again" in silent.text
        worker.start()
        until(lambda: ("Dispatch", True) in given())
        again = press(winning, case, "dispatch", silent.text)
        assert "<strong>Accepted</strong>" in winning.get(again.headers["location"]).text
        assert [each for each in given() if each[0] == "Dispatch"] == [("Dispatch", True)]
    engine.dispose()
