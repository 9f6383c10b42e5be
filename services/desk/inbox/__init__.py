"""A department's tasks: what it was told to do, by when, and what it answers; never the case around it."""
