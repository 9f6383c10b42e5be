"""Sessions on the server's side, and what is remembered of failed logins and refused requests.

A browser holds a random token; the table holds its hash. Times are the wall's: a space's clock may run faster.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select, update

from services.desk.core.attempts import WINDOW_MS, Limits, wait_ms
from services.desk.core.guard import Principal
from services.desk.tables import LOGIN_FAILURES, REFUSED_ACCESS, SESSIONS, USERS

SEEN_EVERY_MS = 30_000
"""A session's last use is written no more often than this."""
REFUSED_KEPT_MS = 400 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Session:
    """One login of one account."""

    session_sha256: str
    account: str
    county: str
    seen_wall_ms: int


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a login may do nothing, and how long it lasts at most."""

    idle_ms: int
    whole_ms: int


def hash_of(token: str) -> str:
    """What the table holds of a browser's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """What a form of this session must carry: nobody without the token can make it."""
    return hmac.new(token.encode(), b"wardline desk form", hashlib.sha256).hexdigest()


def begin(connection: Connection, account: str, wall_ms: int, lifetime: Lifetime) -> str:
    """A new session's token; sessions that have ended are swept away."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        delete(SESSIONS).where(
            (SESSIONS.c.seen_wall_ms <= wall_ms - lifetime.idle_ms)
            | (SESSIONS.c.created_wall_ms <= wall_ms - lifetime.whole_ms)
        )
    )
    values = {"session_sha256": hash_of(token), "account": account, "created_wall_ms": wall_ms, "seen_wall_ms": wall_ms}
    connection.execute(insert(SESSIONS).values(values))
    return token


def find(connection: Connection, token: str, wall_ms: int, lifetime: Lifetime) -> Session | None:
    """The session of a token that still lives, of a login that is still active."""
    row = (
        connection.execute(
            select(SESSIONS.c.session_sha256, SESSIONS.c.account, SESSIONS.c.seen_wall_ms, USERS.c.county)
            .join(USERS, USERS.c.account == SESSIONS.c.account)
            .where(
                SESSIONS.c.session_sha256 == hash_of(token),
                SESSIONS.c.seen_wall_ms > wall_ms - lifetime.idle_ms,
                SESSIONS.c.created_wall_ms > wall_ms - lifetime.whole_ms,
                USERS.c.active.is_(True),
            )
        )
        .mappings()
        .first()
    )
    return Session(**row) if row is not None else None


def seen(connection: Connection, session: Session, wall_ms: int) -> None:
    """The session was used just now."""
    connection.execute(
        update(SESSIONS).where(SESSIONS.c.session_sha256 == session.session_sha256).values(seen_wall_ms=wall_ms)
    )


def end(connection: Connection, token: str) -> None:
    """Log out."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.session_sha256 == hash_of(token)))


def end_all(connection: Connection, account: str) -> None:
    """End every session of an account: its password was changed."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.account == account))


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed logins, remembered by keyed hashes: neither a mistyped password in the wrong field nor an address."""

    key: bytes
    limits: Limits = field(default_factory=Limits)

    def wait_ms(self, connection: Connection, account: str, address: str, wall_ms: int) -> int:
        """How long this account must wait from this address."""
        since = wall_ms - WINDOW_MS
        waits = []
        for whose, limit in self._whose(account, address):
            found = select(LOGIN_FAILURES.c.wall_ms).where(
                LOGIN_FAILURES.c.whose == whose, LOGIN_FAILURES.c.wall_ms > since
            )
            waits.append(wait_ms(list(connection.execute(found).scalars()), limit, wall_ms))
        return max(waits)

    def failed(self, connection: Connection, account: str, address: str, wall_ms: int) -> None:
        """One more failure; those that do not count any more are forgotten."""
        connection.execute(delete(LOGIN_FAILURES).where(LOGIN_FAILURES.c.wall_ms <= wall_ms - WINDOW_MS))
        rows = [
            {"whose": whose, "wall_ms": wall_ms, "nonce": secrets.token_hex(8)}
            for whose, _ in self._whose(account, address)
        ]
        connection.execute(insert(LOGIN_FAILURES), rows)

    def _whose(self, account: str, address: str) -> tuple[tuple[str, int], ...]:
        def keyed(*parts: str) -> str:
            return hmac.new(self.key, b"\x00".join(part.encode() for part in parts), hashlib.sha256).hexdigest()

        return (
            (keyed("account here", account, address), self.limits.of_account_here),
            (keyed("address", address), self.limits.of_address),
            (keyed("account", account), self.limits.of_account),
        )


def refused(
    connection: Connection, principal: Principal, route: str, reason: str, case_id: str | None, wall_ms: int
) -> None:
    """Keep that somebody asked for what they may not open. What they typed is not kept, a case's number is."""
    connection.execute(delete(REFUSED_ACCESS).where(REFUSED_ACCESS.c.wall_ms < wall_ms - REFUSED_KEPT_MS))
    connection.execute(
        insert(REFUSED_ACCESS).values(
            id=secrets.token_hex(16),
            wall_ms=wall_ms,
            account=principal.account,
            role=principal.role.value,
            route=route,
            reason=reason,
            case_id=case_id,
        )
    )
