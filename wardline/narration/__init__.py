"""The life of a case in words, Chinese and English, from the events of the case-log."""

from wardline.narration.telling import tell
from wardline.narration.words import Line

__all__ = ["Line", "tell"]
