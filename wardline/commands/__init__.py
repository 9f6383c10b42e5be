"""The commands of ``wardline``, one module each."""
