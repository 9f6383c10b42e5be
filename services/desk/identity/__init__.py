"""Opening identities at the desk: pages, and what is done when triage or the broker is silent."""
