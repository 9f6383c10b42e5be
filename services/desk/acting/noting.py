"""Free text of an officer: sealed here, acknowledged by `vault-in`, and only then named by the command that carries it.

The desk can seal and never open. What is typed stands in one request and nowhere else: not in SQL, a log or an address.
"""

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.concurrency import run_in_threadpool

from services.desk.acting.giving import NEVER_SENT, SERVICE, Fate, Publish
from services.desk.core.guard import Principal
from shared.contracts.ids import note_id
from shared.contracts.topics import VAULT_IN
from shared.contracts.wire import canonical, encode, headers, partition_of
from shared.runtime.clock import iso_utc, wall_ms
from shared.runtime.commanding import Order
from shared.runtime.logging import get_logger
from shared.runtime.producer import OutgoingRecord, PublishFailed
from shared.runtime.sealing import SealingKeys, seal
from shared.runtime.space import Space

SEALED_MAX: Final = 2_000
"""Commands of which the sealed note is remembered, so that a form that is pressed again names the same one."""
SEAL_SECONDS_MAX: Final = 8.0
WORD_LENGTH: Final = 16

_log = get_logger("desk.noting")


class NotSealed(Exception):
    """The note is not known to be kept, so the command was not sent. `fate`: what to say of it."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(fate.value)
        self.fate = fate


@dataclass(frozen=True)
class Noting:
    """One for the desk. `publish` is its one producer's; `key` hashes what is typed where an id is made of it."""

    space: Space
    publish: Publish
    keys: SealingKeys
    key: bytes
    seconds_max: float = SEAL_SECONDS_MAX
    _sealed: OrderedDict[str, str] = field(default_factory=OrderedDict)

    @classmethod
    def of(cls, space: Space, publish: Publish, desk_key: bytes) -> "Noting":
        """With the space's public sealing keys. Raises KeyMissing."""
        keys = SealingKeys(space.public("custodian"), space.public("recovery"))
        return cls(space, publish, keys, hmac.new(desk_key, b"wardline desk notes", hashlib.sha256).digest())

    async def seal(self, who: Principal, order: Order, case_id: str, note: Mapping[str, str]) -> str:
        """The id of the sealed note, once the broker has it. Raises NotSealed."""
        known = self._sealed.get(order.command_id)
        if known is not None:
            return known
        at_ms = self.space.clock().now_ms()
        word = hashlib.sha256(order.command_id.encode()).hexdigest()[:WORD_LENGTH]
        document = canonical({"note": {"by": who.account, "command": order.body.type, **note}})
        part, entry = await run_in_threadpool(
            seal,
            document,
            report_id=note_id(case_id, at_ms, word),
            space=self.space.name,
            county=order.county,
            keys=self.keys,
            sealed_at_ms=at_ms,
        )
        record = OutgoingRecord(
            topic=VAULT_IN.full_name(self.space.name),
            partition=partition_of(order.county, self.space.books),
            key=order.county.encode(),
            value=encode(entry),
            headers=tuple(
                headers(
                    service=SERVICE,
                    message_type="VaultEntry",
                    message_id=part.sealed_id,
                    at_iso=iso_utc(wall_ms()),
                    space=self.space.name,
                )
            ),
        )
        await self._send(record)
        self._sealed[order.command_id] = part.sealed_id
        if len(self._sealed) > SEALED_MAX:
            self._sealed.popitem(last=False)
        return part.sealed_id

    async def _send(self, record: OutgoingRecord) -> None:
        try:
            async with asyncio.timeout(self.seconds_max):
                await self.publish(record)
        except TimeoutError:
            raise NotSealed(Fate.NOT_SENT) from None
        except PublishFailed as failure:
            _log.warning("note_not_sealed", code=failure.code, never_sent=failure.code in NEVER_SENT)
            raise NotSealed(Fate.NOT_SENT) from None
