"""Fixtures for every test; each lives in the module of ``tests/support`` that is named after what it gives."""

pytest_plugins = ["tests.support.broker"]
