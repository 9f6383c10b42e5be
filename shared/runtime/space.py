"""A space on disk: its genesis (the trust anchor) and the keys that each process needs, one file for each key.

Directory `WARDLINE_HOME/spaces/<space>/`: `genesis.json`, `public/<name>`, `keys/<name>` (mode 0600). On several
machines each process gets only its own key files; the genesis is copied to all. The recovery key's private half is
written to `offline/`: take it off the machine.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from shared.contracts.commands import key_id
from shared.contracts.ids import check_space
from shared.contracts.records import Genesis
from shared.contracts.topics import BOOKS_DEFAULT
from shared.runtime.clock import SpaceClock, wall_ms

SECOND_OPERATOR: Final = "operator-2"
"""The key of a second person, who approves what the first operator proposes (a policy)."""
TASK_LINK_KEY: Final = "task-link"
"""Notify signs the links from an answer page to a task with it; the desk has its public half."""
SIGNING_KEYS: Final = ("triage-writer", "operator", SECOND_OPERATOR, "desk")
BOX_KEYS: Final = ("custodian", "triage-match")
OFFLINE_KEY: Final = "recovery"
SYMMETRIC_KEYS: Final = ("receipt", "answer-link", "match-record")
MATCH_PREFIX: Final = "match-"


class SpaceMissing(Exception):
    """There is no such space here: `wardline up` or `wardline space create` makes one."""


class KeyMissing(Exception):
    """The key was not given to this process."""


@dataclass(frozen=True, slots=True)
class Space:
    """One space as a process sees it. Secrets are read when asked for, so that a process reads only its own."""

    name: str
    directory: Path
    genesis: Genesis

    @classmethod
    def load(cls, home: Path, name: str) -> "Space":
        """Read the genesis. Raises SpaceMissing."""
        directory = home / "spaces" / check_space(name)
        try:
            text = (directory / "genesis.json").read_bytes()
        except FileNotFoundError as error:
            raise SpaceMissing(f"no space '{name}' under {home}") from error
        return cls(name, directory, Genesis.model_validate_json(text))

    @property
    def books(self) -> int:
        """How many books (partitions) the space has."""
        return self.genesis.books

    def clock(self) -> SpaceClock:
        """The space's clock."""
        return SpaceClock(self.genesis.created_at_ms, self.genesis.clock_rate)

    def secret(self, name: str) -> bytes:
        """A secret of 32 bytes. Raises KeyMissing."""
        for folder in ("keys", "offline"):
            path = self.directory / folder / name
            if path.exists():
                return bytes.fromhex(path.read_text().strip())
        raise KeyMissing(f"the key '{name}' of space '{self.name}' is not on this machine")

    def public(self, name: str) -> bytes:
        """A public key of 32 bytes. Raises KeyMissing."""
        path = self.directory / "public" / name
        try:
            return bytes.fromhex(path.read_text().strip())
        except FileNotFoundError as error:
            raise KeyMissing(f"the public key '{name}' of space '{self.name}' is not on this machine") from error

    def secrets_current(self, kind: str) -> list[tuple[str, bytes]]:
        """The current keys of a kind that changes yearly, newest first, at most two, as (key id, key)."""
        paths = sorted((self.directory / "keys").glob(f"{kind}-[0-9][0-9][0-9][0-9]"), reverse=True)
        return [(path.name, bytes.fromhex(path.read_text().strip())) for path in paths[:2]]


def create_space(
    home: Path,
    name: str,
    *,
    policy: str,
    policy_texts: Mapping[str, str],
    books: int = BOOKS_DEFAULT,
    clock_rate: float = 1.0,
    year: int,
) -> Space:
    """Make a space's keys and genesis once; an existing one is returned as it is.

    `policy` is the policy's id, `policy_texts` file name to text, `year` the year of the first match key.
    Raises ValueError when `live` is asked for another clock rate than 1.
    """
    directory = home / "spaces" / check_space(name)
    if (directory / "genesis.json").exists():
        return Space.load(home, name)
    if name == "live" and clock_rate != 1.0:
        raise ValueError("the space 'live' runs on the wall clock")
    for folder in ("keys", "public", "offline"):
        (directory / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    verify_keys: dict[str, bytes] = {}
    for key in SIGNING_KEYS:
        signing = SigningKey(_new_secret(directory / "keys" / key))
        verify_keys[key] = bytes(signing.verify_key)
    of_links = SigningKey(_new_secret(directory / "keys" / TASK_LINK_KEY))
    _write(directory / "public" / TASK_LINK_KEY, bytes(of_links.verify_key).hex(), 0o644)
    for key, folder in (*((key, "keys") for key in BOX_KEYS), (OFFLINE_KEY, "offline")):
        private = PrivateKey(_new_secret(directory / folder / key))
        _write(directory / "public" / key, bytes(private.public_key).hex(), 0o644)
    for key in (*SYMMETRIC_KEYS, f"{MATCH_PREFIX}{year}"):
        _new_secret(directory / "keys" / key)
    genesis = Genesis(
        space=name,
        books=books,
        created_at_ms=wall_ms(),
        clock_rate=clock_rate,
        writers=_named(verify_keys["triage-writer"]),
        operators=_named(verify_keys["operator"]) | _named(verify_keys[SECOND_OPERATOR]),
        desks=_named(verify_keys["desk"]),
        policy=policy,
        policy_texts=dict(policy_texts),
    )
    _write(directory / "genesis.json", json.dumps(genesis.model_dump(mode="json"), ensure_ascii=False, indent=1), 0o644)
    return Space.load(home, name)


def _named(public_key: bytes) -> dict[str, str]:
    return {key_id(public_key): public_key.hex()}


def _new_secret(path: Path) -> bytes:
    """A new key, unless an interrupted creation left one already (it may have been used)."""
    if not path.exists():
        _write(path, secrets.token_bytes(32).hex(), 0o600)
    return bytes.fromhex(path.read_text().strip())


def _write(path: Path, text: str, mode: int) -> None:
    """Write a file so that it is there whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)
