"""Messages between counties against the ledger: whoever says something in a county's name has it recorded there.

Pure. Each message names the place of its event (book, seq, index); made again from that event it is the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from immutables import Map

from services.triage.crossing_out import Place, Waiting, outgoing, waiting_after
from shared.contracts import chain
from shared.contracts.crossings import CrossingReceived, CrossingSent, CrossingSettled
from shared.contracts.topics import CROSSINGS
from shared.contracts.wire import encode, sha256_hex
from wardline.verification.findings import BookFindings, Fault, FaultCode
from wardline.verification.inputs import InputLogs

SAYING = (CrossingSent, CrossingReceived, CrossingSettled)


@dataclass(slots=True)
class Said:
    """What one book's valid records say to others: the hash of each message by its id."""

    hashes: dict[str, str] = field(default_factory=dict)
    _waiting: Waiting = field(default_factory=Map)

    def read(self, valid: chain.Valid, events: Sequence[Any]) -> None:
        """Note one valid record."""
        if not any(isinstance(event, SAYING) for event in events):
            return
        fields = valid.fields
        place = Place(fields["space"], fields["book"], fields["seq"], fields["decided_at_ms"])
        self._waiting = waiting_after(place, events, self._waiting)
        for message in outgoing(place, events, self._waiting):
            self.hashes[message.crossing_id] = sha256_hex(encode(message))


def check_crossings(findings: BookFindings, inputs: InputLogs, said: Mapping[str, str]) -> None:
    """A message that no valid record says, or says otherwise, is a fault; what is no message is triage's affair."""
    log = inputs.get(CROSSINGS.name)
    for offset, seen in sorted(log.seen.items()) if log is not None else ():
        if seen.crossing_id is not None and said.get(seen.crossing_id) != seen.sha256:
            detail = f"crossings at offset {offset}: no valid record says the message {seen.crossing_id} so"
            findings.add(Fault(findings.book, FaultCode.NOT_SAID, detail))
