"""`make demo`: real cases through the whole system, and an exit code that says whether everything was seen.

Everything printed is read from the case-log; nothing is assumed.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from shared.contracts.vocabulary import Department, LadderStep, Level, Measure, Wishes
from shared.narration import tell
from shared.narration.words import Line
from wardline.case_log import CaseLog
from wardline.commands.verify import report as report_verification
from wardline.demo.desk import NotAtTheDesk, Visit, visiting
from wardline.demo.samples import SampleFiled
from wardline.demo.story import missing, screen
from wardline.narration.story import Stories, Story
from wardline.verification.findings import ok
from wardline.verification.verifying import Verifier
from wardline.workplace import Workplace

DECIDED_SECONDS_MAX = 60.0
CLIMB_SECONDS_MAX = 120.0
SIGN_SECONDS_MAX = 30.0
VERIFY_SECONDS_MAX = 30.0
CASES_MIN = 5
RUNGS_CLIMBED = (LadderStep.E2, LadderStep.E3)
Say = Callable[[str], None]


@dataclass(slots=True)
class Demonstration:
    """One run. `failures` names what was not seen; the exit code follows from it."""

    workplace: Workplace
    log: CaseLog
    say: Say
    desk: str
    passwords: Mapping[str, str]
    stories: Stories = field(default_factory=Stories)
    failures: list[str] = field(default_factory=list)

    def run(self, filed: list[SampleFiled]) -> int:
        """Show every case, one ladder climbing, one guardian signed, and the verification; the exit code."""
        self.stories.take(self.log.refresh())
        shown = self._show_decisions(filed)
        signed = self._work(shown)
        self._climb([story for story in shown if story is not signed])
        self._verify()
        if self.failures:
            self.say("NOT SEEN 未见到:")
            for failure in self.failures:
                self.say(f"  {failure}")
            return 1
        self.say(
            "everything was seen 全部完成: cases decided, departments alerted, "
            "a guardian signed at the desk, a ladder climbed, books verified."
        )
        return 0

    def _show_decisions(self, filed: list[SampleFiled]) -> list[Story]:
        """Wait until each filed case is decided and its departments are alerted, and print it."""
        self._until(lambda: all(self._whole(each) for each in filed), DECIDED_SECONDS_MAX)
        shown = []
        for each in filed:
            for story in self._stories_of(each):
                story.name = each.name
                self.say("")
                for line in screen(story):
                    self.say(line)
                if left := missing(story):
                    self.failures.append(f"{each.name}: {', '.join(left)}")
                shown.append(story)
            if not self._stories_of(each):
                self.failures.append(f"{each.name}: no case was opened")
        if len(shown) < CASES_MIN:
            self.failures.append(f"{len(shown)} cases decided, at least {CASES_MIN} wanted")
        return shown

    def _work(self, shown: list[Story]) -> Story | None:
        """People do their work on one case at the desk, by its own pages, until a guardian is signed."""
        story = next((each for each in shown if each.waits_for_signatory), None)
        if story is None:
            self.failures.append("no temporary guardianship waited for a signatory")
            return None
        self.say("")
        self.say(f"── at the desk 在工作台: {story.name} {self.desk}/cases/{story.case}")
        try:
            self._press(story)
        except (NotAtTheDesk, httpx.TransportError) as error:
            self.failures.append(f"at the desk: {error}")
        self._until(lambda: story.signed is not None, SIGN_SECONDS_MAX)
        if story.signed is None:
            self.failures.append(f"the guardian of {story.name} was not signed")
            return story
        for line in tell(story.signed):
            self.say(f"   {line.zh} / {line.en}")
        return story

    def _press(self, story: Story) -> None:
        """Officer, police clerk, signatory, auditor. Raises NotAtTheDesk, httpx.TransportError."""
        case = f"/cases/{story.case}"
        with visiting(self.desk, "officer-1", self.passwords) as officer:
            self._told(officer, officer.press(case, "acknowledge"))
            self._told(officer, officer.press(case, "dispatch"))
        if story.first and any(alert.department is Department.POLICE for alert in story.first.told):
            task = f"/tasks/{story.case}/{Department.POLICE}"
            with visiting(self.desk, "police-clerk-1", self.passwords) as clerk:
                self._told(clerk, clerk.press(task, "task-accept", reference="DEMO-POLICE-0001"))
                self._told(clerk, clerk.press(task, "task-outcome", outcome="CHILD_BROUGHT_TO_SAFETY"))
        with visiting(self.desk, "signatory-1", self.passwords) as signatory:
            measure = {"measure": Measure.TEMP_GUARDIANSHIP.value, "wishes": Wishes.HEARD.value}
            self._told(signatory, signatory.press(case, "sign", document_number="DEMO-0001", **measure))
        with visiting(self.desk, "auditor-1", self.passwords) as auditor:
            count = auditor.records(story.case)
            self.say(f"   auditor-1: 读到本案 {count} 条记录 / reads {count} records of the case")

    def _told(self, visit: Visit, line: Line) -> None:
        self.say(f"   {visit.account}: {line.zh} / {line.en}")

    def _climb(self, stories: list[Story]) -> None:
        """Nobody answers: civil affairs' ladder of one urgent case climbs by its deadlines."""
        story = next((each for each in stories if each.first is not None and each.first.level is Level.S1), None)
        if story is None:
            self.failures.append("no urgent case whose ladder could climb")
            return
        rate = self.workplace.space.genesis.clock_rate
        self.say("")
        self.say(
            f"── nobody answers 无人受理: {story.name} (15 min of the space's clock are {15 * 60 / rate:.0f} s here)"
        )
        told = 0
        until = time.monotonic() + CLIMB_SECONDS_MAX
        while time.monotonic() < until and not self._climbed(story):
            self.stories.take(self.log.follow())
            for rung in story.climbed[told : self._last_shown(story)]:
                for line in tell(rung):
                    self.say(f"   {line.zh} / {line.en}")
            told = len(story.climbed)
        if not self._climbed(story):
            self.failures.append(f"the ladder of {story.name} did not climb to {RUNGS_CLIMBED[-1].value}")

    def _last_shown(self, story: Story) -> int:
        """How many rungs are shown: up to the one that is waited for, so that two runs show the same."""
        for number, rung in enumerate(story.climbed, start=1):
            if (rung.department, rung.step) == (Department.CIVIL_AFFAIRS, RUNGS_CLIMBED[-1]):
                return number
        return len(story.climbed)

    def _climbed(self, story: Story) -> bool:
        steps = {rung.step for rung in story.climbed if rung.department is Department.CIVIL_AFFAIRS}
        return all(step in steps for step in RUNGS_CLIMBED)

    def _verify(self) -> None:
        self.say("")
        self.say("── wardline verify --rederive")
        with self.workplace.admin() as admin, self.workplace.consumer() as consumer:
            findings = Verifier(self.workplace.space, consumer, admin, rederive=True).verify(
                wait_seconds=VERIFY_SECONDS_MAX
            )
        report_verification(findings, self.workplace.space.name, as_json=False)
        if not ok(findings):
            self.failures.append("wardline verify found faults")

    def _whole(self, filed: SampleFiled) -> bool:
        stories = self._stories_of(filed)
        return bool(stories) and all(not missing(story) for story in stories)

    def _stories_of(self, filed: SampleFiled) -> list[Story]:
        reports = {case: at.report_id for case, at in self.log.cases.items()}
        return self.stories.of_report(filed.report_id, reports)

    def _until(self, reached: Callable[[], bool], seconds: float) -> None:
        self.log.wait_for(reached, seconds, self.stories.take)
