"""Running Wardline: the embedded system for one machine, its supervision, and the broker's security settings."""
