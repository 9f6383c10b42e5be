"""``wardline desk``: the desk's read model."""

import click
from prometheus_client import CollectorRegistry

from services.desk.database import DatabaseAway, migrate, open_engine, url_of
from services.desk.projecting import Projecting, rebuild
from services.desk.settings import DeskSettings
from shared.runtime.metrics import DeskMetrics
from wardline.workplace import EXIT_NOT_KNOWN, Workplace, emit, json_option, pass_workplace, settings_of, stop

TELL_EVERY = 10_000
REBUILD_SECONDS_MAX = 24 * 3600.0


@click.group()
def desk() -> None:
    """The desk's read model, which is made from the case-log."""


@desk.command("rebuild")
@click.option("--wait", type=float, default=REBUILD_SECONDS_MAX, help="Give up after so many seconds.")
@json_option
@pass_workplace
def rebuild_command(workplace: Workplace, wait: float, as_json: bool) -> None:  # noqa: FBT001 - a flag by name
    """Forget every row that was made from the case-log and make them all anew. Logins stay.

    The desk may run meanwhile: its pages say how far behind they are. A book that was halted is followed again.
    """
    settings = settings_of(DeskSettings)
    engine = open_engine(url_of(settings.database_url, workplace.settings.home, workplace.space.name))
    said = 0

    def told(total: int) -> None:
        nonlocal said
        if not as_json and total - said >= TELL_EVERY:
            click.echo(f"  {total} records …")
            said = total

    try:
        migrate(engine)
        with workplace.broker_errors():
            metrics = DeskMetrics(CollectorRegistry())
            done = rebuild(Projecting(workplace.connection, workplace.space, engine, metrics), told, wait)
    except DatabaseAway as error:
        stop(str(error))
    except TimeoutError:
        stop("not level yet; a desk that runs goes on by itself", EXIT_NOT_KNOWN)
    finally:
        engine.dispose()
    if as_json:
        emit({"records": done})
    else:
        click.echo(f"{done} records projected; the read model is level with the case-log")
