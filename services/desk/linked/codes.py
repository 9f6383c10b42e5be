"""One-time codes and the sessions that they begin. Times are the wall's.

What a browser or a phone holds stands hashed in the tables: who reads them opens nothing.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import orjson
from sqlalchemy import Connection, delete, func, insert, select, update

from services.desk.core.guard import Principal
from services.desk.sessions import REFUSED_KEPT_MS, hash_of
from services.desk.tables import ALERTS, CONTACTS, LINK_CODES, LINK_SESSIONS
from shared.contracts.alerts import ChannelKind
from shared.contracts.task_links import TaskLink
from shared.contracts.vocabulary import Department, Role
from shared.contracts.wire import partition_of

VALID_MS: Final = 10 * 60_000
TRIES_MAX: Final = 5
SENT_MAX: Final = 3
"""Codes of one link within `WINDOW_MS`: a phone is not rung without end."""
WINDOW_MS: Final = 15 * 60_000
SESSION_MS: Final = 30 * 60_000
PHONES: Final = (ChannelKind.SMS.value, ChannelKind.VOICE.value)


class Checked(StrEnum):
    """What a typed code is."""

    GOOD = "GOOD"
    WRONG = "WRONG"
    OVER = "OVER"
    """None waits: expired, used, tried too often, or never sent."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A registered duty contact that the alert told. `number`: its telephone, None where none is registered."""

    contact_id: str
    county: str
    department: Department
    role: str
    area_prefix: str
    number: str | None


def phones_of(connection: Connection, link: TaskLink, books: int) -> list[Phone]:
    """The contacts that the alert told, while they are registered; none for an alert that was never asked for."""
    asked = select(ALERTS).where(
        ALERTS.c.alert_id == link.alert_id,
        ALERTS.c.case_id == link.case,
        ALERTS.c.department == link.department.value,
        ALERTS.c.ladder == link.department.value,
    )
    alert = connection.execute(asked).mappings().first()
    if alert is None:
        return []
    county = alert["contacts_of"] or link.county
    found = (phone_of(connection, name, county, link.county, books) for name in orjson.loads(alert["contacts"]))
    return [phone for phone in found if phone is not None and phone.department is link.department]


def phone_of(connection: Connection, contact_id: str, county: str, of_case: str, books: int) -> Phone | None:
    """An active contact of a county's registry, as the book of the case's county has it."""
    found = select(CONTACTS).where(
        CONTACTS.c.book == partition_of(of_case, books),
        CONTACTS.c.county == county,
        CONTACTS.c.contact_id == contact_id,
        CONTACTS.c.active.is_(True),
    )
    row = connection.execute(found).mappings().first()
    if row is None:
        return None
    channels = orjson.loads(row["channels"])
    number = next((each["address"] for kind in PHONES for each in channels if each["kind"] == kind), None)
    return Phone(contact_id, county, Department(row["department"]), row["role"], row["area_prefix"], number)


def make(connection: Connection, key: bytes, token: str, phone: Phone, wall_ms: int) -> str | None:
    """A new code in the place of the link's last one; None when too many were sent lately."""
    link = hash_of(token)
    connection.execute(delete(LINK_CODES).where(LINK_CODES.c.created_wall_ms <= wall_ms - WINDOW_MS))
    sent = select(func.count()).select_from(LINK_CODES).where(LINK_CODES.c.link_sha256 == link)
    if connection.execute(sent).scalar_one() >= SENT_MAX:
        return None
    code = f"{secrets.randbelow(1_000_000):06d}"
    connection.execute(update(LINK_CODES).where(LINK_CODES.c.link_sha256 == link).values(tries=TRIES_MAX))
    connection.execute(
        insert(LINK_CODES).values(
            link_sha256=link,
            created_wall_ms=wall_ms,
            contact_id=phone.contact_id,
            contacts_of=phone.county,
            code_hmac=_keyed(key, token, code),
            tries=0,
        )
    )
    return code


def check(connection: Connection, key: bytes, token: str, code: str, wall_ms: int) -> tuple[Checked, str, str]:
    """Try a code once; with the contact to whom it was sent and its county. A good one is used up."""
    newest = (
        select(LINK_CODES)
        .where(LINK_CODES.c.link_sha256 == hash_of(token), LINK_CODES.c.created_wall_ms > wall_ms - VALID_MS)
        .order_by(LINK_CODES.c.created_wall_ms.desc())
        .limit(1)
    )
    row = connection.execute(newest).mappings().first()
    if row is None or row["tries"] >= TRIES_MAX:
        return Checked.OVER, "", ""
    is_good = hmac.compare_digest(row["code_hmac"], _keyed(key, token, code))
    this = (LINK_CODES.c.link_sha256 == row["link_sha256"]) & (LINK_CODES.c.created_wall_ms == row["created_wall_ms"])
    # Counted in the statement itself: two tries at one time are two.
    spent = TRIES_MAX if is_good else LINK_CODES.c.tries + 1
    tried = connection.execute(update(LINK_CODES).where(this, LINK_CODES.c.tries < TRIES_MAX).values(tries=spent))
    if tried.rowcount != 1:
        return Checked.OVER, "", ""
    return (Checked.GOOD if is_good else Checked.WRONG), row["contact_id"], row["contacts_of"]


def begin(connection: Connection, link: TaskLink, contact_id: str, contacts_of: str, wall_ms: int, left_ms: int) -> str:
    """A session for the link's one task; its token. `left_ms`: how long the link itself still lives, wall time."""
    connection.execute(delete(LINK_SESSIONS).where(LINK_SESSIONS.c.created_wall_ms < wall_ms - REFUSED_KEPT_MS))
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(LINK_SESSIONS).values(
            session_sha256=hash_of(token),
            contact_id=contact_id,
            contacts_of=contacts_of,
            alert_id=link.alert_id,
            case_id=link.case,
            department=link.department.value,
            created_wall_ms=wall_ms,
            until_wall_ms=wall_ms + min(SESSION_MS, left_ms),
        )
    )
    return token


def principal(connection: Connection, token: str, wall_ms: int, county: str, books: int) -> Principal | None:
    """Who holds a session that still lives, as the registry has the contact now; `county` is the case's."""
    row = session(connection, token, wall_ms)
    if row is None:
        return None
    phone = phone_of(connection, row.contact_id, row.contacts_of, county, books)
    if phone is None or phone.department.value != row.department:
        return None
    return Principal(
        f"contact:{phone.contact_id}",
        county,
        Role.CLERK,
        phone.area_prefix,
        phone.department,
        task=(row.case_id, row.department),
    )


@dataclass(frozen=True, slots=True)
class LinkSession:
    """A session that lives."""

    contact_id: str
    contacts_of: str
    case_id: str
    department: str


def session(connection: Connection, token: str, wall_ms: int) -> LinkSession | None:
    """The session of a browser's token."""
    columns = [LINK_SESSIONS.c[name] for name in LinkSession.__dataclass_fields__]
    found = select(*columns).where(
        LINK_SESSIONS.c.session_sha256 == hash_of(token), LINK_SESSIONS.c.until_wall_ms > wall_ms
    )
    row = connection.execute(found).mappings().first()
    return LinkSession(**row) if row is not None else None


def _keyed(key: bytes, token: str, code: str) -> str:
    return hmac.new(key, f"wardline link code\x00{token}\x00{code}".encode(), hashlib.sha256).hexdigest()
