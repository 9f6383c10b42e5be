"""``wardline books``: the state of the books, and the way on after an input went backwards."""

from collections.abc import Iterator
from dataclasses import dataclass

import click
from nacl.signing import SigningKey

from shared.contracts import chain
from shared.contracts.commands import key_id
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.topics import CASE_LOG, INPUT_TOPICS
from shared.runtime.ledger_reader import LedgerReader
from shared.runtime.space import KeyMissing
from wardline.sending import Publisher
from wardline.verification.inputs import InputLog
from wardline.verification.reading import input_logs
from wardline.workplace import Workplace, columns, emit, json_option, pass_workplace, shanghai, stop

ENGINE = "operator"


@dataclass(frozen=True, slots=True)
class Gap:
    """One input topic of a book that does not go on where the book stands.

    `next` is where the book goes on; inputs from `decided` up to `next` are skipped, those from `next` up to `decided`
    are decided again.
    """

    topic: str
    topic_id: str
    decided: int
    next: int
    start: int
    end: int
    why: str

    def line(self) -> str:
        """What an operator's order would do."""
        if self.next > self.decided:
            effect = (
                f"skips {self.next - self.decided} inputs (offsets {self.decided} to {self.next - 1}), which are gone"
            )
        elif self.next < self.decided:
            again = min(self.end, self.decided) - self.next
            effect = f"goes back from {self.decided} to {self.next}; {again} inputs that stand there now are decided"
        else:
            effect = f"goes on at {self.next}"
        return f"{self.topic}: {self.why}; {effect}"


def gaps_of(head: chain.Head, inputs: dict[str, InputLog]) -> Iterator[Gap]:
    """The inputs of a book that went backwards, and where each would go on."""
    for topic in INPUT_TOPICS:
        log, position = inputs.get(topic.name), head.positions.get(topic.name)
        if log is None:
            continue
        decided = position.next if position else 0
        if position is not None and position.topic_id != log.topic_id:
            yield Gap(topic.name, log.topic_id, decided, log.start, log.start, log.end, "another topic stands there")
        elif log.end < decided:
            yield Gap(topic.name, log.topic_id, decided, log.end, log.start, log.end, f"ends at {log.end}")
        elif log.start > decided:
            yield Gap(topic.name, log.topic_id, decided, log.start, log.start, log.end, f"begins at {log.start}")


@click.group()
def books() -> None:
    """The books: partitions of the case-log."""


@books.command("list")
@json_option
@pass_workplace
def list_books(workplace: Workplace, as_json: bool) -> None:  # noqa: FBT001 - flags by name
    """Every book: its head, how far its inputs are decided, and which of them went backwards."""
    heads, inputs = _look(workplace)
    rows = [("book", "seq", "head", "decided", "waiting", "deadlines", "void", "last", "halted by")]
    for book, head in sorted(heads.items()):
        gaps = list(gaps_of(head, inputs[book]))
        waiting = sum(
            max(0, log.end - (head.positions[name].next if name in head.positions else 0))
            for name, log in inputs[book].items()
        )
        decided = {name: position.next for name, position in sorted(head.positions.items())}
        if as_json:
            emit({"book": book, "seq": head.link.seq, "head": head.link.sha256, "decided": decided, "waiting": waiting,
                  "deadlines": len(head.pending), "void": head.void, "gaps": [gap.line() for gap in gaps]})  # fmt: skip
        rows.append(
            (
                str(book),
                str(head.link.seq),
                head.link.sha256[:12],
                str(sum(decided.values())),
                str(waiting),
                str(len(head.pending)),
                str(head.void),
                shanghai(head.decided_at_ms),
                ", ".join(gap.topic for gap in gaps),
            )
        )
    if not as_json:
        click.echo(columns(rows))


@books.command()
@click.argument("book", type=int)
@click.option("--yes", is_flag=True, help="Do it; without it only shows what would be skipped or read again.")
@click.option("--topic", type=click.Choice([topic.name for topic in INPUT_TOPICS]), help="Set this input's position.")
@click.option("--next", "next_offset", type=int, help="Where it goes on (with --topic; else where it stands).")
@click.option("--as", "account", default="operator", show_default=True, help="Who orders it; stands in the record.")
@json_option
@pass_workplace
def resume(
    workplace: Workplace,
    book: int,
    yes: bool,  # noqa: FBT001
    topic: str | None,
    next_offset: int | None,
    account: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Let BOOK go on after an input went backwards, by an epoch record signed with the operator's key.

    A book that halted for another reason (bytes changed, too many undecidable inputs) goes on when --topic restates
    the position of one input.

    Without --yes nothing is written. Exit 1 when somebody else wrote to the book meanwhile (look, and repeat).
    """
    heads, inputs = _look(workplace)
    if book not in heads:
        stop(f"the space has the books 0 to {workplace.space.books - 1}")
    head = heads[book]
    if not head.started:
        stop(f"nothing is written in book {book} yet")
    gaps = list(gaps_of(head, inputs[book])) if topic is None else [_ordered(head, inputs[book], topic, next_offset)]
    for gap in gaps:
        if as_json:
            emit({"book": book, "topic": gap.topic, "decided": gap.decided, "next": gap.next, "why": gap.why})
        else:
            click.echo(f"book {book}: {gap.line()}")
    if not gaps:
        click.echo(f"book {book}: no input went backwards; nothing to resume", err=as_json)
        return
    if not yes:
        click.echo("nothing written; --yes writes it, signed with the operator's key", err=as_json)
        return
    try:
        secret = workplace.space.secret("operator")
    except KeyMissing as error:
        stop(str(error))
    _write(workplace, head, gaps, secret, account)
    click.echo(f"book {book}: goes on, by {len(gaps)} epoch records from seq {head.link.seq + 1}", err=as_json)


def epoch_records(head: chain.Head, gaps: list[Gap], secret: bytes, now_ms: int, policy: str, who: str) -> list[bytes]:
    """The chained records that set the inputs' positions anew, one for each gap."""
    signing = SigningKey(secret)
    kid = key_id(bytes(signing.verify_key))
    records = []
    for gap in gaps:
        draft = chain.Draft(
            county=COUNTY_UNKNOWN,
            cause={"epoch": {"topic": gap.topic, "topic_id": gap.topic_id, "next": gap.next}},
            arrived_at_ms=now_ms,
            decided_at_ms=max(now_ms, head.decided_at_ms),
            policy=policy,
            engine=ENGINE,
            why=(f"operator {who}: {gap.line()}",),
        )
        head, raw = chain.build(head, draft, kid, lambda body: bytes(signing.sign(body).signature))
        records.append(raw)
    return records


def _ordered(head: chain.Head, inputs: dict[str, InputLog], topic: str, next_offset: int | None) -> Gap:
    """The position that the operator names, or the one that stands."""
    log = inputs[topic]
    decided = head.positions[topic].next if topic in head.positions else 0
    at = decided if next_offset is None else next_offset
    if not log.start <= at <= log.end:
        stop(f"{topic} holds the offsets {log.start} to {log.end}; {at} is not within")
    return Gap(topic, log.topic_id, decided, at, log.start, log.end, "ordered by the operator")


def _write(workplace: Workplace, head: chain.Head, gaps: list[Gap], secret: bytes, account: str) -> None:
    """Append the records; the broker's offsets must be the next ones of the book."""
    space = workplace.space
    policy = space.genesis.policy
    records = epoch_records(head, gaps, secret, space.clock().now_ms(), policy, account)
    with workplace.broker_errors(), Publisher(workplace.connection, space) as publisher:
        offsets = publisher.publish(
            CASE_LOG,
            [
                (head.book, COUNTY_UNKNOWN, "Record", f"{head.book}-{head.link.seq + 1 + index}", raw)
                for index, raw in enumerate(records)
            ],
        )
    if offsets != list(range(head.offset, head.offset + len(records))):
        stop(f"book {head.book}: somebody else wrote meanwhile (offsets {offsets}): look again and repeat")


def _look(workplace: Workplace) -> tuple[dict[int, chain.Head], dict[int, dict[str, InputLog]]]:
    """Every book's head, and its inputs' bounds."""
    reader = LedgerReader(workplace.connection, workplace.space)
    with workplace.admin() as admin, workplace.consumer() as consumer:
        try:
            for _ in reader.read_to_end():
                pass
        finally:
            reader.close()
        return reader.heads, input_logs(admin, consumer, workplace.space.name, reader.books)
