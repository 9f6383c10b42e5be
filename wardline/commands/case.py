"""``wardline case``: a case's life from the case-log, in words, with the law."""

import click
from pydantic import ValidationError

from shared.contracts.base import Message
from shared.contracts.events import read_event
from shared.contracts.ids import normal_receipt
from shared.narration import Line
from shared.narration.words import moment
from shared.runtime.ledger_reader import Read
from wardline.case_log import CaseLog
from wardline.narration.chapters import chapter
from wardline.narration.story import Stories, summary
from wardline.workplace import Workplace, emit, iso_shanghai, json_option, language_option, pass_workplace, stop


@click.command()
@click.argument("case", metavar="CASE|RECEIPT")
@language_option
@click.option("--follow", is_flag=True, help="Go on as the case lives, until Ctrl-C.")
@json_option
@pass_workplace
def case(workplace: Workplace, case: str, language: str, follow: bool, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Tell how a case stands, then its life: what was decided, by which law, who was told, what comes next."""
    named = normal_receipt(case) or case
    with workplace.broker_errors(), CaseLog(workplace.connection, workplace.space) as log:
        reads = log.refresh()
        found = {at.case for at in log.find(named)}
        if not found:
            stop(f"no case '{case}' in this space")
        if not as_json:
            say_summaries(log, reads, found, language)
        for read in reads:
            tell_record(read, found, language, as_json=as_json)
        while follow:
            for read in log.follow():
                tell_record(read, found, language, as_json=as_json)


def say_summaries(log: CaseLog, reads: list[Read], cases: set[str], language: str) -> None:
    """Print how each of the cases stands."""
    stories = Stories()
    stories.take(reads)
    for case in sorted(cases):
        pending = next_deadlines(log, {case})
        for line in summary(stories.by_case[case], pending[0] if pending else None):
            say_line(line, language)
        click.echo("")


def say_line(line: Line, language: str, indent: str = "") -> None:
    """Print a line in the language, or in both."""
    if language in {"zh", "both"}:
        click.echo(f"{indent}{line.zh}")
    if language in {"en", "both"}:
        click.echo(f"{indent}{line.en}")


def next_deadlines(log: CaseLog, cases: set[str]) -> list[tuple[int, str]]:
    """The pending deadlines of cases by due time, from the chain's own heads."""
    books = {log.cases[case].book for case in cases}
    return sorted(
        (due_at_ms, deadline)
        for book in books
        for deadline, due_at_ms in log.reader.heads[book].pending.items()
        if deadline.split("~")[0] in cases
    )


def tell_record(read: Read, cases: set[str], language: str, *, as_json: bool) -> None:
    """Print what a record says of these cases."""
    fields = read.valid.fields
    of_cases = [event for event in fields["events"] if event.get("case") in cases]
    if not of_cases:
        return
    if as_json:
        emit(
            {
                "book": read.book,
                "seq": fields["seq"],
                "decided_at": iso_shanghai(fields["decided_at_ms"]),
                "policy": fields["policy"],
                "cause": fields["cause"],
                "events": of_cases,
                "why": fields["why"],
            }
        )
        return
    at, seq = moment(fields["decided_at_ms"]), fields["seq"]
    say_line(Line(f"{at.zh}（第 {read.book} 册第 {seq} 条）", f"{at.en} (book {read.book}, record {seq})"), language)
    told: dict[str, list[Message]] = {}
    for raw in of_cases:
        try:
            told.setdefault(raw["case"], []).append(read_event(raw))
        except ValidationError:
            click.echo(f"    ? {raw.get('type')}")
    for record in told.values():
        for line in chapter(record, fields["decided_at_ms"]):
            say_line(line, language, "    ")
