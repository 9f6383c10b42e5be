"""The decision for a filing without any broker: intake's reading, and triage's core on a county of its own. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from immutables import Map

from services.intake.core.parsing import parse_filing
from services.intake.core.reading import read_filing
from services.intake.core.refused import empty_filing
from services.intake.core.splitting import county_for, facts_of_filing
from services.triage.core.decide import decide
from services.triage.core.decision import Decision
from services.triage.core.explain import explain_json, explain_words
from services.triage.core.inputs import CommandInput, Input, ReportInput
from services.triage.core.policy import Policy
from services.triage.core.staffing import staff
from services.triage.core.state import BookState, Case
from shared.contracts.assessment import Rung
from shared.contracts.base import Message
from shared.contracts.commands import Actor, Command
from shared.contracts.events import MeasureProposed, PlacesRanked
from shared.contracts.ids import receipt_of
from shared.contracts.reports import InstitutionFacts, InstitutionRegistered, ReportFiled
from shared.contracts.vocabulary import Role
from shared.contracts.wire import sha256_hex
from wardline.filings import FiledText
from wardline.narration import tell
from wardline.registry_file import RegistryFile

SPACE = "explain"
OPERATOR = Actor(account="operator", role=Role.OPERATOR, area_prefix="")
RECEIPT_KEY = b"no receipt is given for what is only explained"
EMPTY_REGISTRY = RegistryFile((), (), {})


@dataclass(frozen=True, slots=True)
class Explained:
    """One child's decision: the JSON of `wardline explain`, and the words in both languages."""

    facts: dict[str, Any]
    words_zh: tuple[str, ...]
    words_en: tuple[str, ...]


class RegistryRefused(ValueError):
    """The core refused an entry of the registry."""


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains filings at one moment (Unix ms). Each filing is decided alone, on the registry as it was loaded."""

    policy: Policy
    at_ms: int
    state: BookState
    institutions: Mapping[str, InstitutionRegistered]
    has_registry: bool

    @classmethod
    def with_registry(
        cls, policy: Policy, texts: Mapping[str, str], at_ms: int, registry: RegistryFile | None
    ) -> "Explainer":
        """Load the registry through the real core: each entry a command, decided and folded. Raises RegistryRefused."""
        state = BookState(SPACE, 0, policy.policy_id, Map(texts))
        content = registry or EMPTY_REGISTRY
        for number, entry in enumerate(content.entries):
            command = Command(
                command_id=f"explain-{number}",
                space=SPACE,
                county=entry.county,
                actor=OPERATOR,
                issued_at_ms=at_ms,
                body=entry.body,
                kid="explain",
            )
            state, decision = _decided(state, CommandInput(command, at_ms, signed=True), policy, at_ms)
            for event in decision.events:
                if event.type == "CommandRefused":  # type: ignore[attr-defined]  # every event has a type
                    raise RegistryRefused(f"{entry.event} {entry.name}: {event.reason} {event.detail}")  # type: ignore[attr-defined]
        institutions = {each.id: each for each in content.institutions}
        return cls(policy, at_ms, state, institutions, registry is not None)

    def explain(self, filed: FiledText) -> list[Explained]:
        """The decision on each child of a filing. Raises intake's Refused for what intake would refuse."""
        reading = read_filing(
            parse_filing(filed.body), now_ms=self.at_ms, institution=self._institution(filed.institution_id)
        )
        if reading.empty:
            raise empty_filing()
        county = county_for(reading)
        report_id = sha256_hex(filed.body)[:32]
        message = ReportFiled(
            report_id=report_id,
            receipt=receipt_of(RECEIPT_KEY, county, report_id),
            space=SPACE,
            county=county,
            filed_at_ms=self.at_ms,
            facts=facts_of_filing(reading),
        )
        state, decision = _decided(self.state, ReportInput(message, self.at_ms), self.policy, self.at_ms)
        cases = sorted(state.county(county).cases.values(), key=lambda case: case.child)
        return [self._explained(filed.name, state, case, decision.events) for case in cases]

    def _explained(self, name: str, state: BookState, case: Case, events: Sequence[Message]) -> Explained:
        assessment = case.assessment
        if assessment is None:
            raise ValueError(f"{name}: the case was not assessed")
        given: dict[str, Any] = {}
        place = _placing(case, events) if self.has_registry else None
        if self.has_registry:
            given = {
                "place": place.place_id if place else None,
                "place_reason": (place.place_reason if place else None) or "BEST_INTEREST",
                "ranking": [
                    {"place": each.place_id, "fit": each.fit, "why": each.why}
                    for each in (place.ranking if place else ())
                ],
                "who": lambda rung: self._who(state, case, rung),
            }
        facts = explain_json(
            assessment,
            file=name,
            child=case.child,
            custody=case.facts.custody_now,
            status=case.measure.status if case.measure else None,
            **given,
        )
        told = tell(place) if place is not None else []
        return Explained(
            facts,
            (*explain_words(assessment, "zh"), *(line.zh for line in told)),
            (*explain_words(assessment, "en"), *(line.en for line in told)),
        )

    def _who(self, state: BookState, case: Case, rung: Rung) -> str:
        """The contacts of a rung at its time, or that nobody staffs it (then it is skipped upward)."""
        told = staff(state.county(case.county), case, (rung,), rung.at_ms)
        return ", ".join(name for names in told.values() for name in names) or f"unstaffed ({rung.role})"

    def _institution(self, institution_id: str | None) -> InstitutionFacts | None:
        """An institution of the registry is taken for proved: what is explained is what would be decided then."""
        known = self.institutions.get(institution_id or "")
        if known is None:
            return None
        return InstitutionFacts(id=known.id, type=known.institution_type, area_code=known.area_code, authenticated=True)


def _decided(state: BookState, given: Input, policy: Policy, at_ms: int) -> tuple[BookState, Decision]:
    decision = decide(state, given, policy, at_ms)
    return decision.state, decision


def _placing(case: Case, events: Sequence[Message]) -> MeasureProposed | PlacesRanked | None:
    """The last weighing of places for this case."""
    found = [event for event in events if isinstance(event, MeasureProposed | PlacesRanked) and event.case == case.case]
    return found[-1] if found else None
