"""``wardline registry``: rota, signatories, places, contacts, accounts, institutions; and what is missing of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from shared.contracts.commands import Actor
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.topics import INSTITUTIONS
from shared.contracts.vocabulary import Role
from shared.contracts.wire import canonical, encode, partition_of, sha256_hex
from shared.runtime.commanding import Order, Signer
from wardline.case_log import CaseLog, Verdict
from wardline.registry_file import Entry, RegistryFile, RegistryInvalid, read_registry
from wardline.registry_gaps import registry_gaps
from wardline.sending import Publisher
from wardline.workplace import EXIT_NOT_KNOWN, Workplace, emit, json_option, pass_workplace, stop

OPERATOR = Actor(account="operator", role=Role.OPERATOR, area_prefix="")


@click.group()
def registry() -> None:
    """The registry of the counties."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a load: entries that stood already, and the decisions of the others."""

    unchanged: tuple[Entry, ...]
    decided: tuple[tuple[Entry, Verdict], ...]
    not_known: tuple[Entry, ...]
    institutions: int
    gaps: tuple[str, ...] = ()
    """What is missing of the registry as it stands after the load (see `wardline.registry_gaps`)."""

    @property
    def refused(self) -> list[tuple[Entry, Verdict]]:
        """What triage refused."""
        return [(entry, verdict) for entry, verdict in self.decided if not verdict.accepted]


def load_registry(workplace: Workplace, content: RegistryFile, wait_seconds: float) -> Loaded:
    """Register everything that does not stand as the file says, and wait for all decisions."""
    space = workplace.space
    signer = Signer(space)
    with (
        workplace.broker_errors(),
        CaseLog(workplace.connection, space) as log,
        Publisher(workplace.connection, space) as publisher,
    ):
        log.refresh()
        wanted: list[tuple[Entry, Order, int]] = []
        unchanged = []
        for entry in content.entries:
            orders = _orders(log, signer, entry)
            wanted += [(entry, order, signer.book_of(order)) for order in orders]
            if not orders:
                unchanged.append(entry)
        keys = [(order.command_id, book) for _, order, book in wanted]
        publisher.publish(
            INSTITUTIONS,
            [
                (partition_of(each.id, space.books), each.id, each.type, each.id, encode(each))
                for each in content.institutions
            ],
        )
        open_orders = [(order, book) for _, order, book in wanted if (order.command_id, book) not in log.verdicts]
        publisher.send_commands([(book, signer.command(order, OPERATOR)) for order, book in open_orders])
        log.wait_for(lambda: log.decided(keys), wait_seconds)
        entries = [entry for entry, _, _ in wanted]
        decided = [(entry, log.verdicts[key]) for entry, key in zip(entries, keys, strict=True) if key in log.verdicts]
        not_known = [entry for entry, key in zip(entries, keys, strict=True) if key not in log.verdicts]
        gaps = gaps_now(workplace, log)
    return Loaded(tuple(unchanged), tuple(decided), tuple(not_known), len(content.institutions), gaps)


def gaps_now(workplace: Workplace, log: CaseLog) -> tuple[str, ...]:
    """What is missing of the registry now; reads the case-log to its end."""
    log.refresh()
    space = workplace.space
    return tuple(registry_gaps(log.registered, range(space.books), space.clock().now_ms()))


def tell_gaps(workplace: Workplace, say: Callable[[str], None]) -> None:
    """Say loudly what is missing of the registry now, or nothing. Raises Stop when the broker is away."""
    with workplace.broker_errors(), CaseLog(workplace.connection, workplace.space) as log:
        for gap in gaps_now(workplace, log):
            say(f"!! {gap}")


def _orders(log: CaseLog, signer: Signer, entry: Entry) -> list[Order]:
    """The commands that make the entry stand: one, or for the desk of county 000000 one for each book.

    The desk stands in for whatever county nobody serves, so every book must know it. Its places are not copied: a bed
    is counted in one book.
    """
    own = signer.book_of(Order("", entry.county, entry.body))
    everywhere = entry.county == COUNTY_UNKNOWN and entry.event != "PlaceSet"
    orders = []
    for book in range(signer.space.books) if everywhere else (own,):
        known = log.registered.get((entry.event, entry.county, entry.name, book))
        if known is None or known.content != entry.content:
            copy = None if book == own else book
            orders.append(Order(_command_id(entry, known.seq if known else 0, copy), entry.county, entry.body, copy))
    return orders


@registry.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--wait", type=float, default=30.0, show_default=True, help="Seconds to wait for all decisions.")
@json_option
@pass_workplace
def load(workplace: Workplace, file: Path, wait: float, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Register what FILE says: signed by the operator, one command for each entry that does not stand so already.

    Exit 1 when one was refused, 4 when one was not decided in time (safe to repeat).
    """
    try:
        content = read_registry(file, workplace.space.clock())
    except RegistryInvalid as error:
        stop(str(error))
    if content.api_keys and workplace.space.name == "live":
        stop("keys in clear are for samples: give api_key_sha256 in the space 'live'")
    loaded = load_registry(workplace, content, wait)
    if as_json:
        for entry, verdict in loaded.decided:
            emit({"event": entry.event, "county": entry.county, "name": entry.name, "accepted": verdict.accepted,
                  "reason": verdict.reason or None})  # fmt: skip
    accepted = len(loaded.decided) - len(loaded.refused)
    click.echo(
        f"{accepted} registered, {len(loaded.unchanged)} stood already, {len(loaded.refused)} refused, "
        f"{len(loaded.not_known)} not known; {loaded.institutions} institutions",
        err=as_json,
    )
    for institution, key in content.api_keys.items():
        click.echo(f"  {institution}: X-API-Key: {key}", err=as_json)
    for entry, verdict in loaded.refused:
        click.echo(f"  refused: {entry.event} {entry.county} {entry.name}: {verdict.reason} {verdict.detail}", err=True)
    for gap in loaded.gaps:
        click.echo(f"  !! {gap}", err=True)
    if loaded.not_known:
        stop("not all decisions are known: repeat the load", EXIT_NOT_KNOWN)
    if loaded.refused:
        raise SystemExit(1)


@registry.command()
@json_option
@pass_workplace
def check(workplace: Workplace, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """What is missing now: counties without an officer or signatory on duty, books without the desk of 000000.

    Exit 1 when something is missing.
    """
    with workplace.broker_errors(), CaseLog(workplace.connection, workplace.space) as log:
        gaps = gaps_now(workplace, log)
    if as_json:
        emit({"gaps": list(gaps)})
    for gap in gaps:
        click.echo(f"!! {gap}", err=as_json)
    if gaps:
        raise SystemExit(1)
    click.echo("the registry has no gaps now 登记现无缺口", err=as_json)


def _command_id(entry: Entry, after_seq: int, copy: int | None = None) -> str:
    """Derived from what is asked and from what stands, so that a retry is the same command and a change back is not.

    `copy` is the book of a copy outside the county's own.
    """
    of_copy = [] if copy is None else [copy]
    content = canonical([entry.event, entry.county, entry.name, entry.content, after_seq, *of_copy])
    return f"reg-{sha256_hex(content)[:32]}"
