"""The command line of the system: the desk of an operator who has a terminal."""
