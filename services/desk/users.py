"""Logins: a password for an account of the ledger, and a one-time code where it was set up.

Role, area and department are never here: they are read from the ledger's accounts at every request, so that a command
that takes them away takes effect at once.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import cached_property

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import Connection, select, update

from services.desk.core.guard import Principal
from services.desk.database import insert_of
from services.desk.tables import ACCOUNTS, USERS
from shared.contracts.vocabulary import Department, Role
from shared.contracts.wire import partition_of

TOTP_STEP_SECONDS = 30
PASSWORD_BYTES_MAX = 1024
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without letters and digits that are confused on paper."""


def new_password() -> str:
    """A password to be written down once: four groups of four, 78 bits."""
    signs = [secrets.choice(ALPHABET) for _ in range(16)]
    return "-".join("".join(signs[start : start + 4]) for start in range(0, 16, 4))


@dataclass(frozen=True)
class Passwords:
    """Hashes with argon2id. A name that nobody has takes as long as a wrong password."""

    hasher: PasswordHasher = field(default_factory=PasswordHasher)

    @cached_property
    def nobody(self) -> str:
        """The hash of a password that nobody knows."""
        return self.hasher.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """The hash that is kept."""
        return self.hasher.hash(password)

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether the password is the one."""
        if len(password.encode()) > PASSWORD_BYTES_MAX:
            return False
        try:
            self.hasher.verify(kept or self.nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


@dataclass(frozen=True, slots=True)
class Codes:
    """One-time codes (TOTP); their secrets are sealed under a key derived from the desk's, which no database holds."""

    desk_key: bytes

    def _box(self) -> SecretBox:
        return SecretBox(hashlib.sha256(b"wardline desk totp\x00" + self.desk_key).digest())

    def seal(self, secret: str) -> bytes:
        """The secret as it is kept."""
        return bytes(self._box().encrypt(secret.encode()))

    def step_of(self, sealed: bytes, code: str, wall_ms: int, last_step: int | None) -> int | None:
        """The step of time that the code is for, if it is right, of now or a step beside, and was not used before."""
        try:
            totp = pyotp.TOTP(self._box().decrypt(sealed).decode())
        except CryptoError:
            return None
        now = wall_ms // 1000 // TOTP_STEP_SECONDS
        for step in (now, now - 1, now + 1):
            right = secrets.compare_digest(totp.at(step * TOTP_STEP_SECONDS), code)
            if right and (last_step is None or step > last_step):
                return step
        return None


@dataclass(frozen=True, slots=True)
class User:
    """A login as it is kept."""

    account: str
    county: str
    password_hash: str
    totp_sealed: bytes | None
    totp_step: int | None
    active: bool


def find(connection: Connection, account: str) -> User | None:
    """The login of an account."""
    columns = (USERS.c[name] for name in ("account", "county", "password_hash", "totp_sealed", "totp_step", "active"))
    row = connection.execute(select(*columns).where(USERS.c.account == account)).mappings().first()
    return User(**row) if row is not None else None


def keep(connection: Connection, user: User, wall_ms: int) -> None:
    """Add a login, or give an account another password."""
    values = {
        "county": user.county,
        "password_hash": user.password_hash,
        "totp_sealed": user.totp_sealed,
        "totp_step": user.totp_step,
        "active": user.active,
        "created_wall_ms": wall_ms,
    }
    statement = insert_of(connection.dialect, USERS).values(account=user.account, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["account"], set_=values))


def used_code(connection: Connection, account: str, step: int) -> None:
    """The code of this step is used up."""
    connection.execute(update(USERS).where(USERS.c.account == account).values(totp_step=step))


def principal(connection: Connection, account: str, county: str, books: int) -> Principal | None:
    """The account as the ledger has it now; None when it is not registered, or not active any more."""
    book = partition_of(county, books)
    row = (
        connection.execute(
            select(ACCOUNTS).where(
                ACCOUNTS.c.book == book,
                ACCOUNTS.c.county == county,
                ACCOUNTS.c.account == account,
                ACCOUNTS.c.active.is_(True),
            )
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    department = Department(row["department"]) if row["department"] else None
    return Principal(account, county, Role(row["role"]), row["area_prefix"], department)
