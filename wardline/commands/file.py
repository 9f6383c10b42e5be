"""``wardline file``: file reports through intake, and watch their cases live."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from shared.runtime.ledger_reader import Read
from wardline.case_log import CaseLog
from wardline.commands.case import CaseTeller
from wardline.filing import Answer, IntakeAway, file_report
from wardline.filings import FiledText, read_filings
from wardline.narration.asking import Asking
from wardline.workplace import (
    EXIT_AWAY,
    EXIT_REFUSED,
    Workplace,
    emit,
    json_option,
    language_option,
    pass_workplace,
    stop,
)


@click.command("file")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--api-key", envvar="WARDLINE_API_KEY", help="The institution's key; without one it is a public report.")
@click.option("--follow", is_flag=True, help="Print the cases as they live.")
@click.option("--for", "follow_seconds", type=float, help="With --follow: stop after so many seconds.")
@click.option("--receipt-only", is_flag=True, help="Print nothing but the receipts, for scripts.")
@language_option
@json_option
@pass_workplace
def file(
    workplace: Workplace,
    files: tuple[Path, ...],
    api_key: str | None,
    follow: bool,  # noqa: FBT001
    follow_seconds: float | None,
    receipt_only: bool,  # noqa: FBT001
    language: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """File the reports in FILE… (JSON, a JSON array, or .jsonl). The key of each is derived from its content.

    Filing a file again is the same filing; with the API key of another filer it is another report.

    Exit 1 when intake refused one, 3 when it does not answer.
    """
    refused = False
    report_ids = set()
    for filed in read_filings(files):
        try:
            answer = file_report(workplace.settings.intake, filed, api_key=api_key)
        except IntakeAway as error:
            stop(f"{filed.name}: {error}", EXIT_AWAY)
        if receipt_only and answer.accepted:
            click.echo(answer.receipt)
        else:
            _print(filed, answer, language, as_json=as_json)
        refused = refused or not answer.accepted
        if answer.accepted:
            report_ids.add(answer.report_id)
    if follow and report_ids:
        follow_cases(workplace, report_ids, language, follow_seconds, as_json=as_json)
    if refused:
        raise SystemExit(EXIT_REFUSED)


def follow_cases(
    workplace: Workplace, report_ids: set[str], language: str, seconds: float | None, *, as_json: bool
) -> None:
    """Print the lives of these reports' cases, also of those that another one had opened, until the time is over."""
    with workplace.broker_errors(), CaseLog(workplace.connection, workplace.space) as log:
        teller = CaseTeller(Asking(workplace.settings.policy), language, as_json=as_json)

        def told(reads: list[Read]) -> None:
            cases = {at.case for report_id in report_ids for at in log.find(report_id)}
            teller.tell(reads, cases)

        told(log.refresh())
        log.wait_for(lambda: False, float("inf") if seconds is None else seconds, told)


def _print(filed: FiledText, answer: Answer, language: str, *, as_json: bool) -> None:
    if as_json:
        emit({"file": filed.name, "status": answer.status, **answer.content})
        return
    if not answer.accepted:
        code, why = answer.content.get("code", ""), _said(answer.content, language)
        click.echo(f"{filed.name}: refused 未予受理 {answer.status} {code}{f': {why}' if why else ''}", err=True)
        return
    durability = answer.content.get("durability")
    click.echo(f"{filed.name}: receipt 回执 {answer.receipt} ({durability})")
    for warning in answer.content.get("warnings", []):
        click.echo(f"    {warning.get('field')}: {_said(warning, language)}")
    for instruction in answer.content.get("instructions", []):
        click.echo(f"    {_said(instruction, language)}")


def _said(words: Mapping[str, Any], language: str) -> str:
    return " ".join(str(words.get(each, "")) for each in ("zh", "en") if language in {each, "both"})
