"""``wardline case``: a case's life from the case-log, in words, with the law."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import click
from pydantic import ValidationError

from shared.contracts import alerts
from shared.contracts.base import Message
from shared.contracts.events import read_event
from shared.contracts.ids import normal_receipt
from shared.narration import Line
from shared.narration.words import moment
from shared.runtime.ledger_reader import Read
from wardline.case_log import CaseLog
from wardline.narration.asking import Asking
from wardline.narration.chapters import chapter
from wardline.narration.lived import Ask, Lived, outcomes
from wardline.narration.story import Stories, summary
from wardline.workplace import Workplace, emit, iso_shanghai, json_option, language_option, pass_workplace, stop

OUTCOME: Final = alerts.OutcomeRecorded


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
            say_joined(log, named, found, language)
            say_summaries(log, reads, found, language)
        teller = CaseTeller(Asking(workplace.settings.policy), language, as_json=as_json)
        teller.tell(reads, found)
        while follow:
            teller.tell(log.follow(), found)


def say_joined(log: CaseLog, named: str, cases: set[str], language: str) -> None:
    """Say of a report that it joined the case of an earlier one."""
    for at in (log.cases[case] for case in sorted(cases & log.joined.get(named.upper(), set()))):
        if named.upper() not in {at.receipt.upper(), at.report_id.upper()}:
            say_line(
                Line(
                    f"这份报告（{named}）已并入较早一份报告的案件 {at.case}（回执 {at.receipt}）",
                    f"this report ({named}) joined case {at.case} of an earlier report (receipt {at.receipt})",
                ),
                language,
            )


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


@dataclass(slots=True)
class CaseTeller:
    """Prints what records say of cases, and remembers what was said."""

    ask: Ask
    language: str
    as_json: bool = False
    lived: dict[str, Lived] = field(default_factory=dict)
    waiting: list[tuple[Read, str, alerts.OutcomeRecorded]] = field(default_factory=list)

    def tell(self, reads: Sequence[Read], cases: set[str]) -> None:
        """Print records in their order; what became of several alerts one after another is told together."""
        for read in reads:
            of_cases = [event for event in read.valid.fields["events"] if event.get("case") in cases]
            if of_cases and self.as_json:
                _emit(read, of_cases)
            elif of_cases:
                self._tell(read, of_cases)
        self._flush()

    def _tell(self, read: Read, of_cases: list[dict[str, Any]]) -> None:
        told: dict[str, list[Message]] = {}
        unknown = []
        for raw in of_cases:
            try:
                told.setdefault(raw["case"], []).append(read_event(raw))
            except ValidationError:
                unknown.append(f"    ? {raw.get('type')}")
        settled = [
            (read, case, event) for case, record in told.items() for event in record if isinstance(event, OUTCOME)
        ]
        if not unknown and len(settled) == sum(len(record) for record in told.values()):
            if self.waiting and self.waiting[-1][0].book != read.book:
                self._flush()
            self.waiting += settled
            return
        self._flush()
        at_ms = read.valid.fields["decided_at_ms"]
        self._head(read, str(read.valid.fields["seq"]))
        for kind in unknown:
            click.echo(kind)
        for case, record in told.items():
            lived = self.lived.setdefault(case, Lived())
            for line in chapter(record, at_ms, lived, self.ask):
                say_line(line, self.language, "    ")
            lived.take(record)

    def _flush(self) -> None:
        if not self.waiting:
            return
        first, last = self.waiting[0][0], self.waiting[-1][0]
        seqs = dict.fromkeys(str(read.valid.fields["seq"]) for read in (first, last))
        self._head(first, "–".join(seqs))
        asked = {name: alert for lived in self.lived.values() for name, alert in lived.asked.items()}
        for line in outcomes([event for _, _, event in self.waiting], asked):
            say_line(line, self.language, "    ")
        self.waiting.clear()

    def _head(self, read: Read, seq: str) -> None:
        at = moment(read.valid.fields["decided_at_ms"])
        line = Line(f"{at.zh}（第 {read.book} 册第 {seq} 条）", f"{at.en} (book {read.book}, record {seq})")
        say_line(line, self.language)


def _emit(read: Read, of_cases: list[dict[str, Any]]) -> None:
    fields = read.valid.fields
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
