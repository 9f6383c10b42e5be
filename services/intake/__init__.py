"""Intake: the door. Takes reports over HTTP, seals what identifies, publishes the rest; can open nothing."""
