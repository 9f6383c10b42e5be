"""Logins of the desk, made from a terminal: the account goes to the ledger, the password's hash to the desk's table."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from services.desk import sessions, users
from services.desk.database import migrate, open_engine, url_of, writing
from services.desk.settings import DeskSettings
from services.desk.users import Codes, Passwords, User
from shared.contracts.commands import Actor, SetAccount
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.registry import Account
from shared.contracts.vocabulary import Role
from shared.runtime.clock import wall_ms
from shared.runtime.commanding import Order, Signer
from wardline.case_log import CaseLog, Verdict
from wardline.sending import Publisher
from wardline.workplace import Workplace, settings_of

OPERATOR = Actor(account="operator", role=Role.OPERATOR, area_prefix="")


@dataclass(frozen=True, slots=True)
class Login:
    """What is told once: the password in clear, and the secret of the one-time codes where there is one."""

    account: Account
    password: str
    totp_secret: str | None = None


def open_database(workplace: Workplace) -> Engine:
    """The desk's database with its tables. Raises DatabaseAway."""
    settings = settings_of(DeskSettings)
    engine = open_engine(url_of(settings.database_url, workplace.settings.home, workplace.space.name))
    migrate(engine)
    return engine


def register(workplace: Workplace, log: CaseLog, account: Account, seconds: float) -> Verdict | None:
    """Have the ledger hold the account, in every book where its county is 000000; the first verdict that is no yes.

    None stands for a decision that was not seen in time. An account that stands there so already is left alone.
    """
    content = account.model_dump(mode="json")
    signer = Signer(workplace.space)
    command_id = f"user-{uuid.uuid4().hex}"
    order = Order(command_id, account.county, SetAccount(account=account))
    is_everywhere = account.county == COUNTY_UNKNOWN
    books = range(workplace.space.books) if is_everywhere else (signer.book_of(order),)
    missing = [
        book
        for book in books
        if (known := log.registered.get(("AccountSet", account.county, account.account, book))) is None
        or known.content != content
    ]
    orders = [(book, replace(order, book=book if is_everywhere else None)) for book in missing]
    with Publisher(workplace.connection, workplace.space) as publisher:
        publisher.send_commands([(book, signer.command(each, OPERATOR)) for book, each in orders])
    if not log.wait_for(lambda: log.decided((command_id, book) for book in missing), seconds):
        return None
    verdicts = [log.verdicts[command_id, book] for book in missing]
    refused = [verdict for verdict in verdicts if not verdict.accepted]
    return refused[0] if refused else Verdict(command_id, next(iter(books)), accepted=True)


def give(workplace: Workplace, engine: Engine, account: Account, password: str, totp_secret: str | None) -> Login:
    """Keep the login; whoever was logged in as this account is so no more."""
    sealed = Codes(workplace.space.secret("desk")).seal(totp_secret) if totp_secret else None
    user = User(account.account, account.county, Passwords().hash(password), sealed, None, account.active)
    with writing(engine) as connection:
        users.keep(connection, user, wall_ms())
        sessions.end_all(connection, account.account)
    return Login(account, password, totp_secret)


def has_login(engine: Engine, account: str) -> bool:
    """Whether the account can log in already."""
    with engine.connect() as connection:
        return users.find(connection, account) is not None


def one_for_each_role(accounts: Sequence[Account]) -> list[Account]:
    """The first account of each role, in the order of the roles."""
    first: dict[Role, Account] = {}
    for account in accounts:
        if account.county != COUNTY_UNKNOWN:
            first.setdefault(account.role, account)
    return [first[role] for role in Role if role in first]
