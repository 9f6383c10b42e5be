"""docs/policy.md from the rows: what the shipped policy says, for people who read no YAML."""

from collections.abc import Iterable, Iterator, Mapping

from shared.contracts.vocabulary import Level
from shared.explaining.catalogue import CATALOGUE, RESULT_FACTS

from services.triage.core.policy.conditions import Condition, FactTest, Joined
from services.triage.core.policy.model import Amount, Clock, Ladder, MeasureRow, Raise, Situation, Withholding
from services.triage.core.policy.policy import Policy

LEVELS = (Level.S1, Level.S2, Level.S3, Level.S4)
HEAD = """# The policy

Generated from `services/triage/policy` by `python -m services.triage.policy_document`; do not edit.
The law is cited in Chinese, as it is published. **Levels, hours and ladders are design values** unless a row says
`STATUTE` or `LOCAL`; what is marked DESIGN is nobody's law. A condition reads `?` where an unknown counts as true.
"""


def policy_document(policy: Policy) -> str:
    """The whole document as Markdown."""
    rows = policy.rows
    parts = [HEAD, *_situations(rows.situations), *_raises(rows.raises), *_clocks(rows.clocks), *_ladders(rows.ladders)]
    parts += [*_disclosure(policy), *_measures(rows.measures), *_withholdings(rows.withholdings), *_facts()]
    return "\n".join(parts) + "\n"


def condition_words(condition: Condition) -> str:
    """A condition in one line; `?` marks tests of which an unknown counts as true."""
    if isinstance(condition, FactTest):
        return f"`{condition.expression}`{'?' if condition.unknown_as else ''}"
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
        source = f"{row.source.citation} ({row.source.basis.value}, from {row.valid_from})"
        return row.id, f"{row.title_zh} / {row.title_en}", condition_words(row.when), levels, told, source

    columns = ("Rule", "Situation", "When", "Level (design)", "Told (bold: named in the text)", "Source")
    return _table("Situations", columns, map(line, rows))


def _raises(rows: Iterable[Raise]) -> Iterator[str]:
    def line(row: Raise) -> tuple[str, ...]:
        effect = f"at least {row.at_least.value}" if row.at_least else f"+{row.steps}"
        return row.id, f"{row.title_zh} / {row.title_en}", condition_words(row.when), effect, row.source.citation

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
            row.clock,
            row.start_event,
            *_amounts(row.amounts),
            row.area,
            f"{row.source.citation} ({row.source.basis.value})",
        )
        for row in rows
    )
    return _table("Clocks", ("Clock", "Starts with", "S1", "S2", "S3", "S4", "Area", "Source"), lines)


def _ladders(rows: Iterable[Ladder]) -> Iterator[str]:
    lines = (
        (
            row.step.value,
            row.department.value if row.department else "any other told department",
            f"{row.title_zh} / {row.title_en}",
            f"{row.role} ({row.area_digits} digits)",
            *_amounts(row.after),
        )
        for row in rows
    )
    return _table("Ladders (design)", ("Step", "Department", "Who", "Role", "S1", "S2", "S3", "S4"), lines)


def _disclosure(policy: Policy) -> Iterator[str]:
    lines = (
        (row.department.value, ", ".join(field.value for field in row.disclosure), row.source.citation)
        for row in policy.rows.departments
    )
    return _table("What each department may see", ("Department", "Fields", "Source"), lines)


def _measures(rows: Iterable[MeasureRow]) -> Iterator[str]:
    lines = (
        (
            row.id,
            f"{row.title_zh} / {row.title_en}",
            condition_words(row.when),
            row.measure.value,
            ", ".join(kind.value for kind in row.placement_order) or "–",
            row.source.citation,
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
        )
        for row in rows
    )
    return _table("Who is not told", ("Who", "Why", "When"), lines)


def _facts() -> Iterator[str]:
    lines = (
        (name, f"{fact.zh} / {fact.en}", "–" if fact.harmless is None else str(fact.harmless))
        for name, fact in (CATALOGUE | RESULT_FACTS).items()
    )
    return _table("Facts that conditions may test", ("Fact", "Meaning", "Harmless value"), lines)
