"""The ways out of the house, each behind the protocol of `channel.py`."""
