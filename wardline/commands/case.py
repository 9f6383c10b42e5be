"""``wardline case``: a case's life from the case-log, in words, with the law."""

import click
from pydantic import ValidationError

from shared.contracts.events import read_event
from shared.contracts.ids import normal_receipt
from shared.runtime.ledger_reader import Read
from wardline.case_log import CaseLog
from wardline.narration import tell
from wardline.workplace import Workplace, emit, iso_shanghai, json_option, pass_workplace, shanghai, stop

LANGUAGES = click.Choice(["zh", "en", "both"])


@click.command()
@click.argument("case", metavar="CASE|RECEIPT")
@click.option("--language", type=LANGUAGES, default="both", show_default=True)
@click.option("--follow", is_flag=True, help="Go on as the case lives, until Ctrl-C.")
@json_option
@pass_workplace
def case(workplace: Workplace, case: str, language: str, follow: bool, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Tell a case's life: what was decided, by which law, who was told, what comes next."""
    named = normal_receipt(case) or case
    with workplace.broker_errors(), CaseLog(workplace.connection, workplace.space) as log:
        reads = log.refresh()
        found = {at.case for at in log.find(named)}
        if not found:
            stop(f"no case '{case}' in this space")
        for read in reads:
            tell_record(read, found, language, as_json=as_json)
        pending = next_deadlines(log, found)
        if not as_json:
            for at_ms, deadline in pending[:1]:
                click.echo(f"next 下一时限: {shanghai(at_ms)} {deadline}")
        while follow:
            for read in log.follow():
                tell_record(read, found, language, as_json=as_json)


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
    click.echo(f"{shanghai(fields['decided_at_ms'])}  book {read.book}, seq {fields['seq']}")
    for raw in of_cases:
        try:
            lines = tell(read_event(raw))
        except ValidationError:
            click.echo(f"    ? {raw.get('type')}")
            continue
        for line in lines:
            if language in {"zh", "both"}:
                click.echo(f"    {line.zh}")
            if language in {"en", "both"}:
                click.echo(f"    {line.en}")
