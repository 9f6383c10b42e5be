"""Commands: each is accepted or refused by a recorded decision with a reason; a repetition has no effect."""

from services.triage.core.commands.carrying_out import carry_out

__all__ = ["carry_out"]
