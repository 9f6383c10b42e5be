"""Institutions that may file with an API key: the compacted topic `institutions`, in memory and beside the spool.

The copy on the disk (ids, types, township codes and key hashes: nothing personal) serves a start without the broker.
"""

import hashlib
import os
import re
from pathlib import Path

import orjson
from pydantic import ValidationError

from shared.contracts.reports import InstitutionFacts, InstitutionRegistered
from shared.contracts.wire import canonical
from shared.runtime.logging import get_logger

_KEY = re.compile(r"[\x21-\x7e]{8,200}")
_log = get_logger("intake.institutions")


class Institutions:
    """Who a key belongs to. Belongs to one event loop."""

    def __init__(self, copy_path: Path | None = None) -> None:
        """`copy_path`: where the copy is kept; it is read at once if it is there."""
        self._copy_path = copy_path
        self._by_id: dict[str, InstitutionRegistered] = {}
        self._by_key_hash: dict[str, InstitutionRegistered] = {}
        if copy_path is not None and copy_path.exists():
            self._read_copy(copy_path)

    def __len__(self) -> int:
        return len(self._by_id)

    def apply(self, batch: list[tuple[str, bytes | None]]) -> None:
        """Take over a batch of the topic; what cannot be read is passed over and logged."""
        for key, value in batch:
            try:
                self._set(key, None if value is None else InstitutionRegistered.model_validate_json(value))
            except ValidationError:
                _log.warning("institution_unreadable")
        self._write_copy()

    def authenticate(self, api_key: str | None) -> InstitutionFacts | None:
        """The institution of a key, or None for no key, a wrong one, or one that was withdrawn."""
        if api_key is None or not _KEY.fullmatch(api_key):
            return None
        found = self._by_key_hash.get(hashlib.sha256(api_key.encode()).hexdigest())
        if found is None or not found.active:
            return None
        return InstitutionFacts(id=found.id, type=found.institution_type, area_code=found.area_code, authenticated=True)

    def _set(self, institution_id: str, registered: InstitutionRegistered | None) -> None:
        before = self._by_id.pop(institution_id, None)
        if before is not None:
            self._by_key_hash.pop(before.api_key_sha256, None)
        if registered is not None:
            self._by_id[institution_id] = registered
            self._by_key_hash[registered.api_key_sha256] = registered

    def _read_copy(self, path: Path) -> None:
        try:
            for plain in orjson.loads(path.read_bytes()):
                registered = InstitutionRegistered.model_validate(plain)
                self._set(registered.id, registered)
        except (OSError, ValueError):
            _log.warning("institutions_copy_unreadable")

    def _write_copy(self) -> None:
        if self._copy_path is None:
            return
        kept = [
            registered.model_dump(mode="json", exclude={"callback_number"})
            for _, registered in sorted(self._by_id.items())
        ]
        try:
            partial = self._copy_path.with_suffix(f".{os.getpid()}")
            partial.write_bytes(canonical(kept))
            partial.replace(self._copy_path)
        except OSError as error:
            _log.warning("institutions_copy_not_written", errno=error.errno)
