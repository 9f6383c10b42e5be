"""What can go wrong while the embedded system starts, in words for the person at the terminal."""


class CannotStart(Exception):
    """The system cannot start as asked; the message is one line that says what to do about it."""
