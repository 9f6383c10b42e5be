"""``wardline explain``: the decision for filings without any broker."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from services.intake.core.refused import Refused
from services.triage.core.policy import Policy
from shared.explaining.said import Language, Said
from shared.runtime.clock import SpaceClock, wall_ms
from wardline.body_options import TimeOption, moment_ms
from wardline.case_log import CaseLog
from wardline.explaining import Explained, Explainer, RegistryRefused
from wardline.filings import FiledText, files_in, read_filings, what_is_wrong
from wardline.policy_source import directory_words, in_force, parsed_in_force, parsed_policy
from wardline.registry_file import RegistryInvalid, read_registry
from wardline.workplace import Workplace, emit, json_option, language_option, pass_workplace, stop

LANGUAGES: Final[dict[str, tuple[Language, ...]]] = {"zh": ("zh",), "en": ("en",), "both": ("zh", "en")}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE_OR_FOLDER = click.Path(exists=True, path_type=Path)

FIELDS_OF: Final = {"EMPTY_FILING": "children[].concerns, narrative"}
"""The fields that a refusal without a place in the text is about."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE_OR_FOLDER)
@click.option("--registry", "registry_file", type=FILE, help="Rota and places; without it nobody and nothing is named.")
@click.option("--at", type=TimeOption(), default="now", show_default=True, help="When it is filed.")
@click.option("--in-force", "ledger", is_flag=True, help="By the policy in force in the space's ledger.")
@click.option("--rules", is_flag=True, help="Show rule ids and the facts that each rule used.")
@language_option
@json_option
@pass_workplace
def explain(
    workplace: Workplace,
    files: tuple[Path, ...],
    registry_file: Path | None,
    at: str,
    ledger: bool,  # noqa: FBT001 - click gives flags by name
    rules: bool,  # noqa: FBT001 - click gives flags by name
    language: str,
    as_json: bool,  # noqa: FBT001 - click gives flags by name
) -> None:
    """Print what would be decided for each child of each filing, with the law. Nothing is filed and nobody is told.

    FILE is JSON, a JSON array, .jsonl, or a folder of such files. Each filing is decided alone. The policy is
    WARDLINE_POLICY's, or with --in-force the ledger's; standard error says which. A field that is not understood is
    named there, too, and counts as unknown, as it does when it is filed. Exit 1 when a filing would be refused.
    """
    at_ms = moment_ms(at, SpaceClock(wall=wall_ms))
    clock = SpaceClock(wall=lambda: at_ms)
    try:
        policy, texts, origin = _policy(workplace, ledger=ledger)
        registry = read_registry(registry_file, clock) if registry_file else None
        explainer = Explainer.with_registry(policy, texts, at_ms, registry)
    except (RegistryInvalid, RegistryRefused, ValueError) as error:
        stop(str(error))
    refused = told = False
    for filed in read_filings(files_in(files)):
        try:
            explained = explainer.explain(filed, rules=rules)
        except Refused as refusal:
            refused = True
            _refuse(filed, refusal, language)
            continue
        if not told:
            click.echo(f"policy {policy.policy_id}: {origin}", err=True)
            told = True
        for field, what in explained.notices:
            said = " / ".join(what.in_language(each) for each in LANGUAGES[language])
            click.echo(f"{filed.name}: {field}: {said}", err=True)
        for each in explained.children:
            if as_json:
                emit(each.facts)
            else:
                _print(filed.name, each, language, alone=len(explained.children) == 1)
    if refused:
        raise SystemExit(1)


def _policy(workplace: Workplace, *, ledger: bool) -> tuple[Policy, Mapping[str, str], str]:
    """The policy, its texts and where it comes from. Raises ValueError when it cannot be used."""
    if not ledger:
        place = workplace.settings.policy
        return *parsed_policy(place), directory_words(place)
    space = workplace.space
    with workplace.broker_errors(), CaseLog(workplace.connection, space) as log:
        log.refresh()
        standing = in_force(log, space.genesis, space.books)
    return *parsed_in_force(standing), f"in force in the ledger of space {space.name}"


def _print(name: str, explained: Explained, language: str, *, alone: bool) -> None:
    """One child's decision in one language, or first in Chinese and then in English."""
    number = explained.facts["child"] + 1
    title = Said(name, name) if alone else Said(f"{name}，第 {number} 个孩子", f"{name}, child {number}")
    for each in LANGUAGES[language]:
        click.echo(f"── {title.in_language(each)}")
        for line in explained.lines:
            click.echo(line.in_language(each))
        click.echo("")


def _refuse(filed: FiledText, refusal: Refused, language: str) -> None:
    """Say on standard error why intake would not take it, and where; what the text says is not repeated."""
    words = Said(refusal.zh, refusal.en)
    said = " / ".join(words.in_language(each) for each in LANGUAGES[language])
    where = what_is_wrong(filed.body) or FIELDS_OF.get(refusal.code)
    click.echo(f"{filed.name}: refused: {refusal.code}{f' ({where})' if where else ''}: {said}", err=True)
