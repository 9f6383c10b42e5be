"""docs/policy.md from the rows: what the shipped policy says, for people who read no YAML."""

from collections.abc import Iterable, Iterator, Mapping

from shared.contracts.vocabulary import Level
from shared.explaining.catalogue import CATALOGUE, RESULT_FACTS

from services.triage.core.policy.conditions import Condition, FactTest, Joined
from services.triage.core.policy.model import (
    Amount,
    Clock,
    DepartmentRow,
    InstructionRow,
    Ladder,
    LadderTiming,
    MeasureRow,
    PlacementChange,
    Raise,
    Row,
    Situation,
    Withholding,
)
from services.triage.core.policy.policy import Policy
from services.triage.core.states import TRANSITIONS

LEVELS = (Level.S1, Level.S2, Level.S3, Level.S4)
HEAD = """# The policy

Generated from `services/triage/policy` by `python -m services.triage.policy_document`; do not edit.
The law is cited in Chinese, as it is published. **Levels, hours and ladders are design values** unless a row says
`STATUTE` or `LOCAL`; what is marked DESIGN is nobody's law. A condition names the fact and tests it; it reads `?`
where an unknown counts as true. A row with an area is local law and takes the place of a country's row of the same id.

- **S0** (no matter of guardianship, passed on to another service) is never a rule's result: only a named officer sets
  it, with a reason, and the matter is transferred, not dropped.
- The level never goes down by itself. A department that the text does not name is told by design; its source says so.
- **Not law here**, because nobody has read it article by article: items of the 2014 opinion on infringement by
  guardians; articles 5, 10 to 15 and 20 to 23 of the 2020 opinion on mandatory reports; the measures of civil affairs
  order 84 (2026); the document on child directors of 2019; assessment standards; the regulation on school protection
  (order 50). `wardline policy check` refuses a row that presents one of them as law, that gives hours or days which
  its text does not give, or that is older than its text.
- Days are counted by Civil Code arts. 200 to 204: the first day is not counted, a month without the day ends with its
  last day, a last day on a day of rest moves to the next working day (make-up days work). Hours run round the clock.
"""


def policy_document(policy: Policy) -> str:
    """The whole document as Markdown."""
    rows = policy.rows
    parts = [HEAD, *_situations(rows.situations), *_raises(rows.raises), *_clocks(rows.clocks)]
    parts += [*_departments(policy), *_ladders(rows.ladders), *_timings(rows.timings), *_measures(rows.measures)]
    parts += [*_placements(rows.placements), *_withholdings(rows.withholdings), *_instructions(rows.instructions)]
    parts += [*_states(), *_facts()]
    return "\n".join(parts) + "\n"


def condition_words(condition: Condition) -> str:
    """A condition in one line; `?` marks tests of which an unknown counts as true."""
    if isinstance(condition, FactTest):
        name = (CATALOGUE | RESULT_FACTS)[condition.fact].zh
        return f"{name} `{condition.expression}`{'?' if condition.unknown_as else ''}"
    if isinstance(condition, Joined) and condition.parts:
        word = " and " if condition.conjunction else " or "
        return "(" + word.join(condition_words(part) for part in condition.parts) + ")"
    return "always"


def _table(title: str, columns: Iterable[str], lines: Iterable[Iterable[str]]) -> Iterator[str]:
    names = list(columns)
    yield f"\n## {title}\n"
    yield "| " + " | ".join(names) + " |"
    yield "|" + "---|" * len(names)
    for line in lines:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"


def _situations(rows: Iterable[Situation]) -> Iterator[str]:
    def line(row: Situation) -> tuple[str, ...]:
        levels = "; ".join(
            choice.level.value + (f" if {words}" if (words := condition_words(choice.when)) != "always" else "")
            for choice in row.levels
        )
        told = ", ".join(
            (f"**{one.department.value}**" if one.named else one.department.value)
            + (f" if {words}" if (words := condition_words(one.when)) != "always" else "")
            for one in row.recipients
        )
        area = f" [area {row.area}]" if row.area else ""
        title = f"{row.title_zh} / {row.title_en}{area}"
        return row.id, title, condition_words(row.when), levels, told, _source(row)

    columns = ("Rule", "Situation", "When", "Level (design)", "Told (bold: named in the text)", "Source")
    return _table("Situations", columns, map(line, rows))


def _raises(rows: Iterable[Raise]) -> Iterator[str]:
    def line(row: Raise) -> tuple[str, ...]:
        effect = f"at least {row.at_least.value}" if row.at_least else f"+{row.steps}"
        return row.id, f"{row.title_zh} / {row.title_en}", condition_words(row.when), effect, _source(row)

    return _table("What raises the level", ("Rule", "Title", "When", "Effect", "Source (design)"), map(line, rows))


def _amounts(amounts: Mapping[Level, Amount]) -> tuple[str, ...]:
    words = []
    for level in LEVELS:
        one = amounts.get(level)
        words.append("–" if one is None else f"{one.amount} {one.unit.value.lower()} {one.clock_type.value}")
    return tuple("at filing" if word.startswith("0 ") else word for word in words)


def _clocks(rows: Iterable[Clock]) -> Iterator[str]:
    lines = (
        (
            f"{row.clock} ({row.id})",
            f"{row.title_zh} / {row.title_en}",
            row.start_event,
            condition_words(row.when),
            *_amounts(row.amounts),
            row.area or "–",
            _source(row),
        )
        for row in rows
    )
    return _table("Clocks", ("Clock", "Title", "Starts with", "If", "S1", "S2", "S3", "S4", "Area", "Source"), lines)


def _ladders(rows: Iterable[Ladder]) -> Iterator[str]:
    lines = (
        (
            row.step.value,
            row.department.value if row.department else "any other told department",
            f"{row.title_zh} / {row.title_en}",
            f"{row.role} ({row.area_digits} digits)",
            *_amounts(row.after),
            _source(row),
        )
        for row in rows
    )
    return _table("Ladders (design)", ("Step", "Department", "Who", "Role", "S1", "S2", "S3", "S4", "Source"), lines)


def _departments(policy: Policy) -> Iterator[str]:
    """What each department does when it is told, and what it may see."""

    def line(row: DepartmentRow) -> tuple[str, ...]:
        code = row.department.value
        duties = [
            f"{each.instruction.zh} / {each.instruction.en} ({each.source.basis.value})"
            for each in policy.rows.instructions
            if each.instruction.to == code and not each.area
        ]
        seen = ", ".join(field.value for field in row.disclosure)
        return f"{row.title_zh} / {row.title_en} ({code})", "<br>".join(duties) or "–", seen, _source(row)

    columns = ("Department", "Duties when told", "May see", "Source of what it may see")
    return _table("Departments", columns, map(line, policy.rows.departments))


def _timings(rows: Iterable[LadderTiming]) -> Iterator[str]:
    lines = ((f"{row.title_zh} / {row.title_en}", *_amounts(row.expires), _source(row)) for row in rows)
    return _table("When an acknowledgement lapses", ("Title", "S1", "S2", "S3", "S4", "Source"), lines)


def _placements(rows: Iterable[PlacementChange]) -> Iterator[str]:
    def line(row: PlacementChange) -> tuple[str, ...]:
        dropped = ", ".join(f"no {kind.value}" for kind in row.drop)
        moved = " before ".join(kind.value for kind in row.first)
        effect = "; ".join(filter(None, (dropped, moved)))
        return row.id, f"{row.title_zh} / {row.title_en}", condition_words(row.when), effect, _source(row)

    return _table("What changes the order of places", ("Rule", "Title", "When", "Effect", "Source"), map(line, rows))


def _instructions(rows: Iterable[InstructionRow]) -> Iterator[str]:
    def line(row: InstructionRow) -> tuple[str, ...]:
        said = f"{row.instruction.zh} / {row.instruction.en}"
        return row.instruction.to, row.id, said, condition_words(row.when), row.area or "–", _source(row)

    columns = ("To", "Rule", "Sentence", "When", "Area", "Source")
    return _table("Instructions", columns, map(line, rows))


def _states() -> Iterator[str]:
    """The one table of transitions: a state is derived from what happened and never set."""
    lines = (
        (
            row.event.__name__,
            ", ".join(sorted(state.value for state in row.origins)) or "any",
            row.says or "–",
            row.to.value,
        )
        for row in TRANSITIONS
    )
    return _table(
        "States of a case (the first row that holds; else the state stays)", ("Event", "From", "If", "To"), lines
    )


def _source(row: Row) -> str:
    return f"{row.source.citation} ({row.source.basis.value}, from {row.valid_from})"


def _measures(rows: Iterable[MeasureRow]) -> Iterator[str]:
    lines = (
        (
            row.id,
            f"{row.title_zh} / {row.title_en}",
            condition_words(row.when),
            row.measure.value,
            ", ".join(kind.value for kind in row.placement_order) or "–",
            _source(row),
        )
        for row in rows
    )
    columns = ("Rule", "Title", "When", "Measure (the strongest wins)", "Places, in order", "Source")
    return _table("Care and guardianship", columns, lines)


def _withholdings(rows: Iterable[Withholding]) -> Iterator[str]:
    lines = (
        (
            row.department.value if row.department else str(row.person),
            f"{row.title_zh} / {row.title_en}",
            condition_words(row.when),
            _source(row),
        )
        for row in rows
    )
    return _table("Who is not told", ("Who", "Why", "When", "Source"), lines)


def _facts() -> Iterator[str]:
    lines = (
        (name, f"{fact.zh} / {fact.en}", "–" if fact.harmless is None else str(fact.harmless))
        for name, fact in (CATALOGUE | RESULT_FACTS).items()
    )
    return _table("Facts that conditions may test", ("Fact", "Meaning", "Harmless value"), lines)
