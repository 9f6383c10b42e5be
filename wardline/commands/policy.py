"""``wardline policy``: run a policy's own examples, and make it active in every book by the word of two people."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from services.triage.core.policy import Policy, PolicyInvalid, parse_policy
from services.triage.core.policy.check import Problem, check_policy
from services.triage.core.policy.document import policy_document
from services.triage.core.policy.examples import SHANGHAI, Example, parse_examples
from services.triage.policy_files import load_example_texts, load_policy_texts
from shared.contracts.commands import ActivatePolicy, Actor, ApprovePolicy
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.vocabulary import Role
from shared.contracts.wire import canonical, sha256_hex
from shared.runtime.commanding import Order, Signer
from shared.runtime.space import SECOND_OPERATOR, KeyMissing
from wardline.case_log import CaseLog, Proposed
from wardline.policy_source import InForce, directory_words, in_force, parsed_policy
from wardline.sending import Publisher
from wardline.workplace import (
    EXIT_NOT_KNOWN,
    Workplace,
    emit,
    iso_shanghai,
    json_option,
    pass_workplace,
    shanghai,
    stop,
)

FIRST_OPERATOR = "operator"
STOOD_ALREADY = "STOOD_ALREADY"
PROPOSED = "PROPOSED"
ACTIVE = "ACTIVE"
REFUSED = "REFUSED"
NOT_KNOWN = "NOT_KNOWN"


@click.group()
def policy() -> None:
    """The law as data: which policy decides."""


@policy.command()
@click.argument("directory", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
@pass_workplace
def check(workplace: Workplace, directory: Path | None, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Run the policy's own tests (its `examples`) on DIRECTORY, or on WARDLINE_POLICY. Exit 1 with every fault.

    Without a DIRECTORY it says whose policy that is; what is in force in a space is told by `wardline policy show`.
    """
    place = directory or workplace.settings.policy
    if directory is None:
        click.echo(f"the policy {directory_words(place)}; in force in a space: `wardline policy show`", err=True)
    parsed, examples, problems = _checked(place)
    for problem in problems:
        if as_json:
            emit({"file": problem.file, "row": problem.row, "reason": problem.reason})
        else:
            click.echo(f"{problem.file}: {problem.row}: {problem.reason}")
    if problems:
        click.echo(f"{len(problems)} faults", err=True)
    if problems or parsed is None:
        raise SystemExit(1)
    click.echo(f"{parsed.policy_id}: {examples} examples hold", err=as_json)


def _checked(place: Path) -> tuple[Policy | None, int, list[Problem]]:
    """The policy of a directory, how many examples it has, and all that is wrong with it.

    None when it cannot be read: then the faults are those of its rows' and its examples' text.
    """
    texts, problems = load_policy_texts(place), []
    if not texts:
        stop(f"no policy files in {place}")
    parsed: Policy | None = None
    examples: tuple[Example, ...] = ()
    try:
        parsed = parse_policy(texts)
    except PolicyInvalid as invalid:
        problems += [Problem(fault.file, fault.row, fault.reason) for fault in invalid.faults]
    try:
        examples = parse_examples(load_example_texts(place))
    except PolicyInvalid as invalid:
        problems += [Problem(f"examples/{fault.file}", fault.row, fault.reason) for fault in invalid.faults]
    if parsed is not None and not problems:
        problems = list(check_policy(parsed, examples, datetime.now(SHANGHAI).date()))
    return parsed, len(examples), problems


@policy.command()
@click.argument("directory", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@pass_workplace
def document(workplace: Workplace, directory: Path | None) -> None:
    """Print the policy in DIRECTORY, or WARDLINE_POLICY's, as a document for people (Markdown, as docs/policy.md)."""
    place = directory or workplace.settings.policy
    try:
        parsed, _ = parsed_policy(place)
    except ValueError as error:
        stop(str(error))
    click.echo(policy_document(parsed), nl=False)


@policy.command()
@json_option
@pass_workplace
def show(workplace: Workplace, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Which policy is in force in each book, since when and by whom, and which proposals wait for a second person."""
    space = workplace.space
    with workplace.broker_errors(), CaseLog(workplace.connection, space) as log:
        log.refresh()
        standing = in_force(log, space.genesis, space.books)
        now_ms = space.clock().now_ms()
        open_proposals = {book: each for book, each in log.proposals.items() if each.expires_at_ms > now_ms}
    if as_json:
        for each in standing:
            emit(_shown(each, open_proposals.get(each.book)))
        return
    for line in grouped([(each.book, _standing(each)) for each in standing], space.books):
        click.echo(line)
    for line in grouped([(book, _proposal(each)) for book, each in sorted(open_proposals.items())], space.books):
        click.echo(line)


def _standing(each: InForce) -> str:
    if each.since_ms is None:
        return f"{each.policy} in force, the policy that the space began with"
    since = shanghai(each.since_ms)
    return f"{each.policy} in force since {since}, proposed by {each.by}, approved by {each.approved_by}"


def _proposal(each: Proposed) -> str:
    until = shanghai(each.expires_at_ms)
    return f"{each.policy} proposed by {each.by}, waits for {each.approver} until {until}"


def _shown(each: InForce, proposal: Proposed | None) -> dict[str, Any]:
    return {
        "book": each.book,
        "policy": each.policy,
        "since": None if each.since_ms is None else iso_shanghai(each.since_ms),
        "by": each.by,
        "approved_by": each.approved_by,
        "proposal": None
        if proposal is None
        else {
            "policy": proposal.policy,
            "by": proposal.by,
            "approver": proposal.approver,
            "expires_at": iso_shanghai(proposal.expires_at_ms),
        },
    }


def grouped(said: list[tuple[int, str]], books: int) -> list[str]:
    """One line for all books of which the same is said, the most books first."""
    by_line: dict[str, list[int]] = {}
    for book, line in said:
        by_line.setdefault(line, []).append(book)
    lines = []
    for line, those in sorted(by_line.items(), key=lambda entry: -len(entry[1])):
        if len(those) == 1:
            lines.append(f"book {those[0]}: {line}")
        else:
            which = "" if len(those) == books else f" ({', '.join(map(str, those))})"
            lines.append(f"{len(those)} books{which}: {line}")
    return lines


@dataclass(frozen=True, slots=True)
class Act:
    """Who gives a command, with which key, and how long to wait for all books."""

    account: str
    key: str
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """What one book did."""

    book: int
    did: str
    said: str
    seq: int | None = None


wait_option = click.option("--wait", type=float, default=30.0, show_default=True, help="Seconds to wait for all books.")


@policy.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--approver", "--approved-by", "approver", default=SECOND_OPERATOR, show_default=True,
              help="The second person, who will approve it.")  # fmt: skip
@click.option("--as", "account", default=FIRST_OPERATOR, show_default=True, help="The first person, who proposes it.")
@click.option("--key", default=FIRST_OPERATOR, show_default=True, help="A key of the space, or a file that holds one.")
@wait_option
@json_option
@pass_workplace
def activate(workplace: Workplace, directory: Path, approver: str, account: str, key: str, wait: float,
             as_json: bool) -> None:  # noqa: FBT001 - flags by name  # fmt: skip
    """Propose the policy in DIRECTORY to every book; it is in force once the second person approves it.

    A policy whose own examples fail is not proposed. Exit 1 when a book refused, 4 when one has not decided in time
    (safe to repeat).
    """
    parsed, _, problems = _checked(directory)
    if problems or parsed is None:
        stop(f"not proposed: `wardline policy check {directory}` finds {len(problems)} faults")
    _, texts = parsed_policy(directory)
    policy_id = parsed.policy_id
    act = Act(account, key, wait)
    with workplace.broker_errors(), CaseLog(workplace.connection, workplace.space) as log:
        log.refresh()
        now_ms = workplace.space.clock().now_ms()
        wanted = [book for book in range(workplace.space.books) if _active(workplace, log, book) != policy_id]
        waits = [
            book
            for book in wanted
            if (each := log.proposals.get(book)) is not None
            and (each.policy, each.by, each.approver) == (policy_id, account, approver)
            and each.expires_at_ms > now_ms
        ]
        body = ActivatePolicy(texts=texts, approved_by=approver)
        done = _give(workplace, log, act, body, [book for book in wanted if book not in waits])
        said = {book: f"waits for {each.approver} until {shanghai(each.expires_at_ms)}"
                for book, each in log.proposals.items()}  # fmt: skip
    done = [Done(each.book, PROPOSED, said[each.book], each.seq) if each.did == ACTIVE else each for each in done]
    done += [Done(book, STOOD_ALREADY, said[book]) for book in waits]
    done += [Done(book, STOOD_ALREADY, "in force") for book in range(workplace.space.books) if book not in wanted]
    _tell(policy_id, done, as_json=as_json)
    if wanted and not as_json:
        click.echo(f"now {approver}: wardline policy approve {policy_id} --as {approver}")


@policy.command()
@click.argument("policy_id")
@click.option("--as", "account", default=SECOND_OPERATOR, show_default=True, help="The second person.")
@click.option("--key", help="A key of the space (an operator's own by default, else the desk's), or a file with one.")
@wait_option
@json_option
@pass_workplace
def approve(workplace: Workplace, policy_id: str, account: str, key: str | None, wait: float, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Approve the proposed policy POLICY_ID as the second person: it is in force in every book from then on.

    Another account and another operator's key than the proposal's. Exit 1 when a book refused, 4 when one has not
    decided in time (safe to repeat).
    """
    with workplace.broker_errors(), CaseLog(workplace.connection, workplace.space) as log:
        log.refresh()
        books = range(workplace.space.books)
        wanted = [book for book in books if _active(workplace, log, book) != policy_id]
        act = Act(account, key or ("desk" if account in log.accounts else account), wait)
        done = _give(workplace, log, act, ApprovePolicy(policy=policy_id), wanted)
    done += [Done(book, STOOD_ALREADY, "in force") for book in books if book not in wanted]
    _tell(policy_id, done, as_json=as_json)


def _active(workplace: Workplace, log: CaseLog, book: int) -> str:
    return log.policies.get(book, workplace.space.genesis.policy)


def _give(
    workplace: Workplace, log: CaseLog, act: Act, body: ActivatePolicy | ApprovePolicy, books: list[int]
) -> list[Done]:
    """One copy of the command for each of these books, and what they decided.

    Its id is derived from what is asked, by whom, and of the last word on the book's policy: a repetition is the same
    command, the same after another policy is not.
    """
    signer = Signer(workplace.space, act.key, _secret(workplace, act.key))
    account = log.accounts.get(act.account)
    actor = Actor(
        account=act.account,
        role=account.role if account else Role.OPERATOR,
        area_prefix=account.area_prefix if account else "",
        department=account.department if account else None,
    )
    county = account.county if account else COUNTY_UNKNOWN
    asked: dict[int, Any] = {}
    for book in books:
        told = [body.model_dump(mode="json"), act.account, act.key, log.policy_seqs.get(book, 0)]
        asked[book] = Order(f"policy-{sha256_hex(canonical(told))[:32]}", county, body, book)
    keys = [(order.command_id, book) for book, order in asked.items()]
    fresh = [
        (book, signer.command(asked[book], actor))
        for command_id, book in keys
        if (command_id, book) not in log.verdicts
    ]
    if fresh:
        with Publisher(workplace.connection, workplace.space) as publisher:
            publisher.send_commands(fresh)
        log.wait_for(lambda: log.decided(keys), act.wait_seconds)
    done = []
    for key in keys:
        verdict = log.verdicts.get(key)
        if verdict is None:
            done.append(Done(key[1], NOT_KNOWN, "not decided yet: repeat the command"))
        elif verdict.accepted:
            done.append(Done(key[1], ACTIVE, "in force", verdict.seq))
        else:
            done.append(Done(key[1], REFUSED, f"{verdict.reason} {verdict.detail}".rstrip()))
    return done


def _secret(workplace: Workplace, key: str) -> bytes:
    """A key of the space by its name, or of a file. Stops when there is neither."""
    try:
        if Path(key).is_file():
            return bytes.fromhex(Path(key).read_text(encoding="ascii").strip())
        return workplace.space.secret(key)
    except (KeyMissing, ValueError):
        stop(f"no key '{key}' here: give --key a key of the space or a file with one")


def _tell(policy_id: str, done: list[Done], *, as_json: bool) -> None:
    """What each book did. Ends with exit code 1 for a refusal, 4 when something is not known."""
    done = sorted(done, key=lambda one: one.book)
    if as_json:
        for each in done:
            emit({"book": each.book, "policy": policy_id, "did": each.did, "said": each.said, "seq": each.seq})
    else:
        said = [(each.book, f"{each.did.lower().replace('_', ' ')}, {each.said}") for each in done]
        for line in grouped(said, len(done)):
            click.echo(line)
    count = {
        did: sum(each.did == did for each in done) for did in (PROPOSED, ACTIVE, STOOD_ALREADY, REFUSED, NOT_KNOWN)
    }
    words = ", ".join(f"{number} {did.lower().replace('_', ' ')}" for did, number in count.items() if number)
    click.echo(f"{policy_id}: {words}", err=as_json)
    if count[NOT_KNOWN]:
        raise SystemExit(EXIT_NOT_KNOWN)
    if count[REFUSED]:
        raise SystemExit(1)
