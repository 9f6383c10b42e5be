"""The fold of a window, straight from the case-log: valid records alone, by the chain's own rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.auditing.audit import Audit
from shared.auditing.observations import Window
from shared.runtime.ledger_reader import Read


@dataclass(frozen=True, slots=True)
class Head:
    """The last record of a book that the window's figures rest on."""

    book: int
    seq: int
    sha256: str


class LedgerDiffers(Exception):
    """The ledger does not pass through a head that a bundle names."""


def fold_ledger(
    reads: Iterable[Read], window: Window, until: Mapping[int, Head] | None = None
) -> tuple[Audit, tuple[Head, ...]]:
    """Fold every record decided before the window's end, or up to the heads of `until`; the audit and its heads.

    Raises LedgerDiffers, and what the broker raises.
    """
    audit = Audit(window)
    heads: dict[int, Head] = {}
    for read in reads:
        if read.valid.fields["decided_at_ms"] >= window.to_ms or not _is_wanted(read, until):
            continue
        audit.take_record(dict(read.valid.fields))
        heads[read.book] = Head(read.book, read.valid.fields["seq"], read.valid.sha256)
    found = tuple(heads[book] for book in sorted(heads))
    if until is not None and {each.book: each for each in found} != dict(until):
        raise LedgerDiffers("the ledger does not pass through the heads that the bundle names")
    return audit, found


def _is_wanted(read: Read, until: Mapping[int, Head] | None) -> bool:
    if until is None:
        return True
    head = until.get(read.book)
    return head is not None and read.valid.fields["seq"] <= head.seq
