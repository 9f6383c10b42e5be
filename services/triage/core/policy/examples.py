"""Examples of a policy: cases that a lawyer writes in YAML, with what the policy must decide of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, TypeVar

from pydantic import ValidationError
from shared.contracts.assessment import CaseFacts, PriorFacts
from shared.contracts.base import Message
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import Department, Level, Measure

from services.triage.core.policy.model import CLOCK_NAMES, START_EVENTS, PolicyInvalid, refuse_all
from services.triage.core.policy.parse import load_yaml
from services.triage.core.policy.row_reader import one_of

SHANGHAI = timezone(timedelta(hours=8))
Read = TypeVar("Read", bound=Message)
CODE_LENGTH_MAX = 40
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
    found: list[Example] = []
    faults: list[PolicyInvalid] = []
    for file in sorted(texts):
        try:
            content = load_yaml(file, texts[file])
            if not isinstance(content.get("examples"), list):
                raise PolicyInvalid(file, "text", "not a list of examples")  # noqa: TRY301 - collected with the others
        except PolicyInvalid as fault:
            faults.append(fault)
            continue
        for value in content["examples"]:
            try:
                found.append(_example(file, value))
            except PolicyInvalid as fault:
                faults.append(fault)
    refuse_all(faults)
    return tuple(found)


def _example(file: str, value: object) -> Example:
    name = str(value.get("id", "?")) if isinstance(value, dict) else "?"
    if not isinstance(value, dict) or set(value) - {"prior"} != {"id", "title", "at", "report", "expect"}:
        raise PolicyInvalid(file, name, "an example has id, title, at, report, expect (and prior)")
    expect = value["expect"]
    if not isinstance(expect, dict) or not expect or not set(expect) <= EXPECTATIONS:
        raise PolicyInvalid(file, name, f"expect knows {', '.join(sorted(EXPECTATIONS))}")
    try:
        at_ms = moment_ms(value["at"])
        if type(value["at"]) is date:
            raise ValueError("at is a time with its zone, as 2026-11-21T08:10:00+08:00")  # noqa: TRY301 - said below
        _expectations_exist(expect)
        report = _validated(ReportFacts, "report", _with_moments(value["report"]))
        prior = _validated(PriorFacts, "prior", value.get("prior", {}))
        case = CaseFacts(report=report, prior=prior, filed_at_ms=at_ms)
    except (AttributeError, TypeError) as error:
        raise PolicyInvalid(file, name, "expect has not the shape of the shipped examples'") from error
    except ValueError as error:
        raise PolicyInvalid(file, name, str(error)) from error
    return Example(name, file, case, at_ms, expect)


def _validated(kind: type[Read], where: str, value: object) -> Read:
    """A part of an example. Raises ValueError with each field that is wrong or unknown, and its permitted values."""
    try:
        read = kind.model_validate(value)
    except ValidationError as error:
        raise ValueError("; ".join(_fault(where, each) for each in error.errors(include_url=False))) from error
    if unknown := list(_unknown_fields(where, value, read)):
        raise ValueError("; ".join(unknown))
    return read


def _fault(where: str, error: Any) -> str:  # noqa: ANN401 - pydantic's mapping
    path = ".".join([where, *(str(part) for part in error["loc"])])
    given = error["input"]
    said = f": {given!r}" if isinstance(given, str | int | float) and len(str(given)) <= CODE_LENGTH_MAX else ""
    if error["type"] == "enum":
        return f"{path}{said} is not one of {str(error['ctx']['expected']).replace(chr(39), '').replace(' or ', ', ')}"
    return f"{path}{said}: {error['msg']}"


def _unknown_fields(where: str, given: object, read: object) -> Iterator[str]:
    """Fields of an example that nothing reads: a message ignores them, an example must not."""
    if isinstance(read, Message) and isinstance(given, Mapping):
        fields = type(read).model_fields
        for key, value in given.items():
            if key in fields:
                yield from _unknown_fields(f"{where}.{key}", value, getattr(read, key))
            else:
                yield f"{where}.{key} is no field: {one_of(name.removesuffix('_ms') for name in fields)}"
    elif isinstance(read, tuple) and isinstance(given, list):
        for number, (part, one) in enumerate(zip(given, read, strict=False)):
            yield from _unknown_fields(f"{where}.{number}", part, one)


def _expectations_exist(expect: Mapping[str, Any]) -> None:
    """Raises ValueError for a code that does not exist and for a time that is not one."""
    codes: tuple[tuple[str, Iterable[str], Iterable[str]], ...] = (
        ("told", expect.get("told", ()), tuple(Department)),
        ("not_told", expect.get("not_told", ()), tuple(Department)),
        ("level", (expect["level"],) if "level" in expect else (), tuple(Level)),
        ("measure", (expect["measure"],) if "measure" in expect else (), tuple(Measure)),
        ("clocks", expect.get("clocks", {}), CLOCK_NAMES),
        ("clocks_after", expect.get("clocks_after", {}), START_EVENTS),
        *((f"clocks_after.{event}", clocks, CLOCK_NAMES) for event, clocks in expect.get("clocks_after", {}).items()),
    )
    for key, given, known in codes:
        for code in given:
            if code not in tuple(known):
                raise ValueError(f"expect.{key}: {code!r} is not {one_of(known)}")
    for clocks in (expect.get("clocks", {}), *expect.get("clocks_after", {}).values()):
        for moment in clocks.values():
            if moment is not None:
                moment_ms(moment)


def moment_ms(value: object) -> int:
    """A date or time of an example as Unix milliseconds; a date is its first moment in Shanghai.

    Raises ValueError for a time without its zone, and for what is no time.
    """
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day, tzinfo=SHANGHAI)
    else:
        moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError(f"{value} has no zone: write it as 2026-11-21T08:10:00+08:00")
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
