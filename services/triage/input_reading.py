"""From the bytes of an input topic to an input that the core can decide. Bad bytes become an input too."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError, CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.signing import VerifyKey
from pydantic import TypeAdapter, ValidationError

from services.triage.book_log import RawInput
from services.triage.core.inputs import (
    CommandInput,
    CrossingInput,
    Input,
    OutcomeInput,
    ReportInput,
    UnreadableInput,
)
from shared.contracts.alerts import Outcome
from shared.contracts.commands import Command
from shared.contracts.crossings import Crossing
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.reports import MatchTokens, ReportFiled
from shared.contracts.topics import COMMANDS, CROSSINGS, REPORTS
from shared.contracts.vocabulary import Role
from shared.contracts.wire import partition_of, sha256_hex
from shared.runtime.clock import SpaceClock

OUTCOME_ADAPTER: TypeAdapter[Outcome] = TypeAdapter(Outcome)


@dataclass(frozen=True, slots=True)
class InputReader:
    """Reads the inputs of one book.

    `desks` and `operators` map key ids to Ed25519 public keys (hexadecimal); `token_key` opens match tokens,
    `record_key` hashes them a second time, so that what stands in the ledger is no filed token.
    Who reads history and takes those hashes from the ledger gives no `token_key`.
    """

    space: str
    book: int
    books: int
    clock: SpaceClock
    desks: Mapping[str, str]
    operators: Mapping[str, str]
    token_key: bytes | None
    record_key: bytes

    def read(self, raw: RawInput) -> Input:
        """The input that these bytes hold, or an UnreadableInput that says why they cannot be read. Never raises."""
        arrived_at_ms = self.clock.from_wall_ms(raw.appended_wall_ms)
        if raw.value is None:
            return self._unreadable(raw, b"", "EMPTY", arrived_at_ms)
        try:
            if raw.topic == REPORTS.name:
                return self._report(ReportFiled.model_validate_json(raw.value), arrived_at_ms)
            if raw.topic == COMMANDS.name:
                return self._command(Command.model_validate_json(raw.value), arrived_at_ms)
            if raw.topic == CROSSINGS.name:
                crossing = Crossing.model_validate_json(raw.value)
                self._check_address(crossing.space, crossing.county, None)
                return CrossingInput(crossing, arrived_at_ms)
            outcome = OUTCOME_ADAPTER.validate_json(raw.value)
            self._check_address(outcome.space, outcome.county, None)
            return OutcomeInput(outcome, arrived_at_ms)
        except ValidationError:
            return self._unreadable(raw, raw.value, "MALFORMED", arrived_at_ms)
        except _Misaddressed as error:
            return self._unreadable(raw, raw.value, error.code, arrived_at_ms)

    def _report(self, message: ReportFiled, arrived_at_ms: int) -> ReportInput:
        self._check_address(message.space, message.county, None)
        return ReportInput(message, arrived_at_ms, *self._tokens(message))

    def _command(self, command: Command, arrived_at_ms: int) -> CommandInput:
        self._check_address(command.space, command.county, command.book)
        keys = self.operators if command.actor.role is Role.OPERATOR else {**self.desks, **self.operators}
        return CommandInput(
            command, arrived_at_ms, _signed(command, keys.get(command.kid)), by_operator=command.kid in self.operators
        )

    def _check_address(self, space: str, county: str, book: int | None) -> None:
        if space != self.space:
            raise _Misaddressed("WRONG_SPACE")
        if (partition_of(county, self.books) if book is None else book) != self.book:
            raise _Misaddressed("WRONG_BOOK")

    def _tokens(self, message: ReportFiled) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Second keyed hashes of the match tokens by child: all, and those of ID numbers; none if they do not open."""
        if message.match_tokens is None or self.token_key is None:
            return (), ()
        try:
            opened = SealedBox(PrivateKey(self.token_key)).decrypt(
                base64.b64decode(message.match_tokens, validate=True)
            )
            tokens = MatchTokens.model_validate_json(opened)
        except (CryptoError, binascii.Error, ValidationError):
            return (), ()
        of_id = tuple(" ".join(map(self._recorded, child.by_id_number)) for child in tokens.children)
        of_name = tuple(" ".join(map(self._recorded, child.by_name)) for child in tokens.children)
        return tuple(f"{each} {name}".strip() for each, name in zip(of_id, of_name, strict=True)), of_id

    def _recorded(self, token: str) -> str:
        return hmac.new(self.record_key, token.encode(), hashlib.sha256).hexdigest()

    def _unreadable(self, raw: RawInput, value: bytes, error: str, arrived_at_ms: int) -> UnreadableInput:
        return UnreadableInput(
            topic=raw.topic,
            offset=raw.offset,
            sha256=sha256_hex(value),
            error=error,
            county=COUNTY_UNKNOWN,
            arrived_at_ms=arrived_at_ms,
        )


class _Misaddressed(Exception):
    """The message does not belong into this book."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _signed(command: Command, public_key: str | None) -> bool:
    """Whether the command's signature holds under this key."""
    if public_key is None or not command.sig:
        return False
    try:
        VerifyKey(bytes.fromhex(public_key)).verify(command.signing_bytes(), bytes.fromhex(command.sig))
    except (BadSignatureError, ValueError):
        return False
    return True
