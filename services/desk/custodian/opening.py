"""Opening: by a recorded grant; while triage is silent by an acknowledged command; without a broker by the journal.

Every opening is on the disk before it is shown, and is shown to nobody but the account that it names.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from services.desk.core.filing_parts import parts_of, reporters_in
from services.desk.core.grants import Grant, Known, NotGranted, alone
from services.desk.custodian.journal import Journal
from shared.contracts.commands import Command
from shared.contracts.identity import GRANT_MS, BreakGlass, IdentityPart, VaultKept
from shared.contracts.topics import COMMANDS
from shared.contracts.wire import partition_of
from shared.runtime.clock import wall_ms
from shared.runtime.connection import Connection
from shared.runtime.logging import get_logger
from shared.runtime.sealing import CannotOpen
from shared.runtime.space import Space

TRIAGE_SILENT_MS: Final = 5_000
"""So long an acknowledged command waits for triage's decision before it is itself the record (wall time)."""
BROKER_AWAY_SECONDS: Final = 5.0
SKEW_MS: Final = 60_000
JOURNAL_COMMANDS_MAX: Final = 1_000

_log = get_logger("custodian.opening")


class Kept(Protocol):
    """The vault, as opening needs it."""

    def get(self, sealed_id: str) -> VaultKept:
        """What is kept of a sealed part."""
        ...

    def of_report(self, report_id: str) -> list[str]:
        """The sealed parts of a report."""
        ...

    def opened(self, kept: VaultKept) -> bytes:
        """The document."""
        ...


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Where the broker put a command: its partition and offset."""

    partition: int
    offset: int


@dataclass
class Opener:
    """Answers the desk; several threads may. `broker_seconds`: for how long the broker has not answered the custodian.

    `lock` is held while `known` is read, and never while the broker is asked for something.
    """

    connection: Connection
    space: Space
    known: Known
    vault: Kept
    journal: Journal
    broker_seconds: Callable[[], float]
    lock: threading.RLock
    _while_away: dict[str, int] = field(default_factory=dict)
    """Commands that came while the broker was away: until when they open."""

    def by_grant(self, account: str, case: str, opening: str) -> dict[str, Any]:
        """What a recorded grant opens. Raises NotGranted."""
        with self.lock:
            grant = self.known.find(account, case, opening, self.space.clock().now_ms())
        return self._show(grant, "GRANT")

    def by_command(self, command: Command, acknowledged: Acknowledged | None) -> dict[str, Any]:
        """What one officer alone opens while triage or the broker is silent. Raises NotGranted."""
        with self.lock:
            body = self._checked(command)
            decided = self.known.decided.get(command.command_id)
            if decided is False:
                raise NotGranted("REFUSED")
            if decided is None:
                self.known.check_alone(command.actor.model_dump(mode="json"), body.case)
        if decided:
            return self.by_grant(command.actor.account, body.case, command.command_id)
        if acknowledged is None:
            until_ms, how = self._while_broker_is_away(command), "JOURNAL"
        else:
            until_ms, how = self._of_the_broker(command, acknowledged), "COMMAND"
        if self.space.clock().now_ms() >= until_ms:
            raise NotGranted("EXPIRED")
        return self._show(alone(command.command_id, command.actor.account, body.case, until_ms), how)

    def _checked(self, command: Command) -> BreakGlass:
        key = self.space.genesis.desks.get(command.kid)
        if not isinstance(command.body, BreakGlass):
            raise NotGranted("NOT_A_BREAK_GLASS")
        if key is None or command.space != self.space.name:
            raise NotGranted("UNSIGNED")
        try:
            VerifyKey(bytes.fromhex(key)).verify(command.signing_bytes(), bytes.fromhex(command.sig))
        except (BadSignatureError, ValueError):
            raise NotGranted("UNSIGNED") from None
        case = self.known.cases.get(command.body.case)
        if case is None or case.county != command.county:
            raise NotGranted("NO_SUCH_CASE")
        return command.body

    def _of_the_broker(self, command: Command, at: Acknowledged) -> int:
        """Until when an acknowledged command opens that triage has not decided. The broker itself is asked for it."""
        if at.partition != partition_of(command.county, self.space.books):
            raise NotGranted("NOT_ACKNOWLEDGED")
        try:
            value, appended_ms = self._read(at)
        except KafkaError:
            raise NotGranted("BROKER_AWAY") from None
        if value is None or Command.model_validate_json(value) != command:
            raise NotGranted("NOT_ACKNOWLEDGED")
        if wall_ms() - appended_ms < TRIAGE_SILENT_MS:
            raise NotGranted("WAIT_FOR_TRIAGE")
        return self.space.clock().from_wall_ms(appended_ms) + GRANT_MS

    def _while_broker_is_away(self, command: Command) -> int:
        """Until when a command opens that no broker can take: it is in the journal first, and the desk sends it on."""
        if self.broker_seconds() < BROKER_AWAY_SECONDS:
            raise NotGranted("BROKER_ANSWERS")
        now_ms = self.space.clock().now_ms()
        if not -SKEW_MS <= now_ms - command.issued_at_ms < GRANT_MS:
            raise NotGranted("EXPIRED")
        while_away = self._while_away
        if command.command_id not in while_away:
            if len(while_away) >= JOURNAL_COMMANDS_MAX:
                raise NotGranted("TOO_MANY")
            self.journal.append({"at_ms": now_ms, "how": "RECEIVED", "command": command.model_dump(mode="json")})
            while_away[command.command_id] = command.issued_at_ms + GRANT_MS
        return while_away[command.command_id]

    def _read(self, at: Acknowledged) -> tuple[bytes | None, int]:
        partition = TopicPartition(COMMANDS.full_name(self.space.name), at.partition)
        consumer = KafkaConsumer(
            **self.connection.kafka_python(),
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_poll_records=1,
            bootstrap_timeout_ms=4_000,
        )
        try:
            consumer.assign([partition])
            consumer.seek(partition, at.offset)
            until = time.monotonic() + 5.0
            while time.monotonic() < until:
                for records in consumer.poll(timeout_ms=500).values():
                    if records[0].offset == at.offset:
                        return records[0].value, records[0].timestamp
                    return None, 0
            return None, 0
        finally:
            consumer.close(autocommit=False)

    def _show(self, grant: Grant, how: str) -> dict[str, Any]:
        with self.lock:
            sealed, undecided = self.known.sealed_of(grant.case), self.known.undecided_report(grant.case)
            notes = self.known.notes_of(grant.case)
        if undecided:
            sealed = dict.fromkeys((*self.vault.of_report(undecided), *notes))
        if not sealed:
            raise NotGranted("NOTHING_SEALED")
        self.journal.append(
            {
                "at_ms": self.space.clock().now_ms(),
                "how": how,
                "account": grant.by,
                "case": grant.case,
                "opening": grant.opening,
                "parts": [part.value for part in grant.parts],
            }
        )
        documents = {name: self._document(name) for name in sealed}
        reporters = [word for each in documents.values() for word in _reporters(each)]
        shown = [_shown(documents[name], child, grant.parts, reporters) for name, child in sealed.items()]
        return {
            "until_ms": grant.until_ms,
            "filings": [each for each in shown if each != {"parts": {}} or len(shown) == 1],
        }

    def _document(self, sealed_id: str) -> bytes | str:
        """One sealed document, or the code why it cannot be shown: one that does not open hides none of the others."""
        try:
            return self.vault.opened(self.vault.get(sealed_id))
        except KeyError:
            return "NOT_IN_VAULT_YET"
        except CannotOpen:
            _log.error("sealed_part_cannot_be_opened")
            return "CANNOT_BE_OPENED"
        except KafkaError:
            return "BROKER_AWAY"


def _reporters(document: bytes | str) -> list[str]:
    if isinstance(document, str):
        return []
    try:
        return reporters_in(document)
    except ValueError:
        return []


def _shown(
    document: bytes | str, child: int | None, parts: tuple[IdentityPart, ...], reporters: list[str]
) -> dict[str, Any]:
    if isinstance(document, str):
        return {"code": document}
    try:
        return {"parts": parts_of(document, child, parts, reporters)}
    except ValueError:
        _log.error("sealed_part_cannot_be_read")
        return {"code": "CANNOT_BE_OPENED"}
