"""``wardline policy``: make a policy active in every book, and run its own examples."""

from pathlib import Path

import click

from services.triage.core.policy import PolicyInvalid
from services.triage.core.policy.check import check_policy
from services.triage.core.policy.examples import parse_examples
from services.triage.policy_files import load_example_texts
from shared.contracts.commands import ActivatePolicy
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.wire import canonical, sha256_hex
from wardline.case_log import CaseLog
from wardline.commands.registry import OPERATOR
from wardline.policy_source import parsed_policy
from wardline.sending import Order, Publisher, Signer
from wardline.workplace import Workplace, emit, json_option, pass_workplace, stop

EXIT_NOT_KNOWN = 2


@click.group()
def policy() -> None:
    """The law as data: which policy decides."""


@policy.command()
@click.argument("directory", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
@pass_workplace
def check(workplace: Workplace, directory: Path | None, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Run the policy's own tests (its `examples`) on DIRECTORY, or on WARDLINE_POLICY. Exit 1 with every fault."""
    place = directory or workplace.settings.policy
    try:
        parsed, _ = parsed_policy(place)
        examples = parse_examples(load_example_texts(place))
        problems = check_policy(parsed, examples)
    except (PolicyInvalid, ValueError) as error:
        stop(str(error))
    for problem in problems:
        if as_json:
            emit({"file": problem.file, "row": problem.row, "reason": problem.reason})
        else:
            click.echo(f"{problem.file}: {problem.row}: {problem.reason}")
    if problems:
        raise SystemExit(1)
    click.echo(f"{parsed.policy_id}: {len(examples)} examples hold", err=as_json)


@policy.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--approved-by", required=True, help="The second person.")
@click.option("--wait", type=float, default=30.0, show_default=True, help="Seconds to wait for all books.")
@json_option
@pass_workplace
def activate(workplace: Workplace, directory: Path, approved_by: str, wait: float, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Make the policy in DIRECTORY active in every book, by one command with one copy for each.

    Exit 1 when a book refused, 2 when one has not decided in time (safe to repeat).
    """
    try:
        parsed, texts = parsed_policy(directory)
    except ValueError as error:
        stop(str(error))
    space = workplace.space
    body = ActivatePolicy(texts=texts, approved_by=approved_by)
    with workplace.broker_errors(), CaseLog(workplace.connection, space) as log:
        log.refresh()
        ids = {
            book: f"policy-{sha256_hex(canonical([texts, approved_by, log.policy_seqs.get(book, 0)]))[:32]}"
            for book in range(space.books)
            if log.policies.get(book, space.genesis.policy) != parsed.policy_id
        }
        orders = {book: Order(command_id, COUNTY_UNKNOWN, body, book) for book, command_id in ids.items()}
        signer = Signer(space)
        with Publisher(workplace.connection, space) as publisher:
            publisher.send_commands([(book, signer.command(order, OPERATOR)) for book, order in orders.items()])
        keys = [(order.command_id, book) for book, order in orders.items()]
        known = log.wait_for(lambda: log.decided(keys), wait)
        verdicts = [log.verdicts[key] for key in keys if key in log.verdicts]
    if as_json:
        for verdict in verdicts:
            emit({"book": verdict.book, "accepted": verdict.accepted, "reason": verdict.reason or None})
    refused = [verdict for verdict in verdicts if not verdict.accepted]
    done = len(verdicts) - len(refused)
    same = space.books - len(orders)
    click.echo(f"{parsed.policy_id}: active in {done} books, stood already in {same}", err=as_json)
    for verdict in refused:
        click.echo(f"  book {verdict.book} refused: {verdict.reason} {verdict.detail}", err=True)
    if not known:
        stop("not all books have decided: repeat the command", EXIT_NOT_KNOWN)
    if refused:
        raise SystemExit(1)
