"""Another policy over a space's whole history: every report decided again, each against the state before it."""
