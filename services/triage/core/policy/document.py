"""docs/policy.md from the rows: what the shipped policy says, for people who read no YAML."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from shared.contracts.vocabulary import Level
from shared.explaining.catalogue import CATALOGUE, RESULT_FACTS
from shared.explaining.words import DEPARTMENTS

from services.triage.core.policy.conditions import Condition
from services.triage.core.policy.document_words import AREAS, START_EVENTS, condition_words, legend
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
    Rows,
    Situation,
    Withholding,
)
from services.triage.core.policy.policy import Policy
from services.triage.core.states import TRANSITIONS

LEVELS = (Level.S1, Level.S2, Level.S3, Level.S4)
HEAD = """# The policy

Generated from `services/triage/policy` by `python -m services.triage.policy_document`; do not edit.
A county's own policy is printed so by `wardline policy document DIRECTORY`.
The law is cited in Chinese, as it is published. **Levels, hours and ladders are design values** unless a row says
`STATUTE` (法律或国家规范性文件: a statute or a national normative document) or `LOCAL`;
what is marked DESIGN is nobody's law. A condition names the fact and tests it; it reads `?`
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
  last day. Only a period that a law gives for an act moves from a last day of rest to the next working day (art. 203,
  marked 顺延 / rolls over; make-up days work): no design value, and not how long an order or a measure is in force.
  Hours run round the clock. For a year whose calendar is not published yet, weekends and the holidays of fixed date
  (1 January, 1 and 2 May, 1 to 3 October) are the days of rest, and the clock's source says so.
"""


def policy_document(policy: Policy) -> str:
    """The whole document as Markdown."""
    rows = policy.rows
    parts = [HEAD, *_legend(), *_situations(_national(rows.situations)), *_raises(_national(rows.raises))]
    parts += [*_clocks(_national(rows.clocks)), *_departments(policy), *_ladders(_national(rows.ladders))]
    parts += [*_timings(rows.timings), *_measures(_national(rows.measures)), *_placements(_national(rows.placements))]
    parts += [*_withholdings(_national(rows.withholdings)), *_instructions(_national(rows.instructions))]
    parts += [*_local(policy), *_states(), *_facts(policy)]
    return "\n".join(parts) + "\n"


Kind = TypeVar("Kind", bound=Row)


def _national(rows: Iterable[Kind]) -> list[Kind]:
    """The rows of the whole country; local ones have a part of their own."""
    return [row for row in rows if not row.area]


def _legend() -> Iterator[str]:
    yield "\n## 图例 / Legend"
    for title, said, codes in legend():
        yield f"\n**{title}**{f' ({said})' if said else ''}:"
        yield "; ".join(f"`{code}` {zh} / {en}" for code, (zh, en) in codes.items()) + "."


def _local(policy: Policy) -> Iterator[str]:
    """The local rows, by area."""
    rows = policy.rows
    for area in sorted({row.area for row in rows.every() if row.area}):
        zh, en = AREAS.get(area, (area, "area"))
        own = {kind: [row for row in getattr(rows, kind) if row.area == area] for kind in Rows.__slots__}
        yield f"\n## 地方规定 / Local rows: {zh} / {en} ({area})"
        for kind, table in _TABLES.items():
            if own[kind]:
                for line in table(own[kind]):
                    yield line.replace("\n## ", "\n### ", 1)


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
        title = f"{row.title_zh} / {row.title_en}"
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
            f"{START_EVENTS[row.start_event][0]} {row.start_event}",
            condition_words(row.when),
            *_amounts(row.amounts),
            f"{_source(row)}{' 顺延 / rolls over (CC 203)' if row.rolls_over else ''}",
        )
        for row in rows
    )
    return _table("Clocks", ("Clock", "Title", "Starts with", "When", "S1", "S2", "S3", "S4", "Source"), lines)


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
        to = row.instruction.to
        return (
            ("报告人 / the reporter" if to == "REPORTER" else f"{DEPARTMENTS[to][0]} {to}"),
            row.id,
            said,
            condition_words(row.when),
            _source(row),
        )

    columns = ("To", "Rule", "Sentence", "When", "Source")
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
            row.stand_in.value if row.stand_in else "–",
            _source(row),
        )
        for row in rows
    )
    columns = ("Who", "Why", "When", "Who acts in its place", "Source")
    return _table("Who is not told", columns, lines)


def _facts(policy: Policy) -> Iterator[str]:
    used = Counter(name for row in policy.rows.every() for name in dict.fromkeys(_read(row)))
    lines = (
        (
            name,
            f"{fact.zh} / {fact.en}",
            "–" if fact.harmless is None else str(fact.harmless),
            str(used[name]) if used[name] else "no row of this policy",
        )
        for name, fact in (CATALOGUE | RESULT_FACTS).items()
    )
    return _table("Facts that conditions may test", ("Fact", "Meaning", "Harmless value", "Rows that test it"), lines)


_CONDITIONAL: Final = (
    Situation, Raise, Clock, Ladder, MeasureRow, PlacementChange, Withholding, InstructionRow,
)  # fmt: skip


def _read(row: Row) -> Iterator[str]:
    """The facts that a row's conditions read."""
    conditions: list[Condition] = [row.when] if isinstance(row, _CONDITIONAL) else []
    if isinstance(row, Situation):
        conditions += [choice.when for choice in row.levels] + [recipient.when for recipient in row.recipients]
    for condition in conditions:
        yield from condition.names


_TABLES: Final[dict[str, Callable[[Any], Iterator[str]]]] = {
    "situations": _situations,
    "raises": _raises,
    "clocks": _clocks,
    "ladders": _ladders,
    "timings": _timings,
    "measures": _measures,
    "placements": _placements,
    "withholdings": _withholdings,
    "instructions": _instructions,
}
"""The tables of an area's rows, in the order of the document."""
