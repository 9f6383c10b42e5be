"""Refused: the command has no effect, and its actor is told why."""


class Refused(Exception):
    """`code` for programs, `detail` in words for the actor (never identities)."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def refuse_unless(condition: object, code: str, detail: str) -> None:
    """Raise Refused unless the condition holds."""
    if not condition:
        raise Refused(code, detail)
