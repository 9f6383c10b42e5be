"""The desk: what officers and auditors see in a browser, read from the case-log."""
