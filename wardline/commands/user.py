"""``wardline user``: who may log in at the desk."""

import click
import pyotp
from pydantic import ValidationError

from services.desk.database import DatabaseAway
from services.desk.users import new_password
from shared.contracts.ids import county_of
from shared.contracts.registry import Account
from shared.contracts.vocabulary import Department, Role
from shared.runtime.space import KeyMissing
from wardline.case_log import CaseLog
from wardline.logins import give, open_database, register
from wardline.workplace import (
    EXIT_NOT_KNOWN,
    EXIT_REFUSED,
    EXIT_USAGE,
    Workplace,
    emit,
    json_option,
    pass_workplace,
    stop,
)

PASSWORD_LENGTH_MIN = 12


@click.group()
def user() -> None:
    """Logins of the desk."""


@user.command("add")
@click.argument("account")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role if role is not Role.OPERATOR]))
@click.option("--area", required=True, help="Area prefix whose cases the account may act on.")
@click.option("--county", help="County that keeps the account; the area's, unless it is shorter than a county's code.")
@click.option("--department", type=click.Choice([each.value for each in Department]), help="For clerks.")
@click.option("--totp", is_flag=True, help="Ask for a one-time code, too; its secret is printed once.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input in the place of making one."
)
@click.option("--wait", type=float, default=20.0, show_default=True, help="Seconds to wait for the ledger's decision.")
@json_option
@pass_workplace
def add(  # noqa: PLR0913, PLR0917 - options by name
    workplace: Workplace,
    account: str,
    role: str,
    area: str,
    county: str | None,
    department: str | None,
    totp: bool,  # noqa: FBT001 - a flag by name
    password_stdin: bool,  # noqa: FBT001 - likewise
    wait: float,
    as_json: bool,  # noqa: FBT001 - likewise
) -> None:
    """Add a login, or give an account another password: the ledger gets the account, the desk the password's hash."""
    entry = _account(account, role, area, county, department)
    password = click.get_text_stream("stdin").readline().rstrip("\n") if password_stdin else new_password()
    if len(password) < PASSWORD_LENGTH_MIN:
        stop(f"a password has at least {PASSWORD_LENGTH_MIN} signs", EXIT_USAGE)
    try:
        engine = open_database(workplace)
        with workplace.broker_errors(), CaseLog(workplace.connection, workplace.space) as log:
            log.refresh()
            verdict = register(workplace, log, entry, wait)
        if verdict is None:
            stop("not known yet whether the ledger holds the account; it is safe to repeat", EXIT_NOT_KNOWN)
        if not verdict.accepted:
            stop(f"refused: {verdict.reason} {verdict.detail}".rstrip(), EXIT_REFUSED)
        login = give(workplace, engine, entry, password, pyotp.random_base32() if totp else None)
    except (DatabaseAway, KeyMissing) as error:
        stop(str(error))
    shown = None if password_stdin else login.password
    if as_json:
        emit({"account": entry.account, "role": entry.role.value, "password": shown, "totp_secret": login.totp_secret})
        return
    click.echo(f"{entry.account} may log in as {entry.role.value}")
    if shown is not None:
        click.echo(f"password, shown once: {shown}")
    if login.totp_secret is not None:
        click.echo(f"secret of the one-time codes, shown once: {login.totp_secret}")


def _account(account: str, role: str, area: str, county: str | None, department: str | None) -> Account:
    """The account as the ledger will hold it. Stops with a line when it cannot be."""
    kept_by = county or county_of(area)
    if kept_by is None:
        stop("--county is needed: the area is shorter than a county's code", EXIT_USAGE)
    if role == Role.CLERK.value and department is None:
        stop("--department is needed for a clerk", EXIT_USAGE)
    try:
        return Account.model_validate(
            {"account": account, "county": kept_by, "role": role, "area_prefix": area, "department": department}
        )
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        stop(faults, EXIT_USAGE)
