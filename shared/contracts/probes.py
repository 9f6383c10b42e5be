"""Messages by which a process measures itself; nobody decides on them."""

from typing import Literal

from shared.contracts.base import Message


class ClockProbe(Message):
    """Appended so that the broker's append time shows how far a worker's clock is off; it carries nothing itself."""

    type: Literal["ClockProbe"] = "ClockProbe"
