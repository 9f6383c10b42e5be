"""The broker in the tests of a desk that has none: takes commands, and has the real core of triage decide them.

Nothing but the broker is played: the command is verified by its signature as triage does, decided by the core under
the shipped policy, written as a signed record, read back through the chain, and projected into the desk's rows.
"""

import threading
from copy import copy
from dataclasses import dataclass, field, replace

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from sqlalchemy import Engine

from services.desk.announcing import Announcer
from services.desk.database import writing
from services.triage.core.inputs import CommandInput
from shared.contracts import chain
from shared.contracts.commands import Command
from shared.contracts.topics import VAULT_IN
from shared.runtime.ledger_reader import Read
from shared.runtime.producer import OutgoingRecord, Position, PublishFailed
from tests.support.lived_book import LivedBook


@dataclass
class StandInBroker:
    """`failure`: what a send raises. `is_silent`: commands are kept, and nobody decides until `decide_all`."""

    failure: str | None = "NOT_CONNECTED"
    is_silent: bool = False
    sent: list[OutgoingRecord] = field(default_factory=list)
    waiting: list[Command] = field(default_factory=list)
    county: LivedBook | None = None
    engine: Engine | None = None
    announcer: Announcer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, lived: LivedBook, engine: Engine, announcer: Announcer) -> None:
        """Let the county go on from here; the book that was given stays as it is."""
        writer = copy(lived.writer)
        writer.entries = list(lived.writer.entries)
        self.county = replace(
            lived,
            pending=dict(lived.pending),
            ever_opened=set(lived.ever_opened),
            log=list(lived.log),
            offsets=lived.offsets.copy(),
            writer=writer,
        )
        self.engine, self.announcer, self.failure = engine, announcer, None

    async def publish(self, record: OutgoingRecord) -> Position:
        """What the desk's producer does."""
        if self.failure is not None:
            raise PublishFailed(self.failure)
        self.sent.append(record)
        if VAULT_IN.name in record.topic:
            return Position(record.partition, len(self.sent) - 1)
        self.waiting.append(Command.model_validate_json(record.value))
        if not self.is_silent:
            self.decide_all()
        return Position(record.partition, len(self.sent) - 1)

    def decide_all(self) -> None:
        """Decide what waits, in its order; the rows are written and whoever waits is woken."""
        county, engine, announcer = self.county, self.engine, self.announcer
        assert county is not None
        assert engine is not None
        assert announcer is not None
        with self._lock:
            waiting, self.waiting = self.waiting, []
            for command in waiting:
                before = len(county.writer.entries)
                county.now_ms = max(county.now_ms, county.writer.space.clock().now_ms())
                county.give(CommandInput(command, county.now_ms, self._is_signed(command)))
                self._project(county, before, engine)
        announcer.tell({command.county for command in waiting})

    def _is_signed(self, command: Command) -> bool:
        assert self.county is not None
        key = self.county.writer.space.genesis.desks.get(command.kid)
        if key is None:
            return False
        try:
            VerifyKey(bytes.fromhex(key)).verify(command.signing_bytes(), bytes.fromhex(command.sig))
        except BadSignatureError:
            return False
        return True

    @staticmethod
    def _project(county: LivedBook, before: int, engine: Engine) -> None:
        from tests.support.desk_world import write_reads  # noqa: PLC0415 - the world is made of this

        writer = county.writer
        head, reads = chain.open_head(writer.space.genesis, writer.book), []
        for offset, raw in enumerate(writer.entries):
            head, taken = chain.take(head, raw, offset)
            if isinstance(taken, chain.Valid) and offset >= before:
                reads.append(Read(writer.book, offset, 0, taken))
        assert reads, "a decision is a record"
        with writing(engine) as connection:
            write_reads(connection, reads)
