"""The pure part of notify: which alerts are pending, what they say, when they are tried, and what a link allows."""
