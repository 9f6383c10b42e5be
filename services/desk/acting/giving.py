"""Giving a command: signed with the desk's key for the account that acts, sent, and its recorded decision awaited.

The decision is the one that stands in the read model, where the projecting thread puts it and wakes who waits for it.
A command that was decided already is not sent again; one whose decision is not known may be sent again, since triage
decides each id once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Engine, select
from starlette.concurrency import run_in_threadpool

from services.desk.announcing import Announcer, Full
from services.desk.core.guard import Principal
from services.desk.tables import VERDICTS
from shared.contracts.commands import Actor
from shared.runtime.commanding import Order, Signer, record_of
from shared.runtime.logging import get_logger
from shared.runtime.producer import OutgoingRecord, PublishFailed
from shared.runtime.space import Space

DESK_KEY: Final = "desk"
SERVICE: Final = "desk"
WAIT_SECONDS: Final = 8.0
LOOK_SECONDS: Final = 1.0
"""Who waits looks again after this long, too: another desk may project into the same database."""
NEVER_SENT: Final = frozenset({"NOT_CONNECTED", "NO_METADATA"})
"""Failures after which nothing can have reached the broker."""

_log = get_logger("desk.giving")

Publish = Callable[[OutgoingRecord], Awaitable[object]]
"""Sends a record and waits for its acknowledgement. Raises PublishFailed."""


class Fate(StrEnum):
    """What became of a command, as far as the desk knows. BUSY and NOT_SENT: nothing was sent."""

    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    NOT_KNOWN = "NOT_KNOWN"
    NOT_SENT = "NOT_SENT"
    BUSY = "BUSY"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The recorded decision on a command."""

    command_id: str
    book: int
    seq: int
    command: str
    account: str
    case_id: str | None
    accepted: bool
    reason: str | None
    at_ms: int


def verdict_of(engine: Engine, command_id: str, account: str) -> Verdict | None:
    """The decision on this account's command; another's command of the same id is none of its."""
    columns = [VERDICTS.c[name] for name in Verdict.__dataclass_fields__]
    found = select(*columns).where(VERDICTS.c.command_id == command_id, VERDICTS.c.account == account)
    with engine.connect() as connection:
        row = connection.execute(found).mappings().first()
    return Verdict(**row) if row is not None else None


@dataclass(frozen=True)
class Giving:
    """One for the desk. `publish` is its one producer's."""

    space: Space
    engine: Engine
    announcer: Announcer
    publish: Publish
    wait_seconds: float = WAIT_SECONDS

    async def give(self, who: Principal, order: Order) -> Fate:
        """Give a command once, however often it is called with the same id; waits at most `wait_seconds`."""
        if (fate := await self.decided(who, order)) is not None:
            return fate
        until = asyncio.get_running_loop().time() + self.wait_seconds
        try:
            with self.announcer.listening() as listener:
                if (failed := await self._send(who, order)) is not None:
                    return failed
                while (fate := await self.decided(who, order)) is None and not listener.is_over:
                    left = until - asyncio.get_running_loop().time()
                    if left <= 0:
                        break
                    await listener.heard(min(left, LOOK_SECONDS))
        except Full:
            return Fate.BUSY
        return fate or Fate.NOT_KNOWN

    async def decided(self, who: Principal, order: Order) -> Fate | None:
        """What is recorded of it already; None when nothing is."""
        verdict = await run_in_threadpool(verdict_of, self.engine, order.command_id, who.account)
        if verdict is None:
            return None
        return Fate.ACCEPTED if verdict.accepted else Fate.REFUSED

    async def _send(self, who: Principal, order: Order) -> Fate | None:
        """None when the broker has it."""
        actor = Actor(account=who.account, role=who.role, area_prefix=who.area_prefix, department=who.department)
        signer = Signer(self.space, DESK_KEY)
        command = await run_in_threadpool(signer.command, order, actor)
        try:
            async with asyncio.timeout(self.wait_seconds):
                await self.publish(record_of(self.space, signer.book_of(order), command, SERVICE))
        except TimeoutError:
            return Fate.NOT_KNOWN
        except PublishFailed as failure:
            _log.warning("command_not_sent", code=failure.code, command=command.body.type)
            return Fate.NOT_SENT if failure.code in NEVER_SENT else Fate.NOT_KNOWN
        return None
