"""What one county tells another: the messages of `crossings`, and the commands and events of a transfer.

Codes alone cross, as they stand in the ledger; sealed parts are named by their `sealed_id`. A message is made from one
event of a valid record and has that place as its id (book, seq, index), so that anybody can hold it against the ledger.
"""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.assessment import Override, Source
from shared.contracts.base import CountyCode, Identifier, Message, ReasonCode, Sha256, UnixMilliseconds
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import ClockType, Disqualifier, Holder, KinCheck, Level, Organ, Relation, Wishes

CLOCKS_HANDED_MAX = 80
KIN_HANDED_MAX = 30
SEALED_HANDED_MAX = 20
TOKENS_HANDED_MAX = 64
TOKENS_FILED_MAX = 100


class ClockHanded(Message):
    """A clock that goes over as it runs: never begun anew, never later. `tell_at_ms`: when it is told next.

    `met`: it was met before, and is not begun again over there.
    """

    clock: Identifier
    clock_type: ClockType
    start_at_ms: UnixMilliseconds
    due_at_ms: UnixMilliseconds
    source: Source
    tell_at_ms: UnixMilliseconds | None = None
    met: bool = False


class KinHanded(Message):
    """A relative who could take the child, as the sending county has recorded."""

    candidate_id: Identifier
    relation: Relation
    willing: bool | None = None
    checked: bool | None = None
    disqualified: bool | None = None
    household_of_alleged: bool | None = None
    disqualifiers: Annotated[tuple[Disqualifier, ...], Field(max_length=4)] = ()
    checks: Annotated[tuple[KinCheck, ...], Field(max_length=5)] = ()
    adult: bool | None = None
    consent_by: Organ | None = None


class CaseHanded(Message):
    """What goes over of a case. `case` is its number in the sending county, by which its history there is read.

    `custody_recorded`: by an officer's record, not by a report alone. `sealed_ids`: the first is the opening filing's.
    """

    case: Identifier
    report_id: Identifier
    receipt: Identifier
    child: Annotated[int, Field(ge=0, le=100)]
    facts: ReportFacts
    arrived_at_ms: UnixMilliseconds
    level: Level
    override: Override | None = None
    holder: Holder = Holder.UNKNOWN
    since_ms: UnixMilliseconds | None = None
    custody_recorded: bool = False
    seen_at_ms: UnixMilliseconds | None = None
    wishes: Wishes = Wishes.UNKNOWN
    clocks: Annotated[tuple[ClockHanded, ...], Field(max_length=CLOCKS_HANDED_MAX)] = ()
    kin: Annotated[tuple[KinHanded, ...], Field(max_length=KIN_HANDED_MAX)] = ()
    sealed_ids: Annotated[tuple[Sha256, ...], Field(max_length=SEALED_HANDED_MAX)] = ()
    tokens: Annotated[tuple[Sha256, ...], Field(max_length=TOKENS_HANDED_MAX)] = ()
    id_tokens: Annotated[tuple[Sha256, ...], Field(max_length=TOKENS_HANDED_MAX)] = ()


# -- what crosses ------------------------------------------------------------------------------------------------------


class OfferMade(Message):
    """A county offers a case; it stays responsible until it has recorded an acceptance."""

    type: Literal["OfferMade"] = "OfferMade"
    offer: Identifier
    reason: ReasonCode
    by: Identifier
    handed: CaseHanded


class OfferWithdrawn(Message):
    """The offer stands no more. `sender_open`: the sending county's case is open, and that county has the child."""

    type: Literal["OfferWithdrawn"] = "OfferWithdrawn"
    offer: Identifier
    reason: ReasonCode
    sender_open: bool


class OfferAnswered(Message):
    """The receiving county's word: accepted in writing (`reference`) as `case`, or refused with a reason."""

    type: Literal["OfferAnswered"] = "OfferAnswered"
    offer: Identifier
    accepted: bool
    by: Identifier
    at_ms: UnixMilliseconds
    case: Identifier
    reference: Identifier | None = None
    reason: ReasonCode | None = None


class CaseHandedOver(Message):
    """The sending county has recorded the acceptance and closed its case; what it then knew."""

    type: Literal["CaseHandedOver"] = "CaseHandedOver"
    offer: Identifier
    at_ms: UnixMilliseconds
    handed: CaseHanded


class TokenOfCase(Message):
    """A second keyed hash of a match token, and the case that has it."""

    token: Sha256
    case: Identifier


class ChildrenFiled(Message):
    """To an index: these tokens are of cases of the sending county."""

    type: Literal["ChildrenFiled"] = "ChildrenFiled"
    entries: Annotated[tuple[TokenOfCase, ...], Field(min_length=1, max_length=TOKENS_FILED_MAX)]


class ChildMet(Message):
    """From an index: `case` of the county that reads it and `other_case` have a token in common."""

    type: Literal["ChildMet"] = "ChildMet"
    case: Identifier
    other_county: CountyCode
    other_case: Identifier


class Receipt(Message):
    """A message was decided over there (`crossing` is the sender's own name of it): it need not be repeated."""

    type: Literal["Receipt"] = "Receipt"
    crossing: Identifier


SentBody = Annotated[
    OfferMade | OfferWithdrawn | OfferAnswered | CaseHandedOver | ChildrenFiled | ChildMet, Field(discriminator="type")
]
"""What is repeated until it is receipted."""
CrossingBody = Annotated[
    OfferMade | OfferWithdrawn | OfferAnswered | CaseHandedOver | ChildrenFiled | ChildMet | Receipt,
    Field(discriminator="type"),
]


class Crossing(Message):
    """One message from county to county. `county` is the destination; `book`, `seq`, `index` the event it comes of.

    `crossing`: the sender's own name of it, which a receipt says back. A repetition is the same bytes.
    """

    type: Literal["Crossing"] = "Crossing"
    space: Identifier
    county: CountyCode
    from_county: CountyCode
    book: Annotated[int, Field(ge=0)]
    seq: Annotated[int, Field(ge=1)]
    index: Annotated[int, Field(ge=0)]
    crossing: Identifier
    decided_at_ms: UnixMilliseconds
    body: CrossingBody

    @property
    def crossing_id(self) -> str:
        """The message's id: the place of its event in the ledger."""
        return f"{self.book}-{self.seq}-{self.index}"


# -- commands ----------------------------------------------------------------------------------------------------------


class OfferTransfer(Message):
    """Offer the case to the county where the child now is. This county stays responsible until it has accepted."""

    type: Literal["OfferTransfer"] = "OfferTransfer"
    case: Identifier
    to_county: CountyCode
    reason: ReasonCode
    sealed_id: Sha256 | None = None


class WithdrawTransfer(Message):
    """Take an offer back that is not accepted yet, with a reason."""

    type: Literal["WithdrawTransfer"] = "WithdrawTransfer"
    case: Identifier
    reason: ReasonCode


class AcceptTransfer(Message):
    """A named officer accepts a case that another county offers, in writing: the number of the document."""

    type: Literal["AcceptTransfer"] = "AcceptTransfer"
    case: Identifier
    reference: Identifier
    sealed_id: Sha256 | None = None


class RefuseTransfer(Message):
    """A named officer refuses a case that another county offers, with a reason; that county keeps it."""

    type: Literal["RefuseTransfer"] = "RefuseTransfer"
    case: Identifier
    reason: ReasonCode
    sealed_id: Sha256 | None = None


# -- events ------------------------------------------------------------------------------------------------------------


class CrossingSent(Message):
    """A message to another county, repeated at `due_at_ms` and on until its receipt comes."""

    type: Literal["CrossingSent"] = "CrossingSent"
    crossing: Identifier
    county: CountyCode
    to_county: CountyCode
    body: SentBody
    deadline: Identifier
    due_at_ms: UnixMilliseconds


class CrossingRepeated(Message):
    """No receipt has come: the same message is sent once more. `tries` counts the repetitions."""

    type: Literal["CrossingRepeated"] = "CrossingRepeated"
    crossing: Identifier
    county: CountyCode
    tries: Annotated[int, Field(ge=1)]
    deadline: Identifier
    due_at_ms: UnixMilliseconds


class CrossingReceived(Message):
    """Another county's message was decided; it is receipted. `again`: it had been before, and had no effect now."""

    type: Literal["CrossingReceived"] = "CrossingReceived"
    crossing_id: Identifier
    crossing: Identifier
    county: CountyCode
    from_county: CountyCode
    body: Identifier
    again: bool = False


class CrossingSettled(Message):
    """The other county has decided the message: it is not repeated any more."""

    type: Literal["CrossingSettled"] = "CrossingSettled"
    crossing: Identifier
    county: CountyCode


class TransferOffered(Message):
    """The case was offered to another county. Nothing else changes: clocks and ladders run, this county is bound."""

    type: Literal["TransferOffered"] = "TransferOffered"
    case: Identifier
    offer: Identifier
    to_county: CountyCode
    reason: ReasonCode
    by: Identifier
    at_ms: UnixMilliseconds
    sealed_id: Sha256 | None = None


class TransferReceived(Message):
    """Another county offers this case. It is that county's until it is accepted here; somebody here must answer."""

    type: Literal["TransferReceived"] = "TransferReceived"
    case: Identifier
    offer: Identifier
    from_county: CountyCode
    reason: ReasonCode
    by: Identifier
    at_ms: UnixMilliseconds
    handed: CaseHanded


class TransferAccepted(Message):
    """Accepted here, in writing: from now on this county is responsible for the child, too."""

    type: Literal["TransferAccepted"] = "TransferAccepted"
    case: Identifier
    offer: Identifier
    from_county: CountyCode
    by: Identifier
    reference: Identifier
    at_ms: UnixMilliseconds
    linked: tuple[Identifier, ...] = ()
    sealed_id: Sha256 | None = None


class TransferRefused(Message):
    """Refused here; the offering county keeps the case."""

    type: Literal["TransferRefused"] = "TransferRefused"
    case: Identifier
    offer: Identifier
    from_county: CountyCode
    by: Identifier
    reason: ReasonCode
    at_ms: UnixMilliseconds
    sealed_id: Sha256 | None = None


class TransferAnswered(Message):
    """The other county's answer has come. `effect`: false where the offer stood no more: then nothing follows."""

    type: Literal["TransferAnswered"] = "TransferAnswered"
    case: Identifier
    offer: Identifier
    to_county: CountyCode
    accepted: bool
    by: Identifier
    at_ms: UnixMilliseconds
    other_case: Identifier
    reference: Identifier | None = None
    reason: ReasonCode | None = None
    effect: bool = True


class TransferWithdrawn(Message):
    """An offer stands no more: `from_county` has taken it back or closed its case (`sender_open`)."""

    type: Literal["TransferWithdrawn"] = "TransferWithdrawn"
    case: Identifier
    offer: Identifier
    from_county: CountyCode
    reason: ReasonCode
    sender_open: bool
    at_ms: UnixMilliseconds


class TransferSettled(Message):
    """The other county has closed its case: this one alone is responsible now."""

    type: Literal["TransferSettled"] = "TransferSettled"
    case: Identifier
    offer: Identifier
    from_county: CountyCode
    at_ms: UnixMilliseconds


class MatchAsked(Message):
    """A case has these tokens; they are sent to indexes at the county's next `deadline`."""

    type: Literal["MatchAsked"] = "MatchAsked"
    case: Identifier
    county: CountyCode
    tokens: Annotated[tuple[Sha256, ...], Field(max_length=TOKENS_HANDED_MAX)]
    deadline: Identifier | None = None
    due_at_ms: UnixMilliseconds | None = None


class MatchSent(Message):
    """The first `count` of the tokens that waited were sent; what still waits is sent at `deadline`."""

    type: Literal["MatchSent"] = "MatchSent"
    county: CountyCode
    count: Annotated[int, Field(ge=0)]
    deadline: Identifier | None = None
    due_at_ms: UnixMilliseconds | None = None


class TokensIndexed(Message):
    """An index (`county`) knows these tokens of a county's cases for 90 days."""

    type: Literal["TokensIndexed"] = "TokensIndexed"
    county: CountyCode
    from_county: CountyCode
    entries: Annotated[tuple[TokenOfCase, ...], Field(max_length=TOKENS_FILED_MAX)]


class ChildMetElsewhere(Message):
    """Another county has a case of the same child, by a match token. Nothing is joined: officers link and act."""

    type: Literal["ChildMetElsewhere"] = "ChildMetElsewhere"
    case: Identifier
    other_county: CountyCode
    other_case: Identifier
    at_ms: UnixMilliseconds
