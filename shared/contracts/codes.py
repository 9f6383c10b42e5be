"""What every enumeration of codes is made of."""

from enum import StrEnum


class Code(StrEnum):
    """A code. Hashed as the text that it equals: an enumeration's own hash is a call of Python for every look-up."""

    __hash__ = str.__hash__
