"""The sample county in memory: intake's reading, triage's decisions and notify's plan, on a clock that the tale moves.

Nothing here is a stand-in for a decision: a filing is read by intake's core, decided by `decide` under the shipped
policy, folded by notify's core, and sent along the routes that notify plans; every message is settled as SENT.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from services.intake.core.parsing import parse_filing
from services.intake.core.reading import Reading, read_filing
from services.intake.core.splitting import county_for, facts_of_filing
from services.notify.core.pending import Entry, Pending, contacts_of, fold
from services.notify.core.plan import Limits, Verdict, is_stale, routes_of, urgency_key
from services.notify.core.settling import settled
from services.triage.core.decision import Decision
from services.triage.core.inputs import CommandInput, DeadlineInput, Input, OutcomeInput, ReportInput
from services.triage.core.policy import Policy
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, AlertResult, AnswerGiven, ChannelKind, DeclineReason
from shared.contracts.events import CaseOpened, CommandRefused, ReportJoined
from shared.contracts.registry import Account
from shared.contracts.reports import InstitutionFacts, InstitutionRegistered, ReportFiled
from shared.contracts.vocabulary import Department, LadderStep, Role
from shared.runtime.clock import SpaceClock
from tests.acceptance.timelines.case_view import differences, look
from tests.acceptance.timelines.tale import (
    Act,
    Adds,
    Answers,
    Filing,
    Finds,
    Orders,
    Reports,
    Service,
    Tale,
    Told,
)
from tests.acceptance.timelines.verdict import Journal, judge
from tests.support.triage_core import CoreWorld
from wardline.registry_file import RegistryFile, read_registry

SAMPLE_REGISTRY = Path(__file__).resolve().parents[3] / "wardline" / "samples" / "registry.yaml"
SPACE = "test"
OPERATOR = asked.Actor(account="operator", role=Role.OPERATOR, area_prefix="")
NOTIFY_LIMITS = Limits()


def sample_registry(at_ms: int) -> RegistryFile:
    """The sample registry as it is loaded on the day of `at_ms`."""
    return read_registry(SAMPLE_REGISTRY, SpaceClock(wall=lambda: at_ms))


@dataclass
class CountyInMemory:
    """One county and its people. `lives` is told a tale and raises AssertionError with the timeline."""

    policy: Policy
    world: CoreWorld = field(init=False)
    pending: Pending = field(default_factory=Pending)
    journal: Journal = field(default_factory=Journal)
    cases: dict[str, str] = field(default_factory=dict)
    """Case ids by the tale's names."""
    names: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    institutions: dict[str, InstitutionRegistered] = field(default_factory=dict)
    waiting: list[tuple[int, Input]] = field(default_factory=list)
    """What arrived while triage was dead."""
    alive: bool = True
    sending: bool = True
    seq: int = 0
    count: int = 0

    def lives(self, tale: Tale) -> None:
        """Live through the tale and compare."""
        self.begins(tale)
        for act in sorted(tale.acts, key=lambda act: act.at_ms):
            self.until(act.at_ms)
            self.does(act)
        self.until(tale.end_ms)
        assert self.alive, "the tale forgot to bring triage back"
        assert self.sending, "the tale forgot to bring notify back"
        judge(tale, self.journal)

    def begins(self, tale: Tale) -> None:
        """The registry is loaded at midnight of the first day."""
        self.world = CoreWorld(policy=self.policy, now_ms=tale.begin_ms, checked=False)
        registry = sample_registry(tale.begin_ms)
        self.institutions = {each.id: each for each in registry.institutions}
        for entry in registry.entries:
            if isinstance(entry.body, asked.SetAccount):
                self.accounts[entry.body.account.account] = entry.body.account
            self._order(OPERATOR, entry.county, entry.body)
        for body in tale.beforehand:
            refused = self._order(OPERATOR, tale_county(body), body)
            assert refused is None, f"the registry refuses {body.type}: {refused}"
        self.world.checked = True

    def until(self, at_ms: int) -> None:
        """Time passes; every deadline fires when it is due, while triage lives."""
        while self.alive and (due := self._next_due()) is not None and due.due_at_ms <= at_ms:
            self.world.now_ms = max(self.world.now_ms, due.due_at_ms)
            self._decide(due)
        self.world.now_ms = max(self.world.now_ms, at_ms)

    def does(self, act: Act) -> None:
        """Somebody does something now."""
        match act:
            case Reports():
                self._reports(act)
            case Adds():
                self._gives(self._filed(f"addition-{self._number()}", self.receipts[act.case], act.filing))
                self._notes(f"{act.case}: more facts were added")
            case Answers():
                self._answers(act)
            case Orders():
                self._orders(act)
            case Service():
                self._notes(f"{act.name} is {'back' if act.alive else 'dead'}")
                if act.name == "notify":
                    self.sending = act.alive
                    self._sends_pending()
                else:
                    self.alive = act.alive
                    self._catches_up()
            case Finds():
                for each in differences(look(self.world.state, self.cases[act.case]), act.facts):
                    self.journal.object(act.at_ms, f"{act.case} is otherwise: {each}")

    # -- as an institution does

    def _reports(self, act: Reports) -> None:
        number = self._number()
        report_id, receipt = f"report-{number}", f"520327-{number}"
        self._notes(f"{', '.join(act.names)}: reported")
        self.receipts |= dict.fromkeys(act.names, receipt)
        for child, name in enumerate(act.names):
            self.cases.setdefault(name, f"{report_id}.{child}")
            self.names.setdefault(f"{report_id}.{child}", name)
        self._gives(self._filed(report_id, receipt, act.filing))

    def _filed(self, report_id: str, receipt: str, filing: Filing) -> ReportInput:
        now_ms = self.world.now_ms
        known = self.institutions.get((filing.get("institution") or {}).get("id") or "")
        proved = None
        if known is not None:
            proved = InstitutionFacts(
                id=known.id, type=known.institution_type, area_code=known.area_code, authenticated=True
            )
        reading = read_filing(parse_filing(orjson.dumps(filing)), now_ms=now_ms, institution=proved)
        adds = report_id.startswith("addition")
        message = ReportFiled(
            report_id=report_id,
            receipt=receipt,
            space=SPACE,
            county=county_for(reading) if not adds else receipt[:6],
            filed_at_ms=now_ms,
            facts=reading.facts if adds else facts_of_filing(reading),
        )
        tokens = tokens_of(reading)
        return ReportInput(message, now_ms, tokens, tokens)

    # -- as departments and officers do

    def _answers(self, act: Answers) -> None:
        letters = [each for each in self.journal.told if (each.case, each.contact) == (act.case, act.contact)]
        if not letters:
            self.journal.object(act.at_ms, f"{act.contact} cannot answer: nobody told it of {act.case}")
            return
        letter = letters[-1]
        answer = AnswerGiven(
            outcome_id=f"answer-{self._number()}",
            space=SPACE,
            county="520327",
            case=self.cases[act.case],
            alert_id=letter.alert_id,
            department=Department(letter.department),
            step=LadderStep(letter.step),
            answer=act.answer,
            decline_reason=DeclineReason.UNABLE if act.answer == "DECLINE" else None,
            answered_at_ms=act.at_ms,
        )
        self._notes(f"{act.contact} answers {act.answer.value} about {act.case}")
        self._gives(OutcomeInput(answer, act.at_ms))

    def _orders(self, act: Orders) -> None:
        account = self.accounts.get(act.who)
        actor = (
            OPERATOR
            if account is None
            else asked.Actor(
                account=account.account,
                role=account.role,
                area_prefix=account.area_prefix,
                department=account.department,
            )
        )
        body = act.body(self.cases[act.case])
        refused = self._order(actor, "520327", body)
        self._notes(f"{act.who} orders {body.type} for {act.case}: {refused or 'accepted'}")
        if refused != act.refused:
            self.journal.object(act.at_ms, f"{act.who}: {body.type} wanted {act.refused or 'accepted'}, got {refused}")

    def _order(self, actor: asked.Actor, county: str, body: asked.CommandBody) -> str | None:
        """Give a command; the reason code when it is refused."""
        command = asked.Command(
            command_id=f"command-{self._number()}",
            space=SPACE,
            county=county,
            book=0 if county == "000000" else None,
            actor=actor,
            issued_at_ms=self.world.now_ms,
            body=body,
            kid="desk",
        )
        decision = self._gives(CommandInput(command, self.world.now_ms, signed=True))
        refused = [event for event in decision.events if isinstance(event, CommandRefused)] if decision else []
        return refused[0].reason if refused else None

    # -- as triage and notify do

    def _gives(self, given: Input) -> Decision | None:
        if not self.alive:
            self.waiting.append((self.world.now_ms, given))
            return None
        return self._decide(given)

    def _catches_up(self) -> None:
        """What arrived is decided in its order; before a deadline due at T fires, everything that arrived before T."""
        now_ms = self.world.now_ms
        while self.alive:
            due = self._next_due()
            first_ms, given = self.waiting[0] if self.waiting else (now_ms, None)
            if due is not None and due.due_at_ms <= first_ms:
                self._decide(due)
            elif given is not None:
                del self.waiting[0]
                self._decide(given)
            else:
                return

    def _next_due(self) -> DeadlineInput | None:
        if not self.world.pending:
            return None
        due_ms, name = min((due_ms, name) for name, due_ms in self.world.pending.items())
        return DeadlineInput(name, due_ms)

    def _decide(self, given: Input) -> Decision:
        decision = self.world.give(given)
        due_ms = given.due_at_ms if isinstance(given, DeadlineInput) else given.arrived_at_ms
        self._names(decision)
        if self.cases:
            for why in decision.why:
                self._notes(f"why     {why}")
        entry = Entry(
            book=0,
            seq=self.seq,
            offset=self.seq,
            county=decision.county,
            decided_at_ms=self.world.now_ms,
            arrived_at_ms=due_ms,
            events=tuple(event.model_dump(mode="json") for event in decision.events),
            from_report=isinstance(given, ReportInput),
        )
        self.seq += 1
        folded = fold(self.pending, entry)
        assert not folded.unreadable
        self.pending = folded.state
        asked_for = [event for event in decision.events if isinstance(event, AlertRequested)]
        for alert in sorted(asked_for, key=urgency_key):
            if self.sending and alert.alert_id in self.pending.alerts:
                self._sends(alert, due_ms)
        return decision

    def _sends_pending(self) -> None:
        """What was asked for while nothing was sent, the gravest first."""
        for alert in sorted((each.request for each in self.pending.alerts.values()), key=urgency_key):
            if self.sending and alert.alert_id in self.pending.alerts:
                self._sends(alert, alert.requested_at_ms)

    def _sends(self, alert: AlertRequested, due_ms: int) -> None:
        now_ms = self.world.now_ms
        if is_stale(alert, now_ms, NOTIFY_LIMITS):
            self._notes(f"stale, not sent: {', '.join(alert.contact_ids)} of {self.names.get(alert.case, alert.case)}")
            stale = Verdict(AlertResult.STALE, 0, failure="STALE")
            self._decide(OutcomeInput(settled(SPACE, alert, stale, now_ms), now_ms))
            return
        routes = routes_of(alert, contacts_of(self.pending, 0, alert), outside=False)
        for route in routes:
            self.journal.tell(
                Told(
                    at_ms=now_ms,
                    due_ms=due_ms,
                    case=self.names.get(alert.case, alert.case),
                    contact=route.contact_id,
                    department=alert.department.value,
                    step=alert.step.value,
                    repeat=alert.repeat,
                    level=alert.level.value,
                    reason=alert.reason,
                    alert_id=alert.alert_id,
                )
            )
        result = AlertResult.SENT if routes else AlertResult.FAILED
        verdict = Verdict(result, len(routes), ChannelKind.FILE if routes else None, None if routes else "NO_ROUTE")
        self._decide(OutcomeInput(settled(SPACE, alert, verdict, now_ms), now_ms))

    def _names(self, decision: Decision) -> None:
        """A report that joined a case is called by the case's name from then on."""
        for event in decision.events:
            if isinstance(event, CaseOpened):
                self.names.setdefault(event.case, event.case)
            elif isinstance(event, ReportJoined):
                joined = self.names[event.case]
                for name, case_id in tuple(self.cases.items()):
                    if case_id.startswith(f"{event.report_id}.") and case_id not in self.world.state.cases:
                        self.cases[name] = event.case
                        self._notes(f"{name} is {joined}: the report joins that case")

    def _notes(self, text: str) -> None:
        self.journal.note(self.world.now_ms, text)

    def _number(self) -> int:
        self.count += 1
        return self.count


def tokens_of(reading: Reading) -> tuple[str, ...]:
    """What triage would record of each child's match tokens: one hash of the ID number (no key is needed here)."""
    return tuple(
        hashlib.sha256(identity.id_number.encode()).hexdigest() if identity.id_number else ""
        for identity in reading.identities
    )


def tale_county(body: asked.CommandBody) -> str:
    """The county of a registry entry."""
    for name in ("contact", "account", "place", "shift", "area"):
        if (entry := getattr(body, name, None)) is not None:
            return str(entry.county)
    raise AssertionError(f"{body.type} is no entry of the registry")
