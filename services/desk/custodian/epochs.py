"""The custodian's own keys, by epoch: what is kept in `vault` is wrapped to the newest.

A destruction begins a new epoch: everything that stays is wrapped anew and the old private key is destroyed, so that a
backup of `vault` opens nothing any more without the offline recovery key.
"""

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nacl.public import PrivateKey

NAME: Final = re.compile(r"custodian-epoch-([0-9]{6})")
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class EpochKey:
    """One epoch's key. `key_id` stands in `vault`."""

    number: int
    secret: bytes

    @property
    def public(self) -> bytes:
        """The X25519 public key."""
        return bytes(PrivateKey(self.secret).public_key)

    @property
    def key_id(self) -> str:
        """The epoch and the first 16 digits of its public key's hash."""
        return f"epoch-{self.number}-{hashlib.sha256(self.public).hexdigest()[:16]}"


def epochs_in(directory: Path) -> dict[str, EpochKey]:
    """The keys that lie in a directory, by id; a file that a crash left half-written is none."""
    keys = map(_read, sorted(directory.glob("custodian-epoch-*")))
    return {key.key_id: key for key in keys if key is not None}


def _read(path: Path) -> EpochKey | None:
    named = NAME.fullmatch(path.name)
    try:
        secret = bytes.fromhex(path.read_text().strip())
    except ValueError:
        return None
    return EpochKey(int(named[1]), secret) if named and len(secret) == SECRET_BYTES else None


class EpochKeys:
    """The epochs' keys in a directory, one file each (mode 0600). One process uses it."""

    DIRECTORY: Final = Path("custodian", "keys")
    """Where they lie within a space's directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._keys = epochs_in(directory)
        if not self._keys:
            self.begin()

    @property
    def newest(self) -> EpochKey:
        """The key to which everything is wrapped now."""
        return max(self._keys.values(), key=lambda key: key.number)

    def secret(self, key_id: str) -> bytes | None:
        """The private key of this id, or None when it is not here (any more)."""
        key = self._keys.get(key_id)
        return key.secret if key else None

    def begin(self) -> EpochKey:
        """A new epoch, on disk before it is used."""
        number = max((int(found[1]) for found in map(NAME.fullmatch, self._names()) if found), default=0) + 1
        key = EpochKey(number, secrets.token_bytes(SECRET_BYTES))
        path = self._path(number)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(key.secret.hex() + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        self._sync()
        self._keys[key.key_id] = key
        return key

    def older(self) -> list[EpochKey]:
        """Keys of epochs that are over and not destroyed yet."""
        return [key for key in self._keys.values() if key.number < self.newest.number]

    def destroy(self, key: EpochKey) -> None:
        """Overwrite and remove a key of an epoch that is over. ValueError for the newest."""
        if key.key_id == self.newest.key_id:
            raise ValueError("the newest epoch's key is in use")
        path = self._path(key.number)
        if path.exists():
            with path.open("r+b") as handle:
                handle.write(b"0" * path.stat().st_size)
                handle.flush()
                os.fsync(handle.fileno())
            path.unlink()
            self._sync()
        del self._keys[key.key_id]

    def _names(self) -> list[str]:
        return [path.name for path in self._directory.iterdir()]

    def _path(self, number: int) -> Path:
        return self._directory / f"custodian-epoch-{number:06d}"

    def _sync(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
