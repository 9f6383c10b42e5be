"""Intake answers as its OpenAPI document says, whatever is sent (schemathesis against a running process)."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from ops.embedded.ports import free_ports
from services.intake import openapi, schemas
from services.intake.core.parsing import Parsed
from services.intake.core.reading import read_filing
from tests.support.intake import IntakeProcess, space_at

load_all_checks()
LENIENT = {"negative_data_rejection"}
"""Left out on purpose: a filing that breaks the schema is read as far as it can be, and accepted with warnings."""
EXCLUDED = CHECKS.get_by_names(sorted(LENIENT))


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IntakeProcess]:
    """A process without a broker: every accepted report goes to its spool."""
    home = tmp_path_factory.mktemp("intake")
    space_at(home)
    limits = {"WARDLINE_INTAKE_START_SECONDS_MAX": "0", "WARDLINE_INTAKE_LOOKUPS_PER_MINUTE": "1000000"}
    limits["WARDLINE_INTAKE_LOOKUPS_PER_MINUTE_TOTAL"] = "1000000"
    intake = IntakeProcess(home, f"127.0.0.1:{free_ports(1)[0]}", "test", **limits)
    intake.start()
    yield intake
    intake.stop()


schema = schemathesis.openapi.from_dict(openapi.document("0"))


@schema.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_describes(case: schemathesis.Case[Any], intake: IntakeProcess) -> None:
    case.call_and_validate(base_url=intake.url, excluded_checks=EXCLUDED)  # type: ignore[arg-type]  # its own registry's answer


def test_the_document_is_the_one_that_intake_serves(intake: IntakeProcess) -> None:
    served = httpx.get(f"{intake.url}/openapi.json").json()
    assert served == openapi.document(served["info"]["version"])


def test_the_example_of_the_document_is_accepted_without_a_warning(intake: IntakeProcess) -> None:
    headers = {"Idempotency-Key": "an-example-of-the-document"}
    answer = httpx.post(f"{intake.url}/v1/reports", json=schemas.EXAMPLE, headers=headers, timeout=30)
    assert answer.status_code == 202
    assert answer.json()["warnings"] == []
    reading = read_filing(Parsed(schemas.EXAMPLE, repeated=False), now_ms=1_795_219_200_000)
    assert reading.notices == ()


def test_every_field_that_the_document_names_is_known_to_the_reader() -> None:
    tree: dict[str, object] = {
        name: dict.fromkeys(described.get("properties", {}), "") or None
        for name, described in schemas.PROPERTIES.items()
    }
    tree["children"] = [dict.fromkeys(schemas.CHILD["properties"], "")]
    tree["guardians"] = [dict.fromkeys(schemas.GUARDIAN["properties"], "")]
    reading = read_filing(Parsed(tree, repeated=False), now_ms=1_795_219_200_000)
    assert [notice.coded() for notice in reading.notices] == ["children:NO_PLACE"]
