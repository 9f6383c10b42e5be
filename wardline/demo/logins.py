"""A login for each role of the sample registry, with a password made anew and told once."""

from collections.abc import Iterator, Sequence

from services.desk.database import DatabaseAway
from services.desk.settings import DeskSettings
from services.desk.users import new_password
from wardline import samples
from wardline.logins import Login, give, has_login, one_for_each_role, open_database
from wardline.registry_file import accounts_of, read_registry
from wardline.workplace import Stop, Workplace, settings_of


def desk_address() -> str:
    """Where this machine's browsers reach the desk."""
    return f"http://127.0.0.1:{settings_of(DeskSettings).port}"


def sample_logins(workplace: Workplace) -> list[Login]:
    """Give the first account of each role a login where it has none; the accounts are in the ledger."""
    content = read_registry(samples.REGISTRY, workplace.space.clock())
    try:
        engine = open_database(workplace)
    except DatabaseAway as error:
        raise Stop(str(error)) from None
    try:
        return [
            give(workplace, engine, account, new_password(), None)
            for account in one_for_each_role(accounts_of(content))
            if not has_login(engine, account.account)
        ]
    finally:
        engine.dispose()


def told_once(logins: Sequence[Login]) -> Iterator[str]:
    """The desk's address, and a line for each login that was given just now."""
    yield f"the desk 工作台 {desk_address()}/"
    if logins:
        yield "logins at the desk, told once 工作台登录（仅显示一次）:"
    else:
        yield "logins were told at the first start; a new password: wardline user add … 登录口令首次启动时已显示"
    for login in logins:
        yield f"  {login.account.role.value:<20} {login.account.account:<20} {login.password}"
