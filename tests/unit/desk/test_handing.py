"""The page of a change of shift: what must be taken over by when, and what is in one's own hand."""

import re

from sqlalchemy import insert, select, update

from services.desk.database import writing
from services.desk.tables import CASES, DEADLINES
from shared.contracts.vocabulary import Role
from tests.support.desk_world import OTHER_COUNTY, DeskWorld


def in_hand(world: DeskWorld, officer: str, due_ms: int | None, number: int) -> str:
    """An open case that somebody has in hand, to be taken over by a moment or never."""
    with writing(world.engine) as connection:
        found = select(CASES.c.case_id).where(CASES.c.is_open).order_by(CASES.c.case_id).limit(1).offset(number)
        case = str(connection.execute(found).scalar_one())
        connection.execute(update(CASES).where(CASES.c.case_id == case).values(officer=officer, in_hand="ACKNOWLEDGED"))
        if due_ms is not None:
            row = {"deadline": f"{case}~SHIFT~CIVIL_AFFAIRS~99", "case_id": case, "kind": "SHIFT"}
            connection.execute(insert(DEADLINES).values(**row, subject="CIVIL_AFFAIRS", due_at_ms=due_ms))
    return case


def empty_hands(world: DeskWorld) -> None:
    with writing(world.engine) as connection:
        connection.execute(update(CASES).values(officer=None, in_hand=None))


def test_who_comes_sees_what_to_take_over_and_who_goes_sees_what_is_left(world: DeskWorld) -> None:
    empty_hands(world)
    now = world.desk.clock.now_ms()
    later = in_hand(world, "officer-1", now + 7_200_000, 0)
    soon = in_hand(world, "officer-1", now + 600_000, 1)
    calm = in_hand(world, "officer-1", None, 2)
    for name in ("officer-1", "officer-2"):
        world.account(name, Role.OFFICER)
    with world.logged_in("officer-2") as client:
        page = client.get("/handover").text
    assert re.findall(r'action="/cases/([^/"]+)/take-over"', page) == [soon, later]
    assert calm not in page
    with world.logged_in("officer-1") as client:
        page = client.get("/handover").text
    assert "/take-over" not in page
    assert all(f"/cases/{case}" in page for case in (soon, later, calm))


def test_another_areas_hands_are_not_shown(world: DeskWorld) -> None:
    empty_hands(world)
    case = in_hand(world, "officer-1", world.desk.clock.now_ms() + 600_000, 0)
    world.account("stranger", Role.OFFICER, area=OTHER_COUNTY)
    with world.logged_in("stranger") as client:
        assert case not in client.get("/handover").text
