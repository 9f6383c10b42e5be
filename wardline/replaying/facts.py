"""What replay found, as JSON: a case that differs, and the summary."""

from collections import Counter
from typing import Any

from shared.contracts.vocabulary import Level
from wardline.replaying.comparison import Difference
from wardline.replaying.load import Asked
from wardline.replaying.places_needed import most_at_one_time
from wardline.replaying.redeciding import CaseDiffers
from wardline.replaying.totals import Totals
from wardline.replaying.walking import Window
from wardline.workplace import iso_shanghai

SHARE_DIGITS = 4


def case_facts(case: CaseDiffers) -> dict[str, Any]:
    """One case that differs, in one record."""
    return {
        "case": case.case,
        "book": case.book,
        "seq": case.seq,
        "arrived_at": iso_shanghai(case.arrived_at_ms),
        "differences": [_difference(each) for each in case.differences],
    }


def summary(totals: Totals, policy: str, window: Window, seconds: float, processes: int) -> dict[str, Any]:
    """Everything that the totals say."""
    numbers = totals.numbers
    return {
        "policy": policy,
        "from": iso_shanghai(window.from_ms) if window.from_ms is not None else None,
        "to": iso_shanghai(window.to_ms) if window.to_ms is not None else None,
        "redecided": {name: numbers[name] for name in ("reports", "deferred", "cases", "children")},
        "cases_differ": numbers["cases_differ"],
        "differences": dict(sorted(totals.kinds.items())),
        "undecidable_after": numbers["failed_now"],
        "not_like_with_like": dict(sorted(totals.unlike.items())),
        "not_derived": numbers["not_derived"],
        "not_derived_at": [{"book": book, "seq": seq} for book, seq in totals.not_derived_at],
        "levels": levels(totals),
        "load": load(totals),
        "places_needed_at_most": {
            "before": most_at_one_time(totals.then.places, window.from_ms),
            "after": most_at_one_time(totals.now.places, window.from_ms),
        },
        "ledger": {"records": numbers["records"], "void": numbers["void"]},
        "speed": {
            "seconds": round(seconds, 3),
            "processes": processes,
            "records_per_second": round(numbers["records"] / seconds) if seconds else 0,
            "records_per_second_a_core": _a_core(totals),
            "seconds_by_step": {step: round(spent, 3) for step, spent in totals.seconds.items()},
        },
    }


def levels(totals: Totals) -> dict[str, dict[str, float]]:
    """Cases by level in force, before and after, with their shares."""
    cases = max(1, totals.numbers["cases"])
    named = [level.value for level in Level]
    others = sorted({*totals.then.levels, *totals.now.levels} - set(named))
    return {
        level: {
            "before": totals.then.levels[level],
            "after": totals.now.levels[level],
            "share_before": round(totals.then.levels[level] / cases, SHARE_DIGITS),
            "share_after": round(totals.now.levels[level] / cases, SHARE_DIGITS),
        }
        for level in (*named, *others)
    }


def load(totals: Totals) -> list[dict[str, Any]]:
    """By contact, step and level: acknowledgements asked for, by day and at night, in all and on a day."""
    found = []
    keys = {key._replace(night=False) for key in (*totals.then.asked, *totals.now.asked)}
    for key in sorted(keys):
        entry: dict[str, Any] = {
            "county": key.county,
            "contact": key.contact,
            "step": key.step,
            "level": key.level,
        }
        for name, asked in (("before", totals.then.asked), ("after", totals.now.asked)):
            entry[name] = _asked(asked, key, totals.days)
        found.append(entry)
    return found


def _asked(asked: Counter[Asked], key: Asked, days: float) -> dict[str, float]:
    by_day, at_night = asked[key], asked[key._replace(night=True)]
    return {
        "asked": by_day + at_night,
        "at_night": at_night,
        "a_day": round((by_day + at_night) / days, 2),
        "a_night": round(at_night / days, 2),
    }


def _a_core(totals: Totals) -> int:
    """Records a second of the processor's time, all steps together."""
    spent = sum(totals.seconds.values())
    return round(totals.numbers["records"] / spent) if spent else 0


def _difference(found: Difference) -> dict[str, Any]:
    source = found.source
    return {
        "kind": found.kind.value,
        "subject": found.subject or None,
        "before": _said(found.before),
        "after": _said(found.after),
        "rule": source.rule if source else None,
        "basis": source.basis.value if source else None,
        "citation": source.citation if source else None,
    }


def _said(value: str | int | None) -> str | None:
    """A code as it is; a time as ISO 8601."""
    return iso_shanghai(value) if isinstance(value, int) else value
