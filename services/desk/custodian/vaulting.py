"""The vault: what the door sealed is test-opened and taken over, kept under the newest epoch's key, and destroyed.

`vault-in` is followed from its beginning; an entry is taken over when `vault` has acknowledged it, and then it is
deleted from `vault-in`. Nothing of the position is kept: what stands in `vault-in` is what is not taken over yet.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from pydantic import ValidationError

from services.desk.custodian.clients import ANSWER_SECONDS_MAX, Clients
from services.desk.custodian.epochs import EpochKeys
from shared.contracts.identity import VaultHeartbeat, VaultKept
from shared.contracts.reports import VaultEntry
from shared.contracts.topics import VAULT, VAULT_IN
from shared.contracts.wire import encode, partition_of
from shared.runtime.clock import wall_ms
from shared.runtime.connection import Connection
from shared.runtime.logging import get_logger
from shared.runtime.metrics import CustodianMetrics
from shared.runtime.producer import check_crc32c
from shared.runtime.sealing import CannotOpen, associated_data, key_id, open_with, rewrapped
from shared.runtime.space import Space

HEARTBEAT_KEY: Final = b"heartbeat"
HEARTBEAT_SECONDS: Final = 60.0
HELD_MAX: Final = 20_000
"""Entries of open cases that are held in memory, so that they open while the broker is away."""
REWRAPPED_AT_ONCE: Final = 500

_log = get_logger("custodian.vaulting")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the current value of a sealed part stands in `vault`, and what destroying needs to know of it."""

    partition: int
    offset: int
    report_id: str
    key_id: str
    is_opened: bool


class Vault:
    """Follows both topics. One thread uses it, but for `get` and `opened`, which any thread may call at any time."""

    def __init__(
        self,
        connection: Connection,
        space: Space,
        epochs: EpochKeys,
        metrics: CustodianMetrics,
        *,
        is_destroyed: Callable[[str, str], bool],
        is_needed: Callable[[str], bool],
    ) -> None:
        self._connection, self._space, self._epochs, self._metrics = connection, space, epochs, metrics
        self._is_destroyed, self._is_needed = is_destroyed, is_needed
        self._door_key = space.secret("custodian")
        self._door_key_id = key_id("custodian", space.public("custodian"))
        self._index: dict[str, Place] = {}
        self._held: dict[str, VaultKept] = {}
        self._unreadable: dict[int, int] = {}
        """The first entry of each partition of `vault-in` that could not be read: nothing from there on is deleted."""
        self._deleted: dict[int, int] = {}
        self._beat_at = 0.0
        self._clients: Clients | None = None
        check_crc32c()

    @property
    def index(self) -> dict[str, Place]:
        """Every sealed part that is kept."""
        return self._index

    def close(self) -> None:
        """Disconnect; `step` connects again."""
        clients, self._clients = self._clients, None
        if clients is not None:
            clients.close()

    def step(self) -> bool:
        """Follow both topics a little; whether everything that stands there was read. Raises kafka errors."""
        clients = self._connected()
        kept = clients.poll(clients.vault)
        for record in kept:
            self._read_kept(record)
        if not clients.is_level(clients.vault):
            return False
        entered = clients.poll(clients.vault_in)
        if entered:
            self._take_over(clients, entered)
        self._destroy(clients)
        self._beat(clients)
        self._tell()
        return not entered and clients.is_level(clients.vault_in)

    def get(self, sealed_id: str) -> VaultKept:
        """What is kept of a sealed part. KeyError when nothing is; kafka errors when it must be fetched and cannot."""
        held = self._held.get(sealed_id)
        return held if held is not None else self._fetch(self._index[sealed_id], sealed_id)

    def of_report(self, report_id: str) -> list[str]:
        """The sealed parts of a report."""
        return [name for name, place in tuple(self._index.items()) if place.report_id == report_id]

    def opened(self, kept: VaultKept) -> bytes:
        """The document. Raises CannotOpen."""
        secret = self._door_key if kept.key_id == self._door_key_id else self._epochs.secret(kept.key_id)
        if secret is None:
            raise CannotOpen("its key is destroyed")
        return open_with(secret, kept.wrapped, kept.ciphertext, _bound_to(kept, self._space.name))

    def _connected(self) -> Clients:
        if self._clients is None:
            self._clients = Clients(self._connection, self._space)
        return self._clients

    def _read_kept(self, record: Any) -> None:  # noqa: ANN401 - kafka-python has no types
        if record.key == HEARTBEAT_KEY or record.key is None:
            return
        sealed_id = record.key.decode("ascii", "replace")
        if record.value is None:
            self._index.pop(sealed_id, None)
            self._held.pop(sealed_id, None)
            return
        try:
            kept = VaultKept.model_validate_json(record.value)
        except ValidationError:
            _log.error("vault_record_unreadable", partition=record.partition, offset=record.offset)
            return
        known = self._index.get(sealed_id)
        if known is None or known.offset <= record.offset:
            place = Place(record.partition, record.offset, kept.report_id, kept.key_id, kept.is_opened)
            self._index[sealed_id] = place
            self._hold(sealed_id, kept)

    def _hold(self, sealed_id: str, kept: VaultKept) -> None:
        self._held.pop(sealed_id, None)
        if not self._is_needed(sealed_id):
            return
        self._held[sealed_id] = kept
        if len(self._held) > HELD_MAX:
            del self._held[next(iter(self._held))]

    def release(self, sealed_ids: Sequence[str]) -> None:
        """Their cases are closed: they are fetched when somebody asks."""
        for sealed_id in sealed_ids:
            if not self._is_needed(sealed_id):
                self._held.pop(sealed_id, None)

    def _take_over(self, clients: Clients, records: Sequence[Any]) -> None:
        """Test-open, wrap to the newest epoch, keep, and only then delete."""
        upto: dict[int, int] = {}
        keeping: list[tuple[str, VaultKept]] = []
        for record in records:
            upto[record.partition] = record.offset + 1
            if record.key == HEARTBEAT_KEY:
                continue
            try:
                entry = VaultEntry.model_validate_json(record.value or b"")
            except ValidationError:
                self._unreadable.setdefault(record.partition, record.offset)
                _log.error("vault_entry_unreadable", partition=record.partition, offset=record.offset)
            else:
                done = entry.sealed_id in self._index or self._is_destroyed(entry.sealed_id, entry.report_id)
                if not done:
                    keeping.append((entry.sealed_id, self._kept(entry)))
        self._keep(clients, keeping)
        self._metrics.taken_over.inc(len(keeping))
        for partition, offset in upto.items():
            self._delete(clients, partition, min(offset, self._unreadable.get(partition, offset)))

    def _kept(self, entry: VaultEntry) -> VaultKept:
        newest, wrapped, is_opened = self._epochs.newest, entry.wrapped_for_custodian, True
        try:
            open_with(self._door_key, wrapped, entry.ciphertext, _bound_to(entry, self._space.name))
            wrapped = rewrapped(self._door_key, wrapped, newest.public)
        except CannotOpen:
            is_opened = False
            _log.error("vault_entry_cannot_be_opened", key=entry.custodian_key_id, is_our_key=self._is_ours(entry))
        return VaultKept(
            sealed_id=entry.sealed_id,
            report_id=entry.report_id,
            space=entry.space,
            county=entry.county,
            key_id=newest.key_id if is_opened else entry.custodian_key_id,
            wrapped=wrapped,
            recovery_key_id=entry.recovery_key_id,
            wrapped_for_recovery=entry.wrapped_for_recovery,
            ciphertext=entry.ciphertext,
            is_opened=is_opened,
            sealed_at_ms=entry.sealed_at_ms,
        )

    def _is_ours(self, entry: VaultEntry) -> bool:
        return entry.custodian_key_id == self._door_key_id

    def _keep(self, clients: Clients, keeping: Sequence[tuple[str, VaultKept]]) -> None:
        partitions = [partition_of(kept.county, self._space.books) for _, kept in keeping]
        places = clients.send(
            [
                (partition, sealed_id.encode(), encode(kept), "VaultKept")
                for partition, (sealed_id, kept) in zip(partitions, keeping, strict=True)
            ]
        )
        for (sealed_id, kept), partition, offset in zip(keeping, partitions, places, strict=True):
            self._index[sealed_id] = Place(partition, offset, kept.report_id, kept.key_id, kept.is_opened)
            self._hold(sealed_id, kept)

    def _delete(self, clients: Clients, partition: int, offset: int) -> None:
        if offset > self._deleted.get(partition, 0):
            clients.delete_before(partition, offset)
            self._deleted[partition] = offset

    def _destroy(self, clients: Clients) -> None:
        """Tombstones for what is destroyed, then a new epoch for what stays, then the old keys go.

        The new epoch begins first, so that a crash anywhere here is finished at the next start.
        """
        doomed = [name for name, place in self._index.items() if self._is_destroyed(name, place.report_id)]
        if doomed:
            self._epochs.begin()
            clients.send([(self._index[name].partition, name.encode(), None, "VaultKept") for name in doomed])
            for name in doomed:
                self._index.pop(name, None)
                self._held.pop(name, None)
            self._metrics.destroyed.inc(len(doomed))
            _log.warning("sealed_parts_destroyed", count=len(doomed), epoch=self._epochs.newest.number)
        older = self._epochs.older()
        if not older:
            return
        self._rewrap(clients, {key.key_id for key in older})
        for key in older:
            self._epochs.destroy(key)
        _log.warning("epoch_begun", epoch=self._epochs.newest.number)

    def _rewrap(self, clients: Clients, over: set[str]) -> None:
        """Everything that is wrapped to a key of an epoch that is over, wrapped to the newest."""
        names = [name for name, place in self._index.items() if place.key_id in over]
        for start in range(0, len(names), REWRAPPED_AT_ONCE):
            anew = []
            for name in names[start : start + REWRAPPED_AT_ONCE]:
                kept, newest = self.get(name), self._epochs.newest
                secret = self._epochs.secret(kept.key_id)
                if secret is None:
                    raise CannotOpen("a key that is in use is not here")
                changes = {"key_id": newest.key_id, "wrapped": rewrapped(secret, kept.wrapped, newest.public)}
                anew.append((name, kept.model_copy(update=changes)))
            self._keep(clients, anew)

    def _beat(self, clients: Clients) -> None:
        """A record in each partition, so that segments roll and what was deleted leaves the disk."""
        if time.monotonic() - self._beat_at < HEARTBEAT_SECONDS:
            return
        beat = encode(VaultHeartbeat(at_ms=wall_ms()))
        beats = [(book, HEARTBEAT_KEY, beat, "VaultHeartbeat") for book in range(self._space.books)]
        clients.send(beats)
        clients.send(beats, VAULT_IN)
        self._beat_at = time.monotonic()

    def _fetch(self, place: Place, sealed_id: str) -> VaultKept:
        """One record of `vault`, by a client of its own. Raises kafka errors."""
        partition = TopicPartition(VAULT.full_name(self._space.name), place.partition)
        consumer = KafkaConsumer(
            **self._connection.kafka_python(),
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_poll_records=1,
            bootstrap_timeout_ms=4_000,
        )
        try:
            consumer.assign([partition])
            consumer.seek(partition, place.offset)
            until = time.monotonic() + ANSWER_SECONDS_MAX
            while time.monotonic() < until:
                for records in consumer.poll(timeout_ms=500).values():
                    if records[0].key == sealed_id.encode() and records[0].value is not None:
                        return VaultKept.model_validate_json(records[0].value)
                    raise KeyError(sealed_id)
            raise KafkaError("the vault's record was not answered in time")
        finally:
            consumer.close(autocommit=False)

    def _tell(self) -> None:
        self._metrics.kept.set(len(self._index))
        self._metrics.unopenable.set(sum(not place.is_opened for place in self._index.values()))
        self._metrics.unreadable.set(len(self._unreadable))
        self._metrics.epoch.set(self._epochs.newest.number)


def _bound_to(sealed: VaultKept | VaultEntry, space: str) -> bytes:
    return associated_data(report_id=sealed.report_id, space=space, county=sealed.county)
