"""Messages by which a process measures itself; nobody decides on them."""

from typing import Literal

from shared.contracts.base import Identifier, Message, UnixMilliseconds


class ClockProbe(Message):
    """A worker's own time, appended so that the broker's append time shows how far the worker's clock is off."""

    type: Literal["ClockProbe"] = "ClockProbe"
    space: Identifier
    worker: Identifier
    sent_at_ms: UnixMilliseconds
