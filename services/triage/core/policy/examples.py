"""Examples of a policy: cases that a lawyer writes in YAML, with what the policy must decide of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

import yaml
from pydantic import ValidationError
from shared.contracts.assessment import CaseFacts, PriorFacts
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import Department, Level, Measure

from services.triage.core.policy.model import START_EVENTS, PolicyInvalid

SHANGHAI = timezone(timedelta(hours=8))
MOMENTS = frozenset({"since", "last_contact_at", "discovered_at"})
"""Fields that an example gives as a date or time, and a report's facts as Unix milliseconds."""
EXPECTATIONS = frozenset(
    {
        "level",
        "situations",
        "not_situations",
        "told",
        "not_told",
        "measure",
        "ground",
        "revocation",
        "clocks",
        "clocks_after",
        "instructions",
        "withheld",
    }
)


@dataclass(frozen=True, slots=True)
class Example:
    """One example. `expect` holds only what it states; `told` and `situations` mean at least these."""

    id: str
    file: str
    case: CaseFacts
    at_ms: int
    expect: Mapping[str, Any]


def parse_examples(texts: Mapping[str, str]) -> tuple[Example, ...]:
    """The examples of a set of YAML files (file name -> text). Raises PolicyInvalid."""
    found = []
    for file in sorted(texts):
        try:
            content = yaml.load(texts[file], Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            raise PolicyInvalid(file, "text", "not YAML") from error
        if not isinstance(content, dict) or not isinstance(content.get("examples"), list):
            raise PolicyInvalid(file, "text", "not a list of examples")
        found += [_example(file, value) for value in content["examples"]]
    return tuple(found)


def _example(file: str, value: object) -> Example:
    name = str(value.get("id", "?")) if isinstance(value, dict) else "?"
    if not isinstance(value, dict) or set(value) - {"prior"} != {"id", "title", "at", "report", "expect"}:
        raise PolicyInvalid(file, name, "an example has id, title, at, report, expect (and prior)")
    expect = value["expect"]
    if not isinstance(expect, dict) or not expect or not set(expect) <= EXPECTATIONS:
        raise PolicyInvalid(file, name, f"expect knows {', '.join(sorted(EXPECTATIONS))}")
    at_ms = moment_ms(value["at"])
    try:
        _codes_exist(expect)
        case = CaseFacts(
            report=ReportFacts.model_validate(_with_moments(value["report"])),
            prior=PriorFacts.model_validate(value.get("prior", {})),
            filed_at_ms=at_ms,
        )
    except (ValidationError, ValueError) as error:
        raise PolicyInvalid(file, name, f"not a report: {type(error).__name__}") from error
    return Example(name, file, case, at_ms, expect)


def _codes_exist(expect: Mapping[str, Any]) -> None:
    for code in (*expect.get("told", ()), *expect.get("not_told", ())):
        Department(code)
    Level(expect.get("level", Level.S1))
    Measure(expect.get("measure", Measure.NONE))
    unknown = set(expect.get("clocks_after", {})) - START_EVENTS
    if unknown:
        raise ValueError(f"{sorted(unknown)} start no clock")


def moment_ms(value: object) -> int:
    """A date or time of an example as Unix milliseconds; without an offset it is Shanghai's."""
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day, tzinfo=SHANGHAI)
    else:
        moment = datetime.fromisoformat(str(value))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    return int(moment.timestamp() * 1000)


def _with_moments(value: Any) -> Any:  # noqa: ANN401 - YAML gives anything
    if isinstance(value, list):
        return [_with_moments(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        (f"{key}_ms" if key in MOMENTS else key): (
            moment_ms(item) if key in MOMENTS and item is not None else _with_moments(item)
        )
        for key, item in value.items()
    }
