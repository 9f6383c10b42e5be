"""``wardline space``: make a world of its own, with its genesis and keys."""

from datetime import datetime

import click

from shared.contracts.ids import check_space
from shared.runtime.space import SECOND_OPERATOR, Space, create_space
from wardline.policy_source import read_policy
from wardline.settings import ToolSettings
from wardline.workplace import SHANGHAI, Workplace, emit, json_option, pass_workplace, shanghai, stop


def make_space(settings: ToolSettings) -> Space:
    """The settings' space, made with the settings' policy when it is not there. Raises ValueError for a bad one."""
    policy_id, texts = read_policy(settings.policy)
    return create_space(
        settings.home,
        settings.space,
        policy=policy_id,
        policy_texts=texts,
        books=settings.books,
        clock_rate=1.0 if settings.space == "live" else settings.clock_rate,
        year=datetime.now(SHANGHAI).year,
    )


@click.group()
def space() -> None:
    """Spaces: worlds of their own (live, demo, a drill)."""


@space.command()
@json_option
@pass_workplace
def create(workplace: Workplace, as_json: bool) -> None:  # noqa: FBT001 - click gives flags by name
    """Make WARDLINE_SPACE: genesis, first policy (WARDLINE_POLICY) and keys. An existing one stays as it is."""
    settings = workplace.settings
    try:
        check_space(settings.space)
        made = make_space(settings)
    except ValueError as error:
        stop(str(error))
    genesis = made.genesis
    if as_json:
        emit(
            {
                "space": made.name,
                "books": genesis.books,
                "policy": genesis.policy,
                "clock_rate": genesis.clock_rate,
                "created_at_ms": genesis.created_at_ms,
                "writers": genesis.writers,
                "operators": genesis.operators,
                "desks": genesis.desks,
            }
        )
        return
    click.echo(f"space {made.name}: {genesis.books} books, policy {genesis.policy}, clock rate {genesis.clock_rate:g},")
    click.echo(f"  made {shanghai(genesis.created_at_ms)}; keys in {made.directory / 'keys'}")
    click.echo(
        f"  keys/{SECOND_OPERATOR} is the second person's, who approves policies: give it to them, keep no copy here"
    )
    click.echo(f"  the recovery key's private half is in {made.directory / 'offline'}: take it off this machine")
