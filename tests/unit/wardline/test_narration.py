"""A case is told in words: no code, no id of a deadline or a rule, in either language; and how it stands, first."""

import json
import re
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest

import shared.contracts
from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import alerts, commands, events, vocabulary
from shared.contracts.assessment import Source
from shared.contracts.events import read_event
from shared.contracts.vocabulary import CaseState, Department, Holder, LadderStep, Level, Measure
from shared.explaining.words import Words
from shared.narration import refusals, tell, words
from wardline.narration.story import Story, summary
from wardline.settings import language_of

EXAMPLES = Path(shared.contracts.__file__).parent / "examples"
TOLD = sorted(
    path
    for path in EXAMPLES.glob("*.json")
    if isinstance(getattr(events, path.stem, getattr(alerts, path.stem, None)), type)
)
SHOWN_CODES = re.compile(r"\b([0-9]{6}(-[0-9A-Z]{5}){3}|S[0-4]|BREACH|DOC-[0-9]+|(TG|LB|MR|EN|ED|EM|RV|DS)-[0-9]+)\b")
"""Receipts; and levels and situations, whose codes everybody who works with them knows."""
CODE = re.compile(r"~|\b[A-Z]{2,}[A-Z0-9]*([_-][A-Z0-9]+)*\b")
AT_MS = 1_795_000_000_000
CASE = "c.0"
LAW = Source(rule="C-SEEN", basis=vocabulary.Basis.DESIGN, citation="设计值", policy="p")


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.stem)
def test_an_event_is_told_without_codes(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    for example in content if isinstance(content, list) else [content]:
        try:
            event = read_event(example)
        except ValueError:
            continue  # a message that is no event of the case-log
        if isinstance(event, events.CaseAssessed):
            continue  # told by the core
        for line in tell(event):
            for said in line:
                assert not CODE.search(SHOWN_CODES.sub("", said)), said


@pytest.mark.parametrize(
    ("table", "codes", "left_out"),
    [
        (words.HOLDERS, Holder, {"UNKNOWN"}),
        (words.STATES, CaseState, set()),
        (words.PLACEMENTS, vocabulary.PlacementType, set()),
        (words.ORGANS, vocabulary.Organ, set()),
        (words.REASONS, vocabulary.EndReason, set()),
        (words.REASONS, vocabulary.CloseReason, set()),
        (words.REASONS, alerts.DeclineReason, set()),
        (words.RESULTS, alerts.AlertResult, set()),
        (words.CHANNELS, alerts.ChannelKind, set()),
        (words.ANSWERS, alerts.AnswerCode, set()),
        (words.FEEDBACK, vocabulary.FeedbackStatus, set()),
        (words.WISHES, vocabulary.Wishes, set()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_code_has_words(table: Words, codes: type[StrEnum], left_out: set[str]) -> None:
    assert {code.value for code in codes} - left_out <= set(table)


def test_every_clock_of_the_policy_has_words() -> None:
    assert {row.clock for row in parse_policy(load_policy_texts()).rows.clocks} <= set(words.CLOCKS)


def test_every_command_has_words() -> None:
    assert {body.__name__ for body in get_args(get_args(commands.CommandBody)[0])} == set(refusals.COMMANDS)


@pytest.mark.parametrize(
    ("deadline", "zh", "en"),
    [
        ("c.0~RUNG~CIVIL_AFFAIRS.E2~8", "民政部门第2级", "civil affairs rung 2 is told if nobody accepts"),
        ("c.0~CLOCK~SEEN~1", "见到儿童本人", "see the child in person"),
        ("c.0~ACK~POLICE~4", "公安机关须已派人", "police must have sent somebody"),
        ("c.0~ASSESS~case~1", "评估本案", "this case is assessed"),
    ],
)
def test_a_deadline_is_told_by_what_happens_then(deadline: str, zh: str, en: str) -> None:
    line = words.due(deadline)
    assert zh in line.zh
    assert en in line.en


def rung(repeat: int) -> events.RungReached:
    return events.RungReached(
        case=CASE,
        department=Department.POLICE,
        step=LadderStep.D1,
        repeat=repeat,
        contacts=("police-1",),
        staffed=True,
    )


def test_a_repetition_says_reminded_again_and_a_first_time_does_not() -> None:
    [first], [third] = tell(rung(0)), tell(rung(3))
    assert first.en == "told police, rung 1: police-1"
    assert "reminded again (3)" in third.en
    assert "再次提醒" in third.zh
    [scheduled] = tell(
        events.RungScheduled(
            case=CASE,
            department=Department.POLICE,
            step=LadderStep.D3,
            repeat=2,
            deadline=f"{CASE}~RUNG~POLICE.D3~9",
            due_at_ms=AT_MS,
        )
    )
    assert "reminded again (2)" in scheduled.en
    assert "climbs" not in scheduled.en


def test_times_say_whose_they_are_and_unknown_custody_is_a_sentence() -> None:
    clock = events.ClockStarted(
        case=CASE,
        clock="SEEN",
        clock_type=vocabulary.ClockType.HOURS_24x7,
        deadline=f"{CASE}~CLOCK~SEEN~1",
        start_at_ms=AT_MS,
        due_at_ms=AT_MS,
        source=LAW,
    )
    [line] = tell(clock)
    assert "北京时间" in line.zh
    assert "Beijing time" in line.en
    [unknown] = tell(events.CustodySet(case=CASE, holder=Holder.UNKNOWN, by="REPORT"))
    assert unknown.en == "it is not known yet who has the child (as reported)"


def test_temporary_care_without_a_place_says_that_one_must_be_found() -> None:
    care = events.MeasureProposed(
        case=CASE, measure=Measure.TEMP_CARE, status=vocabulary.MeasureStatus.IN_EFFECT, place_id=None, source=LAW
    )
    story = Story(CASE, receipt="r")
    story.take_record([care])
    assert "no place found yet: an officer must find one" in list(summary(story, None))[-1].en
    story.take_record([events.CustodySet(case=CASE, holder=Holder.KIN, by="officer")])
    assert "no place" not in list(summary(story, None))[-1].en


def test_a_summary_says_who_has_it_in_hand_and_what_comes_next() -> None:
    story = Story(CASE, receipt="r")
    story.take_record(
        [
            events.StateChanged(case=CASE, state=CaseState.TRIAGED),
            events.LevelSet(case=CASE, level=Level.S1, by="POLICY", reason="ASSESSED"),
            events.CustodySet(case=CASE, holder=Holder.SCHOOL, by="REPORT"),
            events.MeasureProposed(
                case=CASE,
                measure=Measure.TEMP_GUARDIANSHIP,
                status=vocabulary.MeasureStatus.PROPOSED,
                place_id="foster-1",
                source=LAW,
            ),
        ]
    )
    due = (AT_MS, f"{CASE}~RUNG~CIVIL_AFFAIRS.E2~8")
    before = [line.en for line in summary(story, due)]
    assert before[1:] == [
        "  state: triaged; level: S1 urgent, now",
        "  in hand: nobody has accepted it yet",
        "  custody: the child is with the school (as reported)",
        "  guardian: temporary guardianship (proposed, waits for a signatory), place foster-1",
        f"  next: {words.moment(AT_MS).en}, civil affairs rung 2 is told if nobody accepts",
    ]
    accepted = events.DepartmentAcknowledged(
        case=CASE, department=Department.POLICE, by="officer-9", at_ms=AT_MS, expires_at_ms=AT_MS, deadline="d"
    )
    story.take_record([accepted])
    assert "  in hand: police, accepted (officer-9)" in [line.en for line in summary(story, due)]
    story.take_record([events.AcknowledgementExpired(case=CASE, department=Department.POLICE)])
    assert [line.en for line in summary(story, due)] == before


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_language_is_the_terminals(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language
