"""The desk's web application on a real port, over a database into which a lived book was projected."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, insert

from ops.embedded.ports import free_ports
from services.desk import app as wiring
from services.desk import users
from services.desk.core.changes import Batch
from services.desk.core.freshness import BookFreshness, Freshness
from services.desk.core.projection import project_record
from services.desk.database import migrate, open_engine, url_of, writing
from services.desk.guarding import Desk
from services.desk.projecting import Projecting, entry_of
from services.desk.settings import DeskSettings
from services.desk.tables import ACCOUNTS
from services.desk.users import User
from services.desk.web import application
from services.desk.writing import write
from shared.contracts import chain
from shared.contracts.vocabulary import Role
from shared.runtime.clock import wall_ms
from shared.runtime.connection import Connection
from shared.runtime.ledger_reader import Read
from shared.runtime.metrics import DeskMetrics
from shared.runtime.space import Space
from tests.support.desk_broker import StandInBroker
from tests.support.triage_core import COUNTY

PASSWORD = "correct horse battery staple"
OTHER_COUNTY = "520303"
NOWHERE = Connection("127.0.0.1:1")


def reads_of(space: Space, entries: Sequence[bytes], book: int = 0) -> list[Read]:
    """The valid records among a book's lines."""
    head, found = chain.open_head(space.genesis, book), []
    for offset, raw in enumerate(entries):
        head, taken = chain.take(head, raw, offset)
        if isinstance(taken, chain.Valid):
            found.append(Read(book, offset, 0, taken))
    return found


def write_reads(connection: SqlConnection, reads: Sequence[Read]) -> None:
    """Their rows."""
    batch = Batch()
    for read in reads:
        batch.add(project_record(entry_of(read)).changes)
    write(connection, batch)


@dataclass
class DeskWorld:
    """A desk that serves. Accounts stand in the ledger's rows as commands would have put them there."""

    space: Space
    engine: Engine
    desk: Desk
    projecting: Projecting
    broker: StandInBroker
    url: str

    def account(
        self, name: str, role: Role, area: str = COUNTY, county: str = COUNTY, department: str | None = None
    ) -> str:
        """An account of the ledger with a login of the desk; its name."""
        row = {"book": 0, "county": county, "account": name, "role": role.value, "area_prefix": area, "active": True}
        row |= {"department": department}
        with writing(self.engine) as connection:
            connection.execute(insert(ACCOUNTS).values(row))
        return self.login(name, county)

    def login(self, name: str, county: str = COUNTY) -> str:
        """A login for an account that the ledger has already; its name."""
        with writing(self.engine) as connection:
            user = User(name, county, self.desk.passwords.hash(PASSWORD), None, None, active=True)
            users.keep(connection, user, wall_ms())
        return name

    def client(self) -> httpx.Client:
        """A browser without anything in it."""
        return httpx.Client(base_url=self.url, trust_env=False, timeout=20, headers={"accept-language": "en"})

    @contextmanager
    def logged_in(self, account: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
        """A browser in which the account has logged in."""
        with self.client() as client:
            answer = log_in(client, account, password)
            assert answer.status_code == 303, answer.text
            yield client

    def level(self, age_seconds: float = 0.0) -> None:
        """The read model was level with the log so long ago."""
        at = wall_ms() - int(age_seconds * 1000)
        self.projecting.freshness = Freshness({0: BookFreshness(0, at, self.desk.clock.now_ms())})


def log_in(client: httpx.Client, account: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
    """Fill in the form and send it."""
    page = client.get("/login")
    before = hidden(page.text, "before")
    return client.post("/login", data={"before": before, "account": account, "password": password, **fields})


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


def form(page: str, url: str) -> dict[str, str]:
    """The hidden fields of the form that leads there."""
    found = re.search(rf'<form method="post" action="{re.escape(url)}".*?</form>', page, re.DOTALL)
    assert found, url
    return {name: hidden(found[0], name) for name in ("csrf", "form", "since")}


def press(client: httpx.Client, case: str, action: str, page: str | None = None, **fields: Any) -> httpx.Response:  # noqa: ANN401 - what is typed
    """Fill in a form of the case's page and press its button."""
    url = f"/cases/{case}/{action}"
    shown = page if page is not None else client.get(f"/cases/{case}").text
    return client.post(url, data=form(shown, url) | fields)


@contextmanager
def desk_world(home: Path, space: Space, scripts: Path | None = None) -> Iterator[DeskWorld]:
    """The application that the wiring makes, on a free port, without a broker."""
    [port] = free_ports(1)
    engine = open_engine(url_of(None, home, space.name))
    migrate(engine)
    metrics = DeskMetrics(CollectorRegistry())
    projecting = Projecting(NOWHERE, space, engine, metrics)
    settings = DeskSettings.model_validate({"WARDLINE_HOME": home, "WARDLINE_SPACE": space.name, "scripts": scripts})
    broker = StandInBroker()
    desk = wiring.desk_of(settings, space, engine, projecting, metrics, broker.publish)
    server = uvicorn.Server(uvicorn.Config(application(desk), host="127.0.0.1", port=port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.01)
        world = DeskWorld(space, engine, desk, projecting, broker, f"http://127.0.0.1:{port}")
        world.level()
        yield world
    finally:
        projecting.announcer.close()
        server.should_exit = True
        thread.join(20)
        engine.dispose()
