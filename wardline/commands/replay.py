"""``wardline replay``: another policy over the whole history, touching nothing."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import click
import orjson

from services.triage.core.policy import Policy
from shared.narration import Line
from wardline.body_options import TimeOption, moment_ms
from wardline.policy_source import parsed_policy
from wardline.replaying.facts import case_facts, summary
from wardline.replaying.processes import Done, Failed, Plan, Progress, Rows, cores, replay_books
from wardline.replaying.totals import Totals
from wardline.replaying.walking import Window
from wardline.replaying.words import case_lines, total_lines
from wardline.verification.reading import bounds_of, case_log
from wardline.workplace import (
    EXIT_AWAY,
    Workplace,
    emit,
    json_option,
    language_option,
    pass_workplace,
    stop,
)

EXIT_INTERRUPTED = 130
SPOOLED_IN_MEMORY_BYTES_MAX = 4 * 1024 * 1024
"""Of each book; more goes to an unnamed file that is gone with the process."""


@click.command()
@click.option(
    "--policy",
    "directory",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The directory of the other policy.",
)
@click.option("--from", "from_time", type=TimeOption(), help="Reports that arrived at this time or later.")
@click.option("--to", "to_time", type=TimeOption(), help="Reports that arrived before this time.")
@language_option
@json_option
@pass_workplace
def replay(
    workplace: Workplace,
    directory: Path,
    from_time: str | None,
    to_time: str | None,
    language: str,
    as_json: bool,  # noqa: FBT001 - click gives flags by name
) -> None:
    """Decide every report of the space again under another policy, each against the state recorded before it.

    Prints the cases that come out otherwise, with the rule that makes the difference, then the totals. Writes nothing.
    A time without a zone is Asia/Shanghai; a date is its first moment. Exit 0 also when cases differ; 1 when a record
    cannot be derived again under its own policy, or the policy cannot be read.
    """
    space = workplace.space
    clock = space.clock()
    from_ms, to_ms = (None if text is None else moment_ms(text, clock) for text in (from_time, to_time))
    if from_ms is not None and to_ms is not None and from_ms >= to_ms:
        raise click.UsageError("--from must be before --to")
    try:
        policy, _ = parsed_policy(directory)
    except ValueError as error:
        stop(str(error))
    plan = Plan(space, workplace.connection, policy, Window(from_ms, to_ms), case_facts)
    try:
        printing = Printing(_records_by_book(workplace), language, as_json, told=sys.stderr.isatty())
        _run(plan, policy, printing)
    except KeyboardInterrupt:
        raise SystemExit(EXIT_INTERRUPTED) from None


def _records_by_book(workplace: Workplace) -> dict[int, int]:
    """How much stands in each book, the longest first."""
    space = workplace.space
    with workplace.consumer() as consumer:
        bounds = bounds_of(consumer, case_log(space.name), tuple(range(space.books)))
    return {book: each.end - each.start for book, each in sorted(bounds.items(), key=lambda entry: -entry[1].end)}


def _run(plan: Plan, policy: Policy, printing: "Printing") -> None:
    totals = Totals()
    started = time.monotonic()
    for message in replay_books(plan, list(printing.records)):
        match message:
            case Progress():
                printing.progress(message)
            case Rows():
                printing.keep(message)
            case Done():
                totals.add(message.totals)
                printing.done(message.book)
            case Failed(book=book, error=error, away=away):
                printing.clear()
                stop(f"book {book}: {error}", EXIT_AWAY if away else 1)
    facts = summary(totals, policy.policy_id, plan.window, time.monotonic() - started, cores())
    printing.totals(facts)
    if totals.numbers["not_derived"]:
        first = ", ".join(f"book {book} seq {seq}" for book, seq in totals.not_derived_at[:5])
        stop(f"{totals.numbers['not_derived']} records are not what deciding them again gives: {first}")


@dataclass(slots=True)
class Printing:
    """Prints each book's cases in the order of the books, whichever is ready first. `records`: by book."""

    records: dict[int, int]
    language: str
    as_json: bool
    told: bool
    _read: dict[int, int] = field(default_factory=dict)
    _kept: dict[int, IO[bytes]] = field(default_factory=dict)
    _done: set[int] = field(default_factory=set)
    _printed: int = 0

    def progress(self, message: Progress) -> None:
        """A line on the terminal that the next one replaces."""
        self._read[message.book] = message.records
        if self.told:
            read, whole = sum(self._read.values()), sum(self.records.values())
            print(f"\r{read}/{whole} …", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Wipe the line of progress."""
        if self.told:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def keep(self, message: Rows) -> None:
        """Cases that differ; the first book's that is not printed yet go out at once."""
        if message.book not in self._kept:
            self._kept[message.book] = SpooledTemporaryFile(SPOOLED_IN_MEMORY_BYTES_MAX)  # noqa: SIM115 - closed when it is printed
        self._kept[message.book].write(b"".join(line + b"\n" for line in message.lines))

    def done(self, book: int) -> None:
        """A book is read: print what can be printed in order."""
        self._done.add(book)
        self._read[book] = self.records[book]
        for ready in sorted(self.records)[self._printed :]:
            if ready not in self._done:
                return
            self._printed += 1
            for facts in self._of(ready):
                self._print(facts)

    def totals(self, facts: dict[str, Any]) -> None:
        """The last line, or the last lines."""
        self.clear()
        if self.as_json:
            emit({"summary": facts})
        else:
            self._say(total_lines(facts))

    def _of(self, book: int) -> Iterator[dict[str, Any]]:
        kept = self._kept.pop(book, None)
        if kept is None:
            return
        with kept:
            kept.seek(0)
            for line in kept:
                yield orjson.loads(line)

    def _print(self, facts: dict[str, Any]) -> None:
        self.clear()
        if self.as_json:
            emit(facts)
        else:
            self._say(case_lines(facts))

    def _say(self, lines: Iterator[Line]) -> None:
        for line in lines:
            said = (line.zh, line.en) if self.language == "both" else (line.zh if self.language == "zh" else line.en,)
            for text in dict.fromkeys(said):
                click.echo(text)
