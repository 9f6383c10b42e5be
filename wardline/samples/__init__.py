"""Sample data of the demonstration space: a registry, and filings made from published cases. No real person's data."""

from pathlib import Path

DIRECTORY = Path(__file__).parent
REGISTRY = DIRECTORY / "registry.yaml"
FILINGS = DIRECTORY / "filings"
