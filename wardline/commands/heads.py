"""``wardline heads``: signed heads of the books, for a second party to keep."""

from pathlib import Path

import click

from shared.runtime.ledger_reader import LedgerReader
from shared.runtime.space import KeyMissing
from wardline.verification.checkpoints import Checkpoint, signed_note
from wardline.workplace import EXIT_USAGE, Workplace, emit, json_option, pass_workplace, stop


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the notes to a file.")
@click.option("--append", is_flag=True, help="Add to the file: more heads locate a difference more closely.")
@json_option
@pass_workplace
def heads(workplace: Workplace, out: Path | None, append: bool, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Print every book's head as a signed note (C2SP checkpoint). Keep them where the operator cannot change them."""
    if out is not None and not out.parent.is_dir():
        stop(f"--out {out}: there is no directory {out.parent}", EXIT_USAGE)
    space = workplace.space
    reader = LedgerReader(workplace.connection, space)
    with workplace.broker_errors():
        try:
            for _ in reader.read_to_end():
                pass
        finally:
            reader.close()
    try:
        secret = space.secret("operator")
    except KeyMissing as error:
        stop(str(error))
    found = [
        Checkpoint(space.name, book, head.link.seq, head.link.sha256)
        for book, head in sorted(reader.heads.items())
        if head.started
    ]
    notes = "\n".join(signed_note(each, secret) for each in found)
    if out is not None:
        _write(out, notes, append=append)
        click.echo(f"{len(found)} heads in {out}", err=True)
    if as_json:
        for each in found:
            emit({"origin": each.origin, "book": each.book, "size": each.size, "sha256": each.sha256})
    elif out is None:
        click.echo(notes, nl=False)


def _write(out: Path, notes: str, *, append: bool) -> None:
    """Write the notes, behind those that are there when asked to. Stops with a line when the file cannot be written."""
    try:
        before = out.read_text(encoding="utf-8") + "\n" if append and out.exists() else ""
        out.write_text(before + notes, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        stop(f"--out {out}: {getattr(error, 'strerror', None) or 'is not a text file'}", EXIT_USAGE)
