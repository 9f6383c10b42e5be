"""Building and signing commands to triage, for the desk and for the command line, and the book that each goes to."""

from dataclasses import dataclass

from nacl.signing import SigningKey

from shared.contracts.commands import Actor, Command, CommandBody, key_id
from shared.contracts.topics import COMMANDS
from shared.contracts.wire import encode, headers, partition_of
from shared.runtime.clock import iso_utc, wall_ms
from shared.runtime.producer import OutgoingRecord
from shared.runtime.space import Space


@dataclass(frozen=True, slots=True)
class Order:
    """A command that is to be given: its id, county, book (None: the county's) and body."""

    command_id: str
    county: str
    body: CommandBody
    book: int | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs commands with a key of the space (`operator`, `operator-2` or `desk`), or with one that was read elsewhere.

    `secret`: 32 bytes of that key.
    """

    space: Space
    key: str = "operator"
    secret: bytes | None = None

    def command(self, order: Order, actor: Actor) -> Command:
        """The signed command. Raises KeyMissing."""
        signing = SigningKey(self.secret or self.space.secret(self.key))
        unsigned = Command(
            command_id=order.command_id,
            space=self.space.name,
            county=order.county,
            book=order.book,
            actor=actor,
            issued_at_ms=self.space.clock().now_ms(),
            body=order.body,
            kid=key_id(bytes(signing.verify_key)),
        )
        signature = signing.sign(unsigned.signing_bytes()).signature.hex()
        return unsigned.model_copy(update={"sig": signature})

    def book_of(self, order: Order) -> int:
        """The book that the command goes to."""
        return partition_of(order.county, self.space.books) if order.book is None else order.book


def record_of(space: Space, book: int, command: Command, service: str) -> OutgoingRecord:
    """The command as a record of its topic; `service` says in the headers who sent it."""
    return OutgoingRecord(
        topic=COMMANDS.full_name(space.name),
        partition=book,
        key=command.county.encode(),
        value=encode(command),
        headers=tuple(
            headers(
                service=service,
                message_type="Command",
                message_id=command.command_id,
                at_iso=iso_utc(wall_ms()),
                space=space.name,
            )
        ),
    )
