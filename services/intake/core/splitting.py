"""Splitting a filing: what goes sealed, what goes in clear, and which messages carry it."""

from dataclasses import dataclass

from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.reports import WARNINGS_MAX, ChildFacts, ReportFacts, ReportFiled, SealedPart
from shared.contracts.vocabulary import Concern, Durability
from shared.contracts.wire import canonical

from services.intake.core.parsing import Tree
from services.intake.core.reading import Reading

SEALED_VERSION = 1


@dataclass(frozen=True, slots=True)
class Submission:
    """One filing, supplement or addition that was read and has its ids; nothing of it is sealed or sent yet."""

    report_id: str
    receipt: str
    county: str
    channel: str
    adds_to: str | None
    facts: ReportFacts
    warnings: tuple[str, ...]
    filed_at_ms: int


def sealed_document(tree: Tree) -> bytes:
    """What is sealed: the whole filing as it was sent, so that nothing a person wrote is lost or stands in clear."""
    return canonical({"v": SEALED_VERSION, "filing": tree})


def county_for(reading: Reading) -> str:
    """The key of the book: the county, or the one for filings of which no place is known."""
    return reading.county or COUNTY_UNKNOWN


def facts_of_filing(reading: Reading) -> ReportFacts:
    """The facts of a first filing: it is about one child at least, even if only words describe what was seen."""
    if reading.facts.children:
        return reading.facts
    return reading.facts.model_copy(update={"children": (ChildFacts(concerns=(Concern.OTHER,)),)})


def report_filed(
    submission: Submission,
    *,
    space: str,
    sealed: SealedPart,
    match_tokens: str | None,
    durability: Durability = Durability.BROKER,
) -> ReportFiled:
    """The message for `reports`."""
    return ReportFiled.model_validate(
        {
            "report_id": submission.report_id,
            "receipt": submission.receipt,
            "space": space,
            "county": submission.county,
            "filed_at_ms": submission.filed_at_ms,
            "channel": submission.channel,
            "adds_to": submission.adds_to,
            "facts": submission.facts,
            "warnings": submission.warnings[:WARNINGS_MAX],
            "sealed": sealed,
            "match_tokens": match_tokens,
            "durability": durability,
        }
    )
