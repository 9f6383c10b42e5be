"""``wardline verify``: read every book again and trust nobody."""

from pathlib import Path

import click

from shared.runtime.memory import collect_rarely
from shared.runtime.space import KeyMissing
from wardline.verification.checkpoints import Checkpoint, NotACheckpoint, read_notes
from wardline.verification.findings import BookFindings, VoidKind, ok
from wardline.verification.reading import BrokerSilent
from wardline.verification.verifying import Verifier
from wardline.workplace import Workplace, columns, emit, json_option, pass_workplace, stop

VOIDS_PRINTED_MAX = 20


@click.command()
@click.option(
    "--heads", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Signed heads kept elsewhere."
)
@click.option("--wait", type=float, default=0.0, show_default=True, help="Seconds that triage may need to catch up.")
@click.option("--rederive", is_flag=True, help="Decide everything again and compare byte for byte (triage's keys).")
@json_option
@pass_workplace
def verify(workplace: Workplace, heads: Path | None, wait: float, rederive: bool, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Check every book: signatures, chain, gaps, cause hashes, positions, times, invariants, kept heads.

    Exit 1 with the place of the first fault in each book. Void bytes (an old owner's fenced write, junk, forgeries)
    are listed and are no fault by themselves: no reader takes them for a record.
    """
    kept = _kept(workplace, heads)
    collect_rarely()
    with workplace.admin() as admin, workplace.consumer() as consumer:
        try:
            findings = Verifier(workplace.space, consumer, admin, rederive=rederive).verify(kept, wait)
        except BrokerSilent as error:
            stop(str(error), 3)
        except KeyMissing as error:
            stop(str(error))
    report(findings, workplace.space.name, as_json=as_json)
    if not ok(findings):
        raise SystemExit(1)


def report(findings: list[BookFindings], space: str, *, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        emit({"space": space, "ok": ok(findings), "books": [each.facts() for each in findings]})
        return
    header = ("book", "records", "inputs", "undecided", "cases", "open", "deadlines", "void", "heads", "faults")
    used = [each for each in findings if each.records or each.undecided or each.voids_listed or each.faults]
    click.echo(columns([header, *(_row(each) for each in used)]))
    if len(used) < len(findings):
        click.echo(f"({len(findings) - len(used)} books in which nothing stands yet)")
    _print_voids(findings)
    for each in findings:
        first = each.first_fault()
        if first is not None:
            more = f" (and {each.faults_count - 1} more)" if each.faults_count > 1 else ""
            click.echo(f"FAULT {first.line()}{more}")
    if rederived := sum(each.rederived for each in findings):
        but = "" if ok(findings) else ", but for what is named above"
        click.echo(f"{rederived} decisions made again: byte for byte the same{but}")
    records = sum(each.records for each in findings)
    if ok(findings):
        click.echo(
            f"space {space}: {records} records in {len(findings)} books hold; nothing lost, nothing decided twice."
        )
    else:
        click.echo(f"space {space}: FAULTS in {sum(bool(each.faults) for each in findings)} of {len(findings)} books.")


def _row(found: BookFindings) -> tuple[str, ...]:
    numbers = (
        found.book,
        found.records,
        sum(found.inputs.values()),
        found.undecided,
        found.cases_opened,
        found.cases_open,
        found.deadlines_pending,
        sum(found.voids.values()),
        found.heads_checked,
        found.faults_count,
    )
    return tuple(str(number) for number in numbers)


def _print_voids(findings: list[BookFindings]) -> None:
    stale = sum(each.voids[VoidKind.STALE] for each in findings)
    if stale:
        click.echo(f"{stale} void records of former owners (fenced by the chain; harmless)")
    listed = [void for each in findings for void in each.voids_listed if void.kind is not VoidKind.STALE]
    for void in listed[:VOIDS_PRINTED_MAX]:
        click.echo(f"void: book {void.book}, offset {void.offset}: {void.kind} ({void.reason})")
    if len(listed) > VOIDS_PRINTED_MAX:
        click.echo(f"void: {len(listed) - VOIDS_PRINTED_MAX} more")


def _kept(workplace: Workplace, path: Path | None) -> list[Checkpoint]:
    if path is None:
        return []
    try:
        return read_notes(path.read_text(encoding="utf-8"), workplace.space.name, workplace.space.genesis.operators)
    except NotACheckpoint as error:
        stop(f"{path}: {error}")
