"""Workloads: who files, who answers, who is not there. Seeded; they know nothing of the checkers."""

from dataclasses import dataclass, field
from random import Random

from services.triage.core.inputs import CommandInput, OutcomeInput, ReportInput
from services.triage.core.state import BookState, Case
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, AlertResult, AlertSettled, AnswerCode, AnswerGiven
from shared.contracts.base import Message
from shared.contracts.registry import Account, RotaShift
from shared.contracts.reports import ChildFacts, CustodyFacts, InstitutionFacts, ReportFacts, ReportFiled
from shared.contracts.vocabulary import (
    CloseReason,
    Concern,
    EndReason,
    Holder,
    InstitutionType,
    Measure,
    MeasureStatus,
    Organ,
    PlacementType,
    Relation,
    Role,
    Sex,
    Wishes,
)
from tests.simulation.ledger import Log
from tests.support.triage_core import ACTORS, COUNTY, DAY, HOUR, MINUTE, ROLES, TOWNSHIP, contact, place

CONCERNS = (
    Concern.ABANDONED, Concern.PHYSICAL_ABUSE, Concern.GUARDIAN_UNREACHABLE, Concern.EMERGENCY_GAP, Concern.DROPOUT,
    Concern.NO_HUKOU, Concern.LEFT_ALONE, Concern.OTHER,
)  # fmt: skip


@dataclass
class World:
    """Everything outside triage: time, people, and channels that refuse."""

    random: Random
    log: Log
    now_ms: int
    number: int = 0
    filed: list[ReportFiled] = field(default_factory=list)
    commands: list[CommandInput] = field(default_factory=list)
    letters: list[tuple[int, AlertRequested]] = field(default_factory=list)

    def chance(self, share: float) -> bool:
        """True in that share of the times."""
        return self.random.random() < share

    def begin(self) -> None:
        """The registry, loaded by an operator."""
        for department, role, area in ROLES:
            self.command("operator", asked.SetContact(contact=contact(department, role, area)))
        for name, actor in ACTORS.items():
            if actor.role is not Role.OPERATOR:
                terms = {"account": name, "county": COUNTY, "role": actor.role, "area_prefix": actor.area_prefix}
                account = Account.model_validate({**terms, "department": actor.department})
                self.command("operator", asked.SetAccount(account=account))
        self.rota()
        for name, kind, capacity in (
            ("foster", PlacementType.FOSTER, 1), ("rescue", PlacementType.RESCUE_INST, 2),
            ("welfare", PlacementType.WELFARE_INST, 3),
        ):  # fmt: skip
            self.command("operator", asked.SetPlace(place=place(name, kind, capacity)))

    def rota(self) -> None:
        """A week of the rota; some shifts are forgotten."""
        for number, (account, rung) in enumerate((("signatory", "SIGNATORY"), ("officer", "E1"), ("officer2", "E2"))):
            if self.chance(0.9):
                shift = RotaShift(
                    shift_id=f"{account}-{self.now_ms}-{number}",
                    county=COUNTY,
                    account=account,
                    rung=rung,
                    contact_id="civil_affairs-duty_1",
                    from_ms=self.now_ms,
                    until_ms=self.now_ms + 7 * DAY,
                )
                self.command("operator", asked.SetShift(shift=shift))

    def command(self, who: str, body: asked.CommandBody) -> None:
        """A command; now and then it is delivered twice."""
        self.number += 1
        command = asked.Command(
            command_id=f"c{self.number}",
            space="sim",
            county=COUNTY,
            actor=ACTORS[who],
            issued_at_ms=self.now_ms,
            body=body,
            kid="desk",
        )
        given = CommandInput(command, self.now_ms, signed=not self.chance(0.01))
        self.commands.append(given)
        for _ in range(2 if self.chance(0.05) else 1):
            self.log.append_input("commands", given, self.now_ms)

    def file(self) -> None:
        """A report: new, again, or more facts to an earlier one."""
        self.number += 1
        if self.filed and self.chance(0.1):
            message = self.random.choice(self.filed)
        else:
            earlier = self.random.choice(self.filed) if self.filed and self.chance(0.15) else None
            message = ReportFiled(
                report_id=f"r{self.number}",
                receipt=earlier.receipt if earlier else f"receipt-{self.number}",
                space="sim",
                county=COUNTY,
                filed_at_ms=self.now_ms,
                facts=ReportFacts(
                    institution=InstitutionFacts(type=self.random.choice(list(InstitutionType))),
                    children=tuple(self.child() for _ in range(self.random.choice((1, 1, 1, 2, 3)))),
                    custody_now=CustodyFacts(holder=self.random.choice(list(Holder))),
                ),
            )
            self.filed.append(message)
        token = self.random.choice(("", "a" * 64, "b" * 64)) if self.chance(0.2) else ""
        self.log.append_input("reports", ReportInput(message, self.now_ms, (token,)), self.now_ms)

    def child(self) -> ChildFacts:
        """One child, of whom much is unknown."""
        return ChildFacts(
            age_years=self.random.choice((None, 1, 5, 9, 15)),
            sex=self.random.choice((None, Sex.F, Sex.M)),
            area_code=self.random.choice((None, TOWNSHIP, COUNTY)),
            disability=self.random.choice((None, None, True)),
            concerns=tuple(self.random.sample(CONCERNS, self.random.choice((0, 1, 1, 2)))),
        )

    def hears(self, events: list[tuple[Message, int]]) -> None:
        """Notify reads the log; its letters arrive after a while, some never."""
        for event, at_ms in events:
            if isinstance(event, AlertRequested):
                delay_ms = self.random.choice((MINUTE, 5 * MINUTE, HOUR, 9 * HOUR))
                self.letters.append((at_ms + delay_ms, event))

    def post(self) -> None:
        """Letters that are due: sent, refused on every channel, lost; some are answered."""
        ready = [each for each in self.letters if each[0] <= self.now_ms]
        self.letters = [each for each in self.letters if each[0] > self.now_ms]
        for _, alert in ready:
            if self.chance(0.05):
                continue
            result = AlertResult.FAILED if self.chance(0.2) else AlertResult.SENT
            settled = AlertSettled(
                outcome_id=f"s-{alert.alert_id}", space="sim", county=COUNTY, case=alert.case, alert_id=alert.alert_id,
                result=result, attempts=1, settled_at_ms=self.now_ms,
            )  # fmt: skip
            for _ in range(2 if self.chance(0.1) else 1):
                self.log.append_input("outcomes", OutcomeInput(settled, self.now_ms), self.now_ms)
            if result is AlertResult.SENT and self.chance(0.3):
                self.answer(alert)

    def answer(self, alert: AlertRequested) -> None:
        """Somebody acts on the page of a signed link."""
        self.number += 1
        answer = self.random.choice(
            (AnswerCode.ACKNOWLEDGE, AnswerCode.ACKNOWLEDGE, AnswerCode.DISPATCH, AnswerCode.DECLINE)
        )
        given = AnswerGiven(
            outcome_id=f"a{self.number}", space="sim", county=COUNTY, case=alert.case, alert_id=alert.alert_id,
            department=alert.department, step=alert.step, answer=answer, answered_at_ms=self.now_ms,
        )  # fmt: skip
        self.log.append_input("outcomes", OutcomeInput(given, self.now_ms), self.now_ms)

    def work(self, state: BookState) -> None:
        """Officers do something about some open case, sensible or not."""
        cases = sorted(state.county(COUNTY).cases.values(), key=lambda case: case.case)
        if not cases:
            return
        case = self.random.choice(cases)
        who, body = self.random.choice(self.deeds(case))
        self.command(who, body)

    def kin_of(self, case: str) -> asked.AddKinCandidate:
        """A relative, checked more or less."""
        relation = self.random.choice((Relation.GRANDPARENT, Relation.SIBLING, Relation.AUNT_UNCLE))
        consent = self.random.choice((None, Organ.VILLAGE_COMMITTEE))
        return asked.AddKinCandidate(
            case=case, candidate_id=f"kin-{relation.value.lower()}-{case}", relation=relation, willing=self.chance(0.8),
            checked=self.chance(0.8), disqualified=self.chance(0.1), household_of_alleged=False,
            adult=self.chance(0.8), consent_by=consent,
        )  # fmt: skip

    def deeds(self, case: Case) -> list[tuple[str, asked.CommandBody]]:
        """What could be done about a case."""
        name = case.case
        officer = self.random.choice(("officer", "officer2", "supervisor"))
        deeds: list[tuple[str, asked.CommandBody]] = [
            (officer, asked.Acknowledge(case=name)),
            (officer, asked.Dispatch(case=name)),
            (officer, asked.TakeOver(case=name)),
            (officer, asked.RecordChildSeen(case=name, seen_at_ms=self.now_ms, wishes=Wishes.HEARD)),
            (officer, asked.RecordAssessment(case=name, guardian_able=True, safe_to_return=self.chance(0.6))),
            (officer, asked.RecordCustody(case=name, holder=self.random.choice(list(Holder)), since_ms=self.now_ms)),
            (officer, asked.CloseCase(case=name, reason=CloseReason.SUPPORT_COMPLETED)),
        ]
        if case.hold is not None:
            into = asked.RecordCustody(case=name, holder=Holder.RESCUE_INST, since_ms=self.now_ms, place_id=case.hold)
            deeds.append((officer, into))
        if case.measure is not None and case.measure.status is MeasureStatus.PROPOSED:
            sign = asked.SignGuardian(
                case=name, measure=case.measure.measure, wishes=Wishes.HEARD, document_pending=self.chance(0.5)
            )
            deeds += [("signatory", sign), ("signatory", asked.RefuseGuardian(case=name, reason="PLACE_UNFIT"))]
        if case.measure_active and case.measure is not None and case.measure.measure is not Measure.NONE:
            deeds += [(officer, self.kin_of(name)), (officer, self.kin_of(name))]
            ends = self.random.choice((officer, "signatory"))
            deeds.append((ends, asked.EndMeasure(case=name, reason=EndReason.KIN_TOOK_OVER, holder=Holder.KIN)))
        return deeds
