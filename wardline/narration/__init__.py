"""The life of a case in words, Chinese and English, from the events of the case-log."""

from wardline.narration.telling import Line, tell

__all__ = ["Line", "tell"]
