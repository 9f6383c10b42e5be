"""One officer alone, in danger: the command is the record, whatever else is dead.

In this order: triage's decision; after 5 s of silence the command that the broker acknowledged; without a broker the
desk's journal (fsync), whose commands are sent as soon as the broker answers again.
"""

import asyncio
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from services.desk.acting.giving import DESK_KEY, LOOK_SECONDS, SERVICE, Giving, Verdict, verdict_of
from services.desk.announcing import Full
from services.desk.core.guard import Principal
from services.desk.custody import Custodian, NotOpened, Opened
from shared.contracts.commands import Actor, Command
from shared.runtime.commanding import Order, Signer, record_of
from shared.runtime.logging import get_logger
from shared.runtime.producer import Position, PublishFailed

TRIAGE_SILENT_SECONDS: Final = 5.0
BROKER_SECONDS_MAX: Final = 3.0
SOON_SECONDS_MAX: Final = 10.0
PAUSE_SECONDS: Final = 0.5
SEND_AGAIN_SECONDS: Final = 2.0
WAITING_MAX: Final = 1_000
NOT_YET: Final = frozenset({"WAIT_FOR_TRIAGE", "BROKER_ANSWERS", "NOT_READY"})

_log = get_logger("desk.alone")


class WaitingCommands:
    """The desk's journal of signed commands that no broker took. Codes and accounts alone stand in it."""

    def __init__(self, path: Path) -> None:
        """Reads what still waits; an unfinished last line of a crash was never answered for and is passed over."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path, self._lock = path, threading.Lock()
        self._waiting: dict[str, Command] = {}
        if path.exists():
            for line in path.read_bytes().splitlines():
                self._read(line)
            if self._path.read_bytes()[-1:] not in {b"", b"\n"}:
                self._write(b"\n")

    def add(self, command: Command) -> None:
        """On the disk before anything is opened. Raises OSError, then nothing may be."""
        with self._lock:
            if command.command_id in self._waiting:
                return
            if len(self._waiting) >= WAITING_MAX:
                raise OSError("too many commands wait for the broker")
            content = command.model_dump(mode="json", exclude_none=True)
            self._write(json.dumps({"command": content}).encode() + b"\n")
            self._waiting[command.command_id] = command

    def sent(self, command_id: str) -> None:
        """The broker has it. The file begins anew when nothing waits any more."""
        with self._lock:
            self._waiting.pop(command_id, None)
            if self._waiting:
                self._write(json.dumps({"sent": command_id}).encode() + b"\n")
            else:
                self._path.unlink(missing_ok=True)

    @property
    def waiting(self) -> tuple[Command, ...]:
        """What the broker does not have yet, oldest first."""
        with self._lock:
            return tuple(self._waiting.values())

    def _read(self, line: bytes) -> None:
        try:
            entry = json.loads(line)
            if "sent" in entry:
                self._waiting.pop(entry["sent"], None)
            else:
                command = Command.model_validate(entry["command"])
                self._waiting[command.command_id] = command
        except (ValueError, KeyError, TypeError, ValidationError):
            _log.error("waiting_command_unreadable")

    def _write(self, line: bytes) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.write(descriptor, line) != len(line):
                raise OSError("the disk took a part of a line only")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclass
class Alone:
    """Break-glass at the desk."""

    giving: Giving
    custodian: Custodian
    journal: WaitingCommands

    async def open(self, who: Principal, order: Order, case: str) -> Opened:
        """What is opened. Raises NotOpened (a refusal of triage is one), OSError when no disk takes the record."""
        actor = Actor(account=who.account, role=who.role, area_prefix=who.area_prefix, department=who.department)
        command = await asyncio.to_thread(self._signer.command, order, actor)
        position = await self._send(command)
        if position is None:
            await asyncio.to_thread(self.journal.add, command)
            return await self._soon(command, None)
        verdict = await self._verdict(command.command_id, who.account)
        if verdict is None:
            return await self._soon(command, position)
        if not verdict.accepted:
            raise NotOpened(verdict.reason or "REFUSED")
        return await asyncio.to_thread(self.custodian.open, who.account, case, command.command_id)

    async def _soon(self, command: Command, position: Position | None) -> Opened:
        """Ask the custodian until triage, or the broker, has been silent for long enough to it, too."""
        at = None if position is None else (position.partition, position.offset)
        until = asyncio.get_running_loop().time() + SOON_SECONDS_MAX
        while True:
            try:
                return await asyncio.to_thread(self.custodian.open_alone, command, at)
            except NotOpened as error:
                if error.code not in NOT_YET or asyncio.get_running_loop().time() > until:
                    raise
            await asyncio.sleep(PAUSE_SECONDS)
            if at is None and (found := await self._send(command)) is not None:
                await asyncio.to_thread(self.journal.sent, command.command_id)
                at = (found.partition, found.offset)

    @property
    def _signer(self) -> Signer:
        return Signer(self.giving.space, DESK_KEY)

    async def _send(self, command: Command) -> Position | None:
        """Where the broker put it; None when it did not say so in time (it may be there all the same)."""
        book = self._signer.book_of(Order(command.command_id, command.county, command.body))
        try:
            async with asyncio.timeout(BROKER_SECONDS_MAX):
                position = await self.giving.publish(record_of(self.giving.space, book, command, SERVICE))
        except (PublishFailed, TimeoutError):
            return None
        return position if isinstance(position, Position) else None

    async def _verdict(self, command_id: str, account: str) -> Verdict | None:
        """Triage's decision once its row stands; None while triage is silent."""
        loop = asyncio.get_running_loop()
        until = loop.time() + TRIAGE_SILENT_SECONDS
        try:
            with self.giving.announcer.listening() as listener:
                while True:
                    found = await asyncio.to_thread(verdict_of, self.giving.engine, command_id, account)
                    left = until - loop.time()
                    if found is not None or left <= 0 or listener.is_over:
                        return found
                    await listener.heard(min(left, LOOK_SECONDS))
        except Full:
            await asyncio.sleep(TRIAGE_SILENT_SECONDS)
            return await asyncio.to_thread(verdict_of, self.giving.engine, command_id, account)

    async def send_what_waits(self) -> None:
        """Without end: what waits is sent as soon as the broker answers."""
        while True:
            for command in self.journal.waiting:
                if await self._send(command) is None:
                    break
                await asyncio.to_thread(self.journal.sent, command.command_id)
                _log.warning("waiting_command_sent")
            await asyncio.sleep(SEND_AGAIN_SECONDS)
