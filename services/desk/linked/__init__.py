"""One task, opened by the link of an alert and a one-time code that the desk sends to the registered duty phone."""
