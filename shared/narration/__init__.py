"""The life of a case in words, Chinese and English, from the events of the case-log."""

from shared.narration.telling import tell
from shared.narration.words import Line

__all__ = ["Line", "tell"]
