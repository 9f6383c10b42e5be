"""What people do at the desk: forms from one table, a signed command, and the decision that triage recorded on it."""
