"""``wardline audit``: an auditor's figures of a window, straight from the ledger, and the bundle that proves them."""

import re
from contextlib import closing
from pathlib import Path
from typing import Final

import click

from shared.auditing import words
from shared.auditing.audit import Audit
from shared.auditing.figures import published
from shared.auditing.observations import Window
from shared.auditing.samples import SAMPLE_MAX
from shared.auditing.sheets import csv_text, facts, lists, said, sheet_of
from shared.runtime.ledger_reader import LedgerReader
from shared.runtime.memory import collect_rarely
from shared.runtime.space import KeyMissing
from wardline.auditing import bundle as bundles
from wardline.auditing.bundle import Bundle, Drawing, NotABundle
from wardline.auditing.reading import Head, LedgerDiffers, fold_ledger
from wardline.body_options import TimeOption, moment_ms
from wardline.workplace import (
    EXIT_USAGE,
    Workplace,
    columns,
    emit,
    iso_shanghai,
    json_option,
    language_option,
    pass_workplace,
    stop,
)

AREA: Final = re.compile(r"[0-9]{0,12}")
LANGUAGES: Final = {"zh": (0,), "en": (1,), "both": (0, 1)}
FILE_PATH: Final = click.Path(dir_okay=False, path_type=Path)
READABLE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--from", "from_time", type=TimeOption(), help="The window's first moment (a date: its first).")
@click.option("--to", "to_time", type=TimeOption(), help="The moment after the window's last; not later than now.")
@click.option("--area", default="", help="Area code or the beginning of one; everywhere without it.")
@click.option("--csv", "csv_directory", type=click.Path(file_okay=False, path_type=Path), help="Write a file a table.")
@click.option("--bundle", "bundle_file", type=FILE_PATH, help="Write one signed file.")
@click.option("--seed", default="", help="Draw samples by this seed: given after the window, so that nobody knew it.")
@click.option("--sample", default=20, show_default=True, type=click.IntRange(1, SAMPLE_MAX), help="Cases of each kind.")
@click.option("--lists", "with_lists", is_flag=True, help="Also what names cases: breaches, doubts, samples.")
@click.option("--key", "key_file", type=READABLE, help="Sign with this key instead of the operator's.")
@language_option
@json_option
@click.pass_context
def audit(  # noqa: PLR0913 - click gives every option by name
    context: click.Context,
    *,
    from_time: str | None,
    to_time: str | None,
    area: str,
    csv_directory: Path | None,
    bundle_file: Path | None,
    seed: str,
    sample: int,
    with_lists: bool,
    key_file: Path | None,
    language: str,
    as_json: bool,
) -> None:
    """Figures of a window from the ledger's records alone: timeliness, escalations, answers, care, access.

    Counts under 5 are held back. A bundle holds figures, lists and the heads of the books; `wardline audit verify`
    computes it anew. A bundle and lists name cases (never a person): keep them as you keep a case.
    """
    if context.invoked_subcommand is not None:
        return
    workplace = context.ensure_object(Workplace)
    window = _window(workplace, from_time, to_time, area)
    drawing = Drawing(seed, sample if seed else 0)
    found, heads = _fold(workplace, window)
    if bundle_file is not None:
        secret = _secret(workplace, key_file)
        _write(bundle_file, bundles.make(workplace.space.name, found, heads, drawing, secret))
        click.echo(f"{bundle_file}: figures of {_span(window)}, {len(heads)} heads", err=True)
    if csv_directory is not None:
        sheets = [*map(sheet_of, published(found)), *(lists(found) if with_lists else ())]
        for sheet in sheets:
            _write(csv_directory / f"{sheet.code}.csv", csv_text(sheet).encode())
        click.echo(f"{len(sheets)} files in {csv_directory}", err=True)
    _print(found, heads, drawing, with_lists=with_lists, as_json=as_json, language=language)


@audit.command()
@click.argument("file", type=READABLE)
@click.option("--public-key", help="The signer's public key (hexadecimal), when it is no operator of this space.")
@json_option
@pass_workplace
def verify(workplace: Workplace, file: Path, public_key: str | None, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Compute a bundle anew from the ledger, up to the heads that it names, and compare every file.

    Exit 1 when the file was altered, when somebody else signed it, when the ledger does not pass through its heads, or
    when a figure comes out otherwise.
    """
    try:
        given = bundles.read(file.read_bytes())
    except NotABundle as error:
        stop(f"{file}: {error}")
    _check_signer(workplace, given, public_key)
    found, _ = _fold(workplace, given.window, {each.book: each for each in given.heads})
    again = bundles.files_of(found, given.drawing)
    differ = sorted(name for name in {*again, *given.files} if again.get(name) != given.files.get(name))
    if as_json:
        emit({"ok": not differ, "space": given.space, "signed_by": given.kid, "files": len(again), "differ": differ})
    else:
        for name in differ:
            click.echo(f"DIFFERS {name}")
        if not differ:
            click.echo(f"{file}: {len(again)} files of {_span(given.window)} come out the same; signed by {given.kid}")
    if differ:
        raise SystemExit(1)


def _window(workplace: Workplace, from_time: str | None, to_time: str | None, area: str) -> Window:
    if from_time is None or to_time is None:
        raise click.UsageError("--from and --to are needed")
    if not AREA.fullmatch(area):
        raise click.UsageError("--area takes the digits of an area code")
    clock = workplace.space.clock()
    from_ms, to_ms = moment_ms(from_time, clock), moment_ms(to_time, clock)
    if from_ms >= to_ms:
        raise click.UsageError("--from must be before --to")
    if to_ms > clock.now_ms():
        raise click.UsageError("--to must not be later than now: the figures of a window that is not over still change")
    return Window(from_ms, to_ms, area)


def _fold(workplace: Workplace, window: Window, until: dict[int, Head] | None = None) -> tuple[Audit, tuple[Head, ...]]:
    collect_rarely()
    with workplace.broker_errors(), closing(LedgerReader(workplace.connection, workplace.space)) as reader:
        try:
            return fold_ledger(reader.read_to_end(), window, until)
        except LedgerDiffers as error:
            stop(str(error))


def _check_signer(workplace: Workplace, given: Bundle, public_key: str | None) -> None:
    if given.space != workplace.space.name:
        stop(f"a bundle of the space '{given.space}', not of '{workplace.space.name}'")
    trusted = {*workplace.space.genesis.operators.values(), *([public_key.lower()] if public_key else [])}
    if given.public_key not in trusted:
        stop(f"signed by {given.kid}, who is no operator of this space; --public-key names another signer")


def _secret(workplace: Workplace, key_file: Path | None) -> bytes:
    """The signer's key: 32 bytes in hexadecimal, the operator's of this space when no file is named."""
    try:
        if key_file is None:
            return workplace.space.secret("operator")
        secret = bytes.fromhex(key_file.read_text(encoding="ascii").strip())
    except KeyMissing as error:
        stop(str(error))
    except (OSError, ValueError):
        stop(f"--key {key_file}: not a key of 32 bytes in hexadecimal", EXIT_USAGE)
    if len(secret) != 32:  # noqa: PLR2004 - Ed25519
        stop(f"--key {key_file}: not a key of 32 bytes in hexadecimal", EXIT_USAGE)
    return secret


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        stop(f"{path}: {error.strerror}", EXIT_USAGE)


def _span(window: Window) -> str:
    return (
        f"{iso_shanghai(window.from_ms)} to {iso_shanghai(window.to_ms)}{f', area {window.area}' * bool(window.area)}"
    )


def _print(
    found: Audit, heads: tuple[Head, ...], drawing: Drawing, *, with_lists: bool, as_json: bool, language: str
) -> None:
    """Figures, and lists when they are asked for."""
    tables = published(found)
    sheets = [*lists(found), *([bundles.samples_sheet(found, drawing)] if drawing.seed else [])] if with_lists else []
    if as_json:
        emit({"window": bundles.window_facts(found.window), "heads": [[h.book, h.seq, h.sha256] for h in heads]})
        for each in facts(tables):
            emit(each)
        for sheet in sheets:
            emit({"list": sheet.code, "columns": list(sheet.columns), "rows": [list(row) for row in sheet.rows]})
        return
    click.echo(f"{_span(found.window)}: {sum(each.seq for each in heads)} records in {len(heads)} books")
    for tongue in LANGUAGES[language]:
        click.echo(words.METHOD[tongue])
        for table in tables:
            click.echo(f"\n{words.title(table.code)[tongue]}")
            click.echo(columns([tuple(row) for row in said(table, tongue)]) if table.rows else "—")
    for sheet in sheets:
        click.echo(f"\n{sheet.code}\n{csv_text(sheet)}", nl=False)
