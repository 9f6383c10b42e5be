"""Readers of the single kinds of rows. A reader takes what it knows and refuses a row with anything left over."""

from shared.contracts.alerts import Instruction
from shared.contracts.assessment import Source
from shared.contracts.vocabulary import (
    Basis,
    ClockType,
    Department,
    DisclosureField,
    LadderStep,
    Level,
    Measure,
    Organ,
    PlacementType,
    RevocationGround,
)
from shared.explaining.catalogue import RESULT_FACTS

from services.triage.core.policy.conditions import ALWAYS_TRUE
from services.triage.core.policy.model import (
    CONTACT_ROLES,
    START_EVENTS,
    WITHHELD_PERSONS,
    Clock,
    DepartmentRow,
    InstructionRow,
    Ladder,
    LadderTiming,
    LevelChoice,
    MeasureRow,
    PlacementChange,
    Raise,
    Recipient,
    Situation,
    Withholding,
)
from services.triage.core.policy.row_reader import DECIDED_LEVELS, RowReader, one_of

CITATION_LENGTH_MAX = 200


def situation(reader: RowReader) -> Situation:
    """A row of `situations`."""
    common = reader.common()
    reader.unreadable = frozenset(RESULT_FACTS)
    levels = tuple(
        LevelChoice(
            reader.code(Level, choice.get("level")),
            reader.condition(choice["when"]) if "when" in choice else ALWAYS_TRUE,
        )
        for choice in reader.take("levels")
    )
    if any(choice.level is Level.S0 for choice in levels):
        reader.refuse("S0 is a named officer's decision and never a rule's")
    if not levels or not any(choice.when is ALWAYS_TRUE for choice in levels):
        reader.refuse("levels needs one choice without a condition")
    revocation = reader.take("revocation", None)
    row = Situation(
        **common,
        code=reader.take("code"),
        when=reader.when(),
        levels=levels,
        recipients=_recipients(reader, common["source"]),
        revocation=None if revocation is None else reader.code(RevocationGround, revocation),
        fallback=reader.take("fallback", None) is True,
    )
    reader.done()
    return row


def _recipients(reader: RowReader, source: Source) -> tuple[Recipient, ...]:
    """`tell: {named: [...], added: [...]}`; an entry is a code, or {code, when}."""
    tell = reader.take("tell", {})
    if not isinstance(tell, dict) or not set(tell) <= {"named", "added"}:
        reader.refuse("tell is {named: [...], added: [...]}")
    added_source = source if source.basis is Basis.DESIGN else _as_design(source)
    found = []
    for group, entries in tell.items():
        for entry in entries:
            conditional = isinstance(entry, dict)
            department = reader.code(Department, entry.get("code") if conditional else entry)
            when = reader.condition(entry["when"]) if conditional else ALWAYS_TRUE
            named = group == "named"
            found.append(Recipient(department, named, when, source if named else added_source))
    return tuple(found)


def _as_design(source: Source) -> Source:
    """The text names other recipients: that these are told, too, is design and says so."""
    citation = f"设计值（增加告知对象）；{source.citation}"
    return source.model_copy(update={"basis": Basis.DESIGN, "citation": citation[:CITATION_LENGTH_MAX]})


def raise_row(reader: RowReader) -> Raise:
    """A row of `raises`."""
    reader.unreadable = frozenset({"level"})
    at_least = reader.take("at_least", None)
    row = Raise(
        **reader.common(),
        when=reader.when(),
        steps=int(reader.take("steps", 0)),
        at_least=None if at_least is None else reader.code(Level, at_least),
    )
    if row.at_least is Level.S0:
        reader.refuse("S0 is a named officer's decision and never a rule's")
    if (row.steps > 0) == (row.at_least is not None) or row.steps < 0:
        reader.refuse("a raise has either steps or at_least")
    reader.done()
    return row


def clock(reader: RowReader) -> Clock:
    """A row of `clocks`."""
    start_event = str(reader.take("start_event"))
    if start_event not in START_EVENTS:
        reader.refuse(f"{start_event} is not a start event: {one_of(START_EVENTS)}")
    row = Clock(
        **reader.common(),
        clock=str(reader.take("clock")),
        start_event=start_event,
        when=reader.when(None),
        amounts=reader.amounts("after"),
        only=reader.only(),
        rolls_over=reader.take("rolls_over", default=False),
    )
    reader.done()
    _may_roll_over(reader, row)
    return row


def _may_roll_over(reader: RowReader, row: Clock) -> None:
    """Only a period of a law in calendar days moves behind a day of rest (Civil Code art. 203)."""
    if row.rolls_over is False:
        return
    if row.rolls_over is not True:
        reader.refuse("rolls_over is true or false")
    if row.source.basis not in (Basis.STATUTE, Basis.LOCAL):
        reader.refuse("rolls_over is for a period that a law sets, not for a design value")
    if any(amount.clock_type is not ClockType.CALENDAR_DAYS for amount in row.amounts.values()):
        reader.refuse("rolls_over is for calendar days: hours run on, working days are never days of rest")


def ladder(reader: RowReader) -> Ladder:
    """A row of `ladders`: one rung. `department: ANY` stands for every told department without its own ladder."""
    department, owner, role = reader.take("department"), reader.take("ladder", None), reader.take("role")
    if role not in CONTACT_ROLES:
        reader.refuse(f"{role} is not a contact role: {one_of(CONTACT_ROLES)}")
    row = Ladder(
        **reader.common(),
        department=None if department == "ANY" else reader.code(Department, department),
        ladder=None if owner is None else reader.code(Department, owner),
        step=reader.code(LadderStep, reader.take("step")),
        role=role,
        area_digits=int(reader.take("area_digits")),
        when=reader.when(None),
        after=reader.amounts("after"),
        always=reader.take("always", None) is True,
        only=reader.only(),
    )
    reader.done()
    return row


def _with_screened_out(levels: frozenset[Level]) -> frozenset[Level]:
    """What an officer has screened out (S0) wakes nobody whom S4 does not wake."""
    return levels | {Level.S0} if Level.S4 in levels else levels


def timing(reader: RowReader) -> LadderTiming:
    """The row of `timings`."""
    expires = reader.amounts("expires_after")
    if missing := ", ".join(level for level in DECIDED_LEVELS if level not in expires):
        reader.refuse(f"expires_after gives no time for {missing}")
    row = LadderTiming(
        **reader.common(),
        expires=expires,
        duty_hours_levels=_with_screened_out(frozenset(reader.codes("duty_hours_levels", Level))),
        round_the_clock=frozenset(reader.codes("round_the_clock", Department)),
    )
    reader.done()
    return row


def department(reader: RowReader) -> DepartmentRow:
    """A row of `departments`."""
    code = reader.code(Department, reader.take("department"))
    row = DepartmentRow(**reader.common(), department=code, disclosure=reader.codes("disclosure", DisclosureField))
    reader.done()
    return row


def measure(reader: RowReader) -> MeasureRow:
    """A row of `measures`."""
    organ = reader.take("organ", None)
    row = MeasureRow(
        **reader.common(),
        when=reader.when(None),
        measure=reader.code(Measure, reader.take("measure")),
        organ=None if organ is None else reader.code(Organ, organ),
        grounds=tuple(reader.take("grounds", ())),
        placement_order=reader.codes("placement_order", PlacementType, ()),
        final=reader.take("final", None) is True,
    )
    reader.done()
    return row


def placement(reader: RowReader) -> PlacementChange:
    """A row of `placements`."""
    row = PlacementChange(
        **reader.common(),
        when=reader.when(),
        drop=reader.codes("drop", PlacementType, ()),
        first=reader.codes("first", PlacementType, ()),
    )
    reader.done()
    return row


def withholding(reader: RowReader) -> Withholding:
    """A row of `withholdings`."""
    department_code, person = reader.take("department", None), reader.take("person", None)
    stand_in = reader.take("stand_in", None)
    row = Withholding(
        **reader.common(),
        when=reader.when(None),
        department=None if department_code is None else reader.code(Department, department_code),
        person=person,
        stand_in=None if stand_in is None else reader.code(Department, stand_in),
    )
    if (row.department is None) == (row.person is None):
        reader.refuse("a withholding names a department or a person")
    if row.stand_in is not None and row.stand_in in (row.department, None if row.department else row.stand_in):
        reader.refuse("only a department that is left out has a stand-in, and it is another")
    if row.person is not None and row.person not in WITHHELD_PERSONS:
        reader.refuse(f"{row.person} is nobody who can be left out: {one_of(WITHHELD_PERSONS)}")
    reader.done()
    return row


def instruction(reader: RowReader) -> InstructionRow:
    """A row of `instructions`; its title is the sentence."""
    common = reader.common()
    to = str(reader.take("to"))
    if to != "REPORTER":
        reader.code(Department, to)
    row = InstructionRow(
        **common,
        when=reader.when(None),
        instruction=Instruction(to=to, code=common["id"], zh=common["title_zh"], en=common["title_en"]),
    )
    reader.done()
    return row
