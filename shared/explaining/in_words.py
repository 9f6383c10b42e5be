"""A decision in words, in the order in which a duty officer needs it at two in the morning. Names nobody.

Each part is a heading and its lines, in both languages at once. Rule ids stay out unless they are asked for.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from shared.contracts.assessment import Assessment, FactValue, SituationFound
from shared.contracts.vocabulary import Department, Holder, Injury, Level, Measure
from shared.explaining import fact_words, law_words, words
from shared.explaining.said import Said, capital, dated, time_of, together, until
from shared.explaining.telling import Cites, Telling
from shared.explaining.wording_of_care import care_lines, revocation_lines
from shared.explaining.wording_of_people import not_told_lines, told_lines


class Section(NamedTuple):
    """A heading and what stands under it."""

    title: Said
    lines: tuple[Said, ...]


def sections(telling: Telling) -> tuple[Section, ...]:
    """The decision, part by part; a part with nothing to say is left out."""
    level = telling.assessment.level.value
    cites = Cites(telling.rules)
    parts = (
        (Said("先做什么", "What to do first"), _first(telling)),
        (Said(f"为什么是 {level}", f"Why {level}"), _why(telling, cites)),
        (
            Said("还要问清楚的（答案会改变结论）", "Still to be asked (the answer changes the decision)"),
            _asked(telling),
        ),
        (Said("告知谁", "Who is told"), told_lines(telling, cites)),
        (Said("特意不告知谁", "Who is deliberately not told"), not_told_lines(telling, cites)),
        (Said("时限", "Deadlines"), _clocks(telling, cites)),
        (Said("孩子现在由谁照看", "Who has the child now"), _custody(telling)),
        (Said("监护安排", "Care and guardianship"), care_lines(telling, cites)),
        (Said("是否撤销监护人资格", "Revocation of guardianship"), revocation_lines(telling, cites)),
        (Said("请报告人这样做", "What the reporter is asked to do"), _instructions(telling)),
        (Said("依据", "Decided by"), _policy(telling)),
    )
    made = (Section(title, tuple(lines)) for title, lines in parts)
    return (Section(_head(telling.assessment), ()), *(section for section in made if section.lines))


def _head(assessment: Assessment) -> Said:
    level = Said(*words.LEVELS[assessment.level.value])
    now = dated(assessment.at_ms)
    return Said(
        f"{assessment.level.value} 级：{level.zh}。（按 {now.zh} 的情况判断；时间都是北京时间）",
        f"Level {assessment.level.value}: {level.en}. (As things stood on {now.en}. All times are Beijing time.)",
    )


def _first(telling: Telling) -> Iterator[Said]:
    """The emergency numbers where they apply, then what has to be done by when."""
    assessment = telling.assessment
    at_ms, level = assessment.at_ms, assessment.level
    police = any(due.code is Department.POLICE for due in assessment.departments)
    if _has_died(assessment):
        yield Said(
            "报告说这个孩子已经死亡：打 110。马上查看家里其他孩子是否安全；每个孩子另有一案。",
            "The report says that this child has died: call 110. See at once that the other children of the home are "
            "safe; each has a case of its own.",
        )
    elif level in (Level.S1, Level.S2):
        yield Said(
            "孩子现在有危险，就马上打 110；受伤、生病打 120。记下报警编号。",
            "If the child is in danger now, call 110 at once; if hurt or ill, 120. Note the alarm number.",
        )
    else:
        yield Said(
            "情况变坏、孩子有危险时，打 110 或 120。",
            "If things get worse and the child is in danger, call 110 or 120.",
        )
    if police:
        yield Said(
            "在公安机关受理以前，这份报告不等于报警。",
            "Until the police accept it, this report is not a police report.",
        )
    clocks = {clock.id: clock for clock in assessment.clocks}
    if (seen := clocks.get("SEEN")) is not None and not _has_died(assessment):
        by = until(seen.due_at_ms, at_ms)
        yield Said(f"{by.zh}，要有工作人员亲眼见到孩子。", f"An officer must see the child in person {by.en}.")
    measure = assessment.measure
    if measure.measure is not Measure.NONE and (decision := clocks.get("DECISION")) is not None:
        name, by = Said(*words.MEASURES[measure.measure.value]), until(decision.due_at_ms, at_ms)
        if measure.measure is Measure.TEMP_CARE:
            yield Said(
                f"现在就要有人照料孩子：{name.zh}马上生效。以后怎样照料，{by.zh}作出决定。",
                f"Somebody must look after the child now: {name.en} takes effect at once. "
                f"How care goes on is decided {by.en}.",
            )
            return
        yield Said(
            f"{by.zh}，要决定孩子由谁照料。建议：{name.zh}。",
            f"It must be decided {by.en} who cares for the child. Proposed: {name.en}.",
        )


def _has_died(assessment: Assessment) -> bool:
    return any(item.facts.get("injury") == Injury.DEATH for item in assessment.situations)


def _why(telling: Telling, cites: Cites) -> Iterator[Said]:
    assessment = telling.assessment
    yield from _facts(telling)
    for number, item in enumerate(telling.situations, start=1):
        yield _situation(number, item, cites, decisive=item.level is telling.situations[0].level)
    for raised in assessment.raises:
        title = title_of(telling, raised.source.rule, law_words.RAISES)
        law = cites.source(raised.source)
        yield Said(
            f"从 {raised.before.value} 升为 {raised.after.value}：{title.zh}。{law.zh}",
            f"Raised from {raised.before.value} to {raised.after.value}: {title.en}.{law.en}",
        )
    if _is_floor(assessment):
        yield Said(
            f"以前已经定为 {assessment.level.value}，系统从不自动降级。",
            f"It was {assessment.level.value} before, and the system never lowers a level by itself.",
        )
    if assessment.rules_failed:
        count = len(assessment.rules_failed)
        shown = f"（{'、'.join(assessment.rules_failed)}）" if telling.rules else ""
        yield Said(
            f"有 {count} 条规则算不出结果，已按符合处理{shown}；请告诉系统管理员。",
            f"{count} rules could not be worked out and count as met{shown}; tell the operator.",
        )


def _is_floor(assessment: Assessment) -> bool:
    """Whether the level comes from neither a situation nor a raise, but stood before."""
    reached = [item.level for item in assessment.situations] + [item.after for item in assessment.raises]
    return assessment.level is not Level.S4 and assessment.level.urgency > max(
        (at.urgency for at in reached), default=0
    )


def _facts(telling: Telling) -> Iterator[Said]:
    """What was said, once, and what was not said and was therefore taken as the graver."""
    assessment = telling.assessment
    known = {name: value for item in assessment.situations for name, value in item.facts.items()}
    known |= {name: value for name, value in telling.known.items() if _decides(name, value) and name not in known}
    said = [fact_words.fact(name, known[name]) for name in fact_words.said_once(known)]
    if said:
        listed = together(said, "；", "; ")
        yield Said(f"报告说了：{listed.zh}。", f"The report says: {listed.en}.")
    unknown = dict.fromkeys(name for item in assessment.situations for name in item.unknown)
    missing = [fact_words.question(name) for name in unknown if not _follows(name, known)]
    if missing:
        listed = together(missing, "；", "; ")
        yield Said(
            f"报告没有说，因此按较重的情况处理：{listed.zh}。",
            f"Not said, and so taken as the graver: {listed.en}.",
        )


def _follows(name: str, known: Mapping[str, FactValue]) -> bool:
    """Whether nobody has to be asked: the fact follows from others, or what was said has it already."""
    concerns = known.get("concerns")
    said_missing = name == "missing_now" and isinstance(concerns, tuple) and "MISSING" in concerns
    of_household = name == "alleged_outside_household" and known.get("abusive_guardian") is True
    return said_missing or of_household or name in fact_words.DERIVED


ALSO_SAID: Final = frozenset(
    {"afraid_to_go_home", "able_guardian", "carer_able", "alone_now", "missing_now", "alleged_access", "alleged_office",
     "needs_medical_care", "treatment_awaits_consent", "fit_for_discharge", "uncared_long", "disability",
     "earlier_signals", "earlier_admonition", "recently_returned", "alleged_relation", "guardian_statuses",
     "carer_statuses", "injury", "gone_days"}
)  # fmt: skip
"""Facts on which raises, departments, measures and instructions turn besides the situations' own."""


def _decides(name: str, value: FactValue) -> bool:
    """Whether a fact that no situation used is told: it was said, and it is not the harmless answer to a danger."""
    return name in ALSO_SAID and (name in {"able_guardian", "injury", "carer_able"} or value is not False)


def _situation(number: int, item: SituationFound, cites: Cites, *, decisive: bool) -> Said:
    """`decisive`: no other situation is graver, so that the level follows from it."""
    law = cites.source(item.source, Said(f"同情形 {number}", f"as situation {number}"))
    level = item.level.value
    gives = Said(f"，因此至少是 {level}", f", hence at least {level}") if decisive else Said("", "")
    zh = f"情形 {number}：{item.title_zh}{gives.zh}。{law.zh}"
    en = f"Situation {number}: {item.title_en}{gives.en}.{law.en}"
    if not cites.rules:
        return Said(zh, en)
    used = together(
        (fact_words.fact(name, value) for name, value in item.facts.items() if value not in (None, ())), "；", "; "
    )
    return Said(f"{zh} {item.code}：{used.zh}", f"{en} {item.code}: {used.en}")


def title_of(telling: Telling, rule: str, table: words.Words, code: str = "") -> Said:
    """The title of a row: the policy's own, else the table's."""
    own = telling.titles.get(rule)
    if own is not None:
        return own
    pair = table.get(rule) or table.get(code)
    return Said("政策中的一条规则", "a rule of the policy") if pair is None else Said(*pair)


def _asked(telling: Telling) -> Iterator[Said]:
    """The answers that would change the decision; without them what nearly fired, by its missing answers."""
    assessment = telling.assessment
    if telling.rules:
        for near in assessment.nearly:
            asked = together((fact_words.question(name) for name in near.missing), "、", ", ")
            yield Said(f"差一点符合 {near.rule}，要看：{asked.zh}。", f"Nearly {near.rule}; it depends on: {asked.en}.")
    if telling.questions is not None:
        yield from telling.questions
        return
    known = {name for item in assessment.situations for name in item.facts}
    met = {item.code for item in assessment.situations}
    for near in assessment.nearly:
        open_facts = [n for n in near.missing if n not in known and n not in fact_words.DERIVED]
        if not open_facts or near.code in met:
            continue
        title = title_of(telling, near.rule, law_words.SITUATIONS, near.code)
        asked = together((fact_words.question(name) for name in open_facts), "、", ", ")
        yield Said(
            f"{asked.zh}：报告没有说；问清楚才知道是否还符合“{title.zh}”。",
            f"{capital(asked.en)}: not said; it decides whether this holds too: {title.en}.",
        )


def _clocks(telling: Telling, cites: Cites) -> Iterator[Said]:
    at_ms = telling.assessment.at_ms
    if telling.assessment.clocks:
        yield Said(
            "法律大多只说“立即”“及时”。标明“设计值”的小时数和天数由本县确认。",
            "The law mostly says only “at once” and “promptly”. "
            "Hours and days marked “design value” are for the county to confirm.",
        )
    for clock in sorted(telling.assessment.clocks, key=lambda each: each.due_at_ms):
        by, law = until(clock.due_at_ms, at_ms), cites.source(clock.source)
        name = Said(*words.CLOCKS[clock.id]) if clock.id in words.CLOCKS else Said(clock.id, clock.id)
        kind = Said(*words.CLOCK_KINDS[clock.clock_type.value])
        yield Said(f"{by.zh}：{name.zh}（{kind.zh}）。{law.zh}", f"{capital(by.en)}: {name.en} ({kind.en}).{law.en}")


def _custody(telling: Telling) -> Iterator[Said]:
    custody, at_ms = telling.custody, telling.assessment.at_ms
    if custody is None:
        return
    if custody.holder is Holder.UNKNOWN:
        yield Said(
            "报告没有说。先问清楚孩子在哪里、和谁在一起。", "Not said. Ask first where the child is, and with whom."
        )
        return
    since = time_of(custody.since_ms, at_ms) if custody.since_ms is not None else None
    when = (
        Said(f"，自 {since.zh} 起", f", since {since.en}")
        if since
        else Said("（没有说从什么时候起）", " (since when is not said)")
    )
    if custody.holder is Holder.NOBODY:
        yield Said(f"没有人照看{when.zh}。", f"Nobody{when.en}.")
        return
    holder = Said(*words.HOLDERS[custody.holder.value])
    yield Said(f"{holder.zh}{when.zh}。这是报告人的说法。", f"{capital(holder.en)}{when.en}. So the reporter says.")


def _instructions(telling: Telling) -> Iterator[Said]:
    for item in telling.assessment.instructions:
        if item.to == "REPORTER":
            rule = f"〔{item.code}〕" if telling.rules else ""
            yield Said(f"{item.zh}{rule}", f"{item.en}{rule}")


def _policy(telling: Telling) -> Iterator[Said]:
    policy = telling.assessment.policy
    yield Said(f"政策版本 {policy}。", f"Policy version {policy}.")
