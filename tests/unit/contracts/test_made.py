"""Messages made without checking are those that the constructor makes; what a report says is hashed as ever."""

import random

from shared.contracts.base import made
from shared.contracts.events import RungReached
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import Department, LadderStep
from shared.contracts.wire import beyond_defaults, canonical
from tests.support.policy_reports import ordinary_filings


def test_a_message_made_without_checking_is_the_checked_one() -> None:
    fields = {"case": "r1.0", "department": Department.POLICE, "step": LadderStep.D1, "staffed": True}
    one, other = made(RungReached, fields), RungReached.model_validate(fields)
    assert one == other
    assert one.model_dump() == other.model_dump()
    assert made(RungReached, fields) is not one


def test_what_differs_from_the_defaults_is_what_pydantic_says() -> None:
    chance = random.Random(4)
    for filing in ordinary_filings(300, seed=chance.randrange(1000)):
        facts = ReportFacts(**filing)
        assert beyond_defaults(facts) == canonical(facts.model_dump(mode="json", exclude_defaults=True))
    assert beyond_defaults(ReportFacts()) == b"{}"
