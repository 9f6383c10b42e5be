"""Why a book stands still until an operator looks."""

from enum import StrEnum


class HaltReason(StrEnum):
    """Nothing is decided in a halted book; the other books go on."""

    INPUT_SHORTER = "INPUT_SHORTER"
    INPUT_START_MOVED = "INPUT_START_MOVED"
    INPUT_REPLACED = "INPUT_REPLACED"
    INPUT_CHANGED = "INPUT_CHANGED"
    LOG_WENT_BACKWARDS = "LOG_WENT_BACKWARDS"
    TOO_MANY_UNDECIDABLE = "TOO_MANY_UNDECIDABLE"
    CORE_DEFECT = "CORE_DEFECT"


class Halted(Exception):
    """The book must stand still: `reason` says why, `detail` where."""

    def __init__(self, reason: HaltReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
