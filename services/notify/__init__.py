"""Notify: tells departments and officers what triage decided, brings their answers back, and publishes feedback."""
