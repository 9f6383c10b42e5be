"""Which missing answers would change the decision: each is tried on the policy itself, and its effect is said.

Nothing is guessed: a question stands here only when its fact is unknown and when the policy, given the answer, decides
otherwise. An answer that would only make the decision weaker is not offered as a way down: no level is lowered by a
machine. It is said only where it proposes another measure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.contracts.assessment import Assessment, CaseFacts, SituationFound
from shared.contracts.reports import AllegedFacts, ChildFacts, GuardianFacts, ReportFacts
from shared.contracts.vocabulary import Concern, Department, GuardianStatus, Injury, Measure, Relation, Sex
from shared.explaining import words
from shared.explaining.citations import cited
from shared.explaining.said import Said, capital, together

from services.triage.core.clocks import DAY_MS
from services.triage.core.policy.facts import age_of
from services.triage.core.policy.people import is_able, known

QUESTIONS_MAX: Final = 6
SITUATIONS_SAID_MAX: Final = 2
LONG_DAYS: Final = 8
Change = Callable[[ReportFacts, int], ReportFacts]
Assess = Callable[[CaseFacts, int], Assessment]


@dataclass(frozen=True, slots=True)
class Answer:
    """A possible answer (`supposed`: "if …"), and the report with it (at Unix ms)."""

    supposed: Said
    change: Change


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, whether it is open, and the answers that are tried, the gravest first."""

    ask: Said
    is_open: Callable[[ReportFacts], bool]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an answer changes; `weight` orders the questions, larger first."""

    said: Said
    weight: int
    fresh: tuple[SituationFound, ...] = ()

    @property
    def named(self) -> tuple[Said, frozenset[str]]:
        """What makes two effects one: the words, and the situations that would hold too."""
        return self.said, frozenset(item.code for item in self.fresh)


@dataclass(frozen=True, slots=True)
class Tried:
    """A question whose answers were tried: what each would change."""

    ask: Said
    effects: dict[Said, Effect]

    @property
    def names(self) -> list[tuple[Said, frozenset[str]]]:
        """What its answers change, for comparing."""
        return [effect.named for effect in self.effects.values()]

    @property
    def weight(self) -> int:
        """The weight of the heaviest answer."""
        return max(effect.weight for effect in self.effects.values())


def questions(assess: Assess, facts: CaseFacts, at_ms: int, decided: Assessment) -> tuple[Said, ...]:
    """The open questions whose answers change the decision, the weightiest first, at most QUESTIONS_MAX."""
    found: list[Tried] = []
    for asked in QUESTIONS:
        if not asked.is_open(facts.report):
            continue
        effects: dict[Said, Effect] = {}
        for answer in asked.answers:
            report = answer.change(facts.report, at_ms)
            effect = _effect(decided, assess(facts.model_copy(update={"report": report}), at_ms))
            if effect is not None and effect.named not in [each.named for each in effects.values()]:
                effects[answer.supposed] = effect
        if effects:
            found.append(Tried(asked.ask, effects))
    named: set[str] = set()
    weightiest = sorted(_merged(found), key=lambda each: -each.weight)[:QUESTIONS_MAX]
    return tuple(_said(tried, named) for tried in weightiest)


def _merged(found: list[Tried]) -> list[Tried]:
    """Questions with the same effect are asked together: one "yes" is enough."""
    kept: list[Tried] = []
    for tried in found:
        same = next((each for each in kept if each.names == tried.names), None)
        if same is None:
            kept.append(tried)
            continue
        asks = Said(f"{same.ask.zh}{tried.ask.zh}", f"{same.ask.en} {tried.ask.en}")
        either = zip(same.effects, tried.effects, same.effects.values(), strict=True)
        kept[kept.index(same)] = Tried(
            asks, {Said(f"{a.zh}，或者{b.zh}", f"{a.en}, or {b.en}"): effect for a, b, effect in either}
        )
    return kept


def _said(tried: Tried, named: set[str]) -> Said:
    parts = []
    for when, effect in tried.effects.items():
        too = _situations(effect.fresh, named) if effect.fresh else Said("", "")
        parts.append(Said(f"如果{when.zh}，{effect.said.zh}{too.zh}", f"if {when.en}, {effect.said.en}{too.en}"))
    effects = together(parts, "；", "; ")
    return Said(f"{tried.ask.zh}没有说。{effects.zh}。", f"{tried.ask.en} Not said. {capital(effects.en)}.")


def _effect(before: Assessment, after: Assessment) -> Effect | None:
    """The difference in words: level, measure, departments, or situations; None when nothing changes for the worse."""
    parts: list[Said] = []
    weight = 0
    if after.level.urgency > before.level.urgency:
        parts.append(Said(f"就升为 {after.level.value}", f"this becomes {after.level.value}"))
        weight += 100 * (after.level.urgency - before.level.urgency)
    if after.measure.measure is not before.measure.measure:
        name = Said(*words.MEASURES[after.measure.measure.value])
        weaker = STRENGTH[after.measure.measure] < STRENGTH[before.measure.measure]
        parts.append(Said(f"建议改为“{name.zh}”", f"the proposal becomes: {name.en}"))
        weight += 20 if weaker else 50
    silent = [left for left in after.not_told if left.who not in {each.who for each in before.not_told}]
    for left in silent:
        if left.who in words.DEPARTMENTS:
            name = Said(*words.DEPARTMENTS[left.who])
            parts.append(Said(f"就不再告知{name.zh}", f"no longer told: {name.en}"))
            weight += 30
    added = [due.code for due in after.departments if due.code not in {each.code for each in before.departments}]
    if added:
        names = together((Said(*words.DEPARTMENTS[code.value]) for code in added), "、", ", ")
        parts.append(Said(f"还要告知{names.zh}", f"also to be told: {names.en}"))
        weight += 10 + (20 if Department.POLICE in added else 0)
    fresh = [item for item in after.situations if item.code not in {each.code for each in before.situations}]
    if not parts:
        return None
    return Effect(together(parts, "，", ", "), weight, tuple(fresh))


def _situations(fresh: tuple[SituationFound, ...], named: set[str]) -> Said:
    """What would hold too; a text that was named for an earlier question is not cited again."""
    parts = []
    for item in fresh[:SITUATIONS_SAID_MAX]:
        law = "" if item.code in named else f"（{item.source.citation}）"
        law_en = "" if item.code in named else f" ({cited(item.source.citation).en})"
        named.add(item.code)
        parts.append(Said(f"“{item.title_zh}”{law}", f"“{item.title_en}”{law_en}"))
    listed = together(parts, "、", " and ")
    return Said(f"，并且还符合{listed.zh}", f", and this holds too: {listed.en}")


STRENGTH: Final = {
    Measure.NONE: 0,
    Measure.RETURN_TO_ABLE_GUARDIAN: 1,
    Measure.TEMP_CARE: 2,
    Measure.TEMP_GUARDIANSHIP: 3,
}


def _child(report: ReportFacts) -> ChildFacts:
    return report.children[0] if report.children else ChildFacts()


def _with_child(report: ReportFacts, **values: object) -> ReportFacts:
    child = _child(report).model_copy(update=values)
    return report.model_copy(update={"children": (child, *report.children[1:])})


def _safety(**values: object) -> Change:
    return lambda report, _at_ms: report.model_copy(update={"safety": report.safety.model_copy(update=values)})


def _history(**values: object) -> Change:
    return lambda report, _at_ms: report.model_copy(update={"history": report.history.model_copy(update=values)})


def _of_child(**values: object) -> Change:
    return lambda report, _at_ms: _with_child(report, **values)


def _since_long(report: ReportFacts, at_ms: int) -> ReportFacts:
    return _safety(since_ms=max(0, at_ms - LONG_DAYS * DAY_MS))(report, at_ms)


def _alleged(**values: object) -> Change:
    def changed(report: ReportFacts, _at_ms: int) -> ReportFacts:
        alleged = (report.alleged_person or AllegedFacts()).model_copy(update=values)
        return report.model_copy(update={"alleged_person": alleged})

    return changed


def _none_reachable(report: ReportFacts, _at_ms: int) -> ReportFacts:
    """Every guardian whose state is not known cannot be reached."""
    people = report.guardians or (GuardianFacts(),)
    changed = tuple(
        each.model_copy(update={"status": (GuardianStatus.UNREACHABLE,)}) if not known(each.status) else each
        for each in people
    )
    return report.model_copy(update={"guardians": changed})


def _one_able(report: ReportFacts, _at_ms: int) -> ReportFacts:
    """One more guardian is able, and known not to live with whom the report is about."""
    able = GuardianFacts(relation=Relation.OTHER, status=(GuardianStatus.ABLE,), lives_with_alleged=False)
    people = [each for each in report.guardians if known(each.status)]
    return report.model_copy(update={"guardians": (able, *people)[:20]})


def _able_live_apart(report: ReportFacts, _at_ms: int) -> ReportFacts:
    changed = tuple(
        each.model_copy(update={"lives_with_alleged": False}) if is_able(known(each.status)) else each
        for each in report.guardians
    )
    return report.model_copy(update={"guardians": changed})


def _guardians_open(report: ReportFacts) -> bool:
    """Whether it is not known of anybody that they are able, and of somebody not that they are unable."""
    ability = [is_able(known(each.status)) for each in report.guardians]
    return True not in ability and (None in ability or not ability)


def _living_open(report: ReportFacts) -> bool:
    return any(is_able(known(each.status)) and each.lives_with_alleged is None for each in report.guardians)


QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        Said("孩子几岁？", "How old is the child?"),
        lambda report: age_of(_child(report)) is None,
        (
            Answer(Said("孩子不满八周岁", "the child is under 8"), _of_child(age_years=7)),
            Answer(Said("孩子八到十三周岁", "the child is 8 to 13"), _of_child(age_years=13)),
        ),
    ),
    Question(
        Said("孩子现在是不是独自一人？", "Is the child alone now?"),
        lambda report: report.safety.alone_now is None,
        (Answer(Said("孩子独自一人", "the child is alone"), _safety(alone_now=True)),),
    ),
    Question(
        Said("孩子现在找得到吗？", "Is the child missing now?"),
        lambda report: report.safety.missing_now is None and Concern.MISSING not in _child(report).concerns,
        (Answer(Said("孩子下落不明", "the child is missing"), _safety(missing_now=True)),),
    ),
    Question(
        Said("孩子有没有受伤？", "Is the child injured?"),
        lambda report: _child(report).injury is Injury.UNKNOWN,
        (Answer(Said("孩子受了重伤", "the injury is serious"), _of_child(injury=Injury.SERIOUS)),),
    ),
    Question(
        Said("需要医疗救治吗？", "Is medical care needed?"),
        lambda report: report.safety.needs_medical_care is None,
        (Answer(Said("需要医疗救治", "medical care is needed"), _safety(needs_medical_care=True)),),
    ),
    Question(
        Said("有没有治疗在等监护人签字？", "Does treatment wait for a guardian's signature?"),
        lambda report: report.safety.treatment_awaits_consent is None,
        (Answer(Said("有治疗在等签字", "treatment waits for a signature"), _safety(treatment_awaits_consent=True)),),
    ),
    Question(
        Said("被反映的人还能接触孩子吗？", "Can the person concerned still reach the child?"),
        lambda report: report.safety.alleged_person_has_access is None and report.alleged_person is not None,
        (
            Answer(
                Said("被反映的人还能接触孩子", "the person concerned can still reach the child"),
                _safety(alleged_person_has_access=True),
            ),
        ),
    ),
    Question(
        Said("孩子害怕回家吗？", "Is the child afraid to go home?"),
        lambda report: report.safety.afraid_to_go_home is None,
        (Answer(Said("孩子害怕回家", "the child is afraid to go home"), _safety(afraid_to_go_home=True)),),
    ),
    Question(
        Said("有没有监护人能照料孩子？", "Is a guardian able to care for the child?"),
        _guardians_open,
        (
            Answer(Said("监护人都联系不上", "no guardian can be reached"), _none_reachable),
            Answer(
                Said(
                    "有一位能照料，又不和伤害、遗弃孩子的人同住",
                    "one is able, and lives apart from whoever harmed or left the child",
                ),
                _one_able,
            ),
        ),
    ),
    Question(
        Said("能照料的监护人和被反映的人同住吗？", "Does the able guardian live with the person concerned?"),
        _living_open,
        (Answer(Said("他们不同住", "they live apart"), _able_live_apart),),
    ),
    Question(
        Said("无人照料有多久了？", "For how long has nobody cared?"),
        lambda report: report.safety.since_ms is None,
        (Answer(Said(f"已有 {LONG_DAYS} 天", f"it has been {LONG_DAYS} days"), _since_long),),
    ),
    Question(
        Said("以前有没有人为这个孩子报告过？", "Was this child reported before?"),
        lambda report: report.history.earlier_reports is None,
        (Answer(Said("以前报告过", "the child was reported before"), _history(earlier_reports=True)),),
    ),
    Question(
        Said("被反映的人担任公职（如村干部）吗？", "Does the person concerned hold a public office?"),
        lambda report: report.alleged_person is not None and report.alleged_person.office is None,
        (Answer(Said("担任公职", "they hold an office"), _alleged(office=True)),),
    ),
    Question(
        Said("是男孩还是女孩？", "Is it a girl or a boy?"),
        lambda report: _child(report).sex is None,
        (Answer(Said("是女孩", "it is a girl"), _of_child(sex=Sex.F)),),
    ),
)
"""In the order in which they are asked when their answers weigh the same."""
