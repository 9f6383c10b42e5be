"""Where each book's rows stand: the next offset, and the hash of the last record, in the transaction of the rows.

A writer moves a checkpoint only from where it last saw it: two that project into one database, or one that was emptied
meanwhile, are found out by a row that did not change, and nothing of the losing batch is written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from services.desk.database import insert_of
from services.desk.tables import CHECKPOINTS


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`next_offset` follows the last record whose rows stand; `seq` 0 and the genesis' hash before the first."""

    book: int
    next_offset: int
    seq: int
    sha256: str
    decided_at_ms: int
    halted: str | None = None


class CheckpointMoved(Exception):
    """Somebody else wrote this book's rows, or emptied them: read what stands there and go on from it."""

    def __init__(self, book: int) -> None:
        super().__init__(f"the checkpoint of book {book} is not where this process left it")
        self.book = book


def read(connection: Connection) -> dict[int, Checkpoint]:
    """Every book's checkpoint."""
    rows = connection.execute(select(CHECKPOINTS)).mappings()
    return {row["book"]: Checkpoint(**row) for row in rows}


def begin(connection: Connection, genesis_sha256: str, books: Iterable[int]) -> dict[int, Checkpoint]:
    """Every book's checkpoint, those that were missing at the book's beginning."""
    beginnings = [_row(Checkpoint(book, 0, 0, genesis_sha256, 0)) for book in books]
    connection.execute(insert_of(connection.dialect, CHECKPOINTS).on_conflict_do_nothing(), beginnings)
    return read(connection)


def move(connection: Connection, before: Mapping[int, Checkpoint], after: Iterable[Checkpoint]) -> None:
    """Move checkpoints on. Raises CheckpointMoved when one does not stand where it was; roll back then."""
    for moved in sorted(after, key=lambda each: each.book):
        known = before[moved.book]
        done = connection.execute(
            update(CHECKPOINTS)
            .where(
                CHECKPOINTS.c.book == known.book,
                CHECKPOINTS.c.seq == known.seq,
                CHECKPOINTS.c.sha256 == known.sha256,
                CHECKPOINTS.c.halted.is_(None),
            )
            .values(_row(moved))
        )
        if done.rowcount != 1:
            raise CheckpointMoved(moved.book)


def halt(connection: Connection, book: int, reason: str) -> None:
    """The book is not followed any more until somebody has looked and the rows are made anew."""
    connection.execute(update(CHECKPOINTS).where(CHECKPOINTS.c.book == book).values(halted=reason))


def forget(connection: Connection) -> None:
    """Every book begins anew."""
    connection.execute(delete(CHECKPOINTS))


def _row(checkpoint: Checkpoint) -> dict[str, object]:
    return {
        "book": checkpoint.book,
        "next_offset": checkpoint.next_offset,
        "seq": checkpoint.seq,
        "sha256": checkpoint.sha256,
        "decided_at_ms": checkpoint.decided_at_ms,
        "halted": checkpoint.halted,
    }
