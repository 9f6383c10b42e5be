"""The county in which a tale of this directory is lived through."""

import pytest

from services.triage.core.policy import Policy
from tests.acceptance.timelines.county_in_memory import CountyInMemory


@pytest.fixture
def county(policy: Policy) -> CountyInMemory:
    return CountyInMemory(policy)
