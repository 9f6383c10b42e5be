"""The pure part of triage: given state, input, policy and time it returns facts; it reads no clock and does no I/O."""
