"""A login for each role of the sample registry, with a password made anew and told once."""

from collections.abc import Iterator

from services.desk.database import DatabaseAway
from services.desk.users import new_password
from wardline import samples
from wardline.logins import give, has_login, one_for_each_role, open_database
from wardline.registry_file import accounts_of, read_registry
from wardline.workplace import Stop, Workplace


def sample_logins(workplace: Workplace) -> Iterator[str]:
    """Give the first account of each role a login where it has none, and tell it; the accounts are in the ledger."""
    content = read_registry(samples.REGISTRY, workplace.space.clock())
    try:
        engine = open_database(workplace)
    except DatabaseAway as error:
        raise Stop(str(error)) from None
    try:
        given = [
            give(workplace, engine, account, new_password(), None)
            for account in one_for_each_role(accounts_of(content))
            if not has_login(engine, account.account)
        ]
    finally:
        engine.dispose()
    if given:
        yield "logins at the desk, told once 工作台登录（仅显示一次）:"
    for login in given:
        yield f"  {login.account.role.value:<20} {login.account.account:<20} {login.password}"
