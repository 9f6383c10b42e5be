"""A case's first decision as the demonstration shows it, on one screen in both languages."""

from collections.abc import Iterator
from typing import Final

from shared.contracts.vocabulary import Basis, Measure
from shared.narration import tell, words
from shared.narration.words import Line
from wardline.narration.story import Story

WITHOUT_PLACE: Final = frozenset({Measure.NONE, Measure.RETURN_TO_ABLE_GUARDIAN})
BASES: Final = {Basis.STATUTE: Line("法律或国家规范性文件", "statute or national normative document"),
                Basis.LOCAL: Line("地方规定", "local rule"),
                Basis.DESIGN: Line("设计值", "design value")}  # fmt: skip


def missing(story: Story) -> list[str]:
    """What a whole first decision has and this one does not, yet."""
    first = story.first
    if first is None:
        return ["first decision"]
    proposed = first.proposed
    parts = {
        "level": first.level,
        "situations with law": first.assessment and any(each.source.citation for each in first.assessment.situations),
        "departments alerted": first.told and all(alert.alert_id in story.sent for alert in first.told),
        "custody": first.custody,
        "guardian with reasons": proposed and proposed.source.citation,
        "place or the reason why none": proposed
        and (proposed.place_id or proposed.place_reason or proposed.measure in WITHOUT_PLACE),
        "next deadline": first.next_due,
    }
    return [name for name, seen in parts.items() if not seen]


def screen(story: Story) -> Iterator[str]:
    """The first decision on one screen; every alert of it, those that notify did not send with a word of it."""
    yield f"━━ {story.name}  {story.case}"
    yield f"   回执 receipt {story.receipt}"
    first = story.first
    if first is None:
        return
    if first.level is not None:
        yield f"   等级 level     {_both(words.level(first.level))}"
    for situation in first.assessment.situations if first.assessment else ():
        yield f"   情形 situation {situation.code} {situation.title_zh} / {situation.title_en}"
        basis = BASES[situation.source.basis]
        yield f"                  依据 ground: {basis.zh} {basis.en}: {situation.source.citation}"
    for alert in first.told:
        name, step = words.department(alert.department), words.rung(alert.step)
        lead = "已提醒 alerted" if alert.alert_id in story.sent else "未送出 NOT SENT"
        yield f"   {lead} {name.zh}{step.zh} / {name.en}, {step.en} → {', '.join(alert.contact_ids)}"
    for event, word in ((first.custody, "监护现状 custody"), (first.proposed, "安排 guardian")):
        for number, line in enumerate(tell(event) if event is not None else []):
            lead = f"   {word} " if number == 0 else "      "
            yield f"{lead}{line.zh} / {line.en.strip()}"
    if first.next_due is not None:
        at, what = words.moment(first.next_due[0]), words.due(first.next_due[1])
        yield f"   下一时限 next  {at.zh}，{what.zh} / {at.en}, {what.en}"


def _both(line: Line) -> str:
    return f"{line.zh} / {line.en}"
