"""The decision for a filing without any broker: intake's reading, and triage's core on a county of its own. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from immutables import Map

from services.intake.core.notices import NOTICE_TEXTS, Notice, NoticeCode
from services.intake.core.parsing import parse_filing
from services.intake.core.reading import read_filing
from services.intake.core.refused import empty_filing
from services.intake.core.splitting import county_for, facts_of_filing
from services.triage.core.assessing import facts_for_policy
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.decide import decide
from services.triage.core.decision import Decision, Draft
from services.triage.core.inputs import CommandInput, DeadlineInput, Input, ReportInput
from services.triage.core.policy import Policy
from services.triage.core.policy.facts import facts_of
from services.triage.core.questions import questions
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
from shared.explaining.explain import explain_json, explain_lines
from shared.explaining.said import Said
from shared.explaining.telling import Telling
from wardline.filings import FiledText
from wardline.registry_file import RegistryFile

SPACE = "explain"
PLAIN_NAME = re.compile(r"[A-Za-z_]{1,40}")
"""A field's name that may be shown: anything else could be what somebody wrote about a child."""
OPERATOR = Actor(account="operator", role=Role.OPERATOR, area_prefix="")
RECEIPT_KEY = b"no receipt is given for what is only explained"
EMPTY_REGISTRY = RegistryFile((), (), {})


@dataclass(frozen=True, slots=True)
class Explained:
    """One child's decision: the JSON of `wardline explain`, and the words in both languages."""

    facts: dict[str, Any]
    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ExplainedFiling:
    """What a filing gives: its children, and the fields that were not understood (`<field path>`, with why)."""

    children: tuple[Explained, ...]
    notices: tuple[tuple[str, Said], ...]


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
            state, decision = decided(state, CommandInput(command, at_ms, signed=True), policy, at_ms)
            for event in decision.events:
                if event.type == "CommandRefused":  # type: ignore[attr-defined]  # every event has a type
                    raise RegistryRefused(f"{entry.event} {entry.name}: {event.reason} {event.detail}")  # type: ignore[attr-defined]
        institutions = {each.id: each for each in content.institutions}
        return cls(policy, at_ms, state, institutions, registry is not None)

    def explain(self, filed: FiledText, *, rules: bool = False) -> ExplainedFiling:
        """The decision on each child of a filing; `rules`: rule ids in the words. Raises intake's Refused."""
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
        state, events = self._lived(ReportInput(message, self.at_ms), county)
        cases = sorted(state.county(county).cases.values(), key=lambda case: case.child)
        return ExplainedFiling(
            tuple(self._explained(filed.name, state, case, events, rules=rules) for case in cases),
            tuple(_told(notice, reading.undefined) for notice in reading.notices),
        )

    def _lived(self, report: ReportInput, county: str) -> tuple[BookState, list[Message]]:
        """The report decided, and the children whose assessment it left to records of their own at the same moment."""
        state, decision = decided(self.state, report, self.policy, self.at_ms)
        events = list(decision.events)
        while (waiting := _unassessed(state, county)) is not None:
            state, decision = decided(state, DeadlineInput(waiting, self.at_ms), self.policy, self.at_ms)
            events += decision.events
        return state, events

    def _explained(
        self, name: str, state: BookState, case: Case, events: Sequence[Message], *, rules: bool
    ) -> Explained:
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
                "who": lambda rung: ", ".join(self._contacts(state, case, rung)) or f"unstaffed ({rung.role})",
            }
        status = case.measure.status if case.measure else None
        facts = explain_json(
            assessment, file=name, child=case.child, custody=case.facts.custody_now, status=status, **given
        )
        given_to_policy = facts_for_policy(Draft(state, case.county, self.policy, self.at_ms, self.at_ms), case)
        telling = Telling(
            assessment,
            custody=case.facts.custody_now,
            status=status,
            placing=place,
            contacts=(lambda rung: self._contacts(state, case, rung)) if self.has_registry else None,
            questions=questions(self.policy.assess, given_to_policy, self.at_ms, assessment),
            titles={row.id: Said(row.title_zh, row.title_en) for row in self.policy.rows.every()},
            rules=rules,
            supposed=True,
            known=facts_of(given_to_policy, self.at_ms),
        )
        return Explained(facts, tuple(explain_lines(telling)))

    def _contacts(self, state: BookState, case: Case, rung: Rung) -> tuple[str, ...]:
        """The contacts of a rung at its time; none: nobody staffs it, then it is skipped upward."""
        told = staff(state.county(case.county), case, (rung,), rung.at_ms)
        return tuple(name for names in told.values() for name in names)

    def _institution(self, institution_id: str | None) -> InstitutionFacts | None:
        """An institution of the registry is taken for proved: what is explained is what would be decided then."""
        known = self.institutions.get(institution_id or "")
        if known is None:
            return None
        return InstitutionFacts(id=known.id, type=known.institution_type, area_code=known.area_code, authenticated=True)


def _told(notice: Notice, undefined: Mapping[str, tuple[str, ...]]) -> tuple[str, Said]:
    """A notice in words; fields that are not defined by their names, where a name is a plain identifier."""
    zh, en = NOTICE_TEXTS[notice.code]
    names = undefined.get(notice.field, ()) if notice.code is NoticeCode.UNKNOWN_FIELDS else ()
    if not names:
        return notice.field, Said(zh, en)
    plain = dict.fromkeys(name if PLAIN_NAME.fullmatch(name) else "" for name in names)
    listed = Said("、".join(name or "某个字段" for name in plain), ", ".join(name or "a field" for name in plain))
    return notice.field, Said(f"{zh}（{listed.zh}）", f"{en} ({listed.en})")


def decided(state: BookState, given: Input, policy: Policy, at_ms: int) -> tuple[BookState, Decision]:
    """One input decided, and the state after it."""
    decision = decide(state, given, policy, at_ms)
    return decision.state, decision


def _unassessed(state: BookState, county: str) -> str | None:
    """The deadline at which a case of the county is assessed that was not assessed yet."""
    for case in state.county(county).cases.values():
        for name, deadline in case.deadlines.items():
            if case.assessment is None and deadline.kind is DeadlineKind.ASSESSMENT:
                return name
    return None


def _placing(case: Case, events: Sequence[Message]) -> MeasureProposed | PlacesRanked | None:
    """The last weighing of places for this case."""
    found = [event for event in events if isinstance(event, MeasureProposed | PlacesRanked) and event.case == case.case]
    return found[-1] if found else None
