"""Decisions that would not fit into a record: the largest honest report is decided, an absurd one goes to a human."""

import random
from pathlib import Path

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.commands import SetPlace
from shared.contracts.records import RECORD_BYTES_MAX
from shared.contracts.registry import Place
from shared.contracts.reports import (
    CHILDREN_MAX,
    GUARDIANS_MAX,
    AllegedFacts,
    CarerFacts,
    ChildFacts,
    CustodyFacts,
    GuardianFacts,
    ImplicatedUnit,
    InstitutionFacts,
    ReportFacts,
    ReportFiled,
    SafetyFacts,
)
from shared.contracts.topics import DEAD_LETTER_TRIAGE, REPORTS
from shared.contracts.vocabulary import (
    Concern,
    GuardianStatus,
    Holder,
    Injury,
    InstitutionType,
    PlacementType,
    Relation,
    Sex,
)
from shared.contracts.wire import encode
from shared.runtime.space import Space
from tests.support.fault_world import (
    counties_of_each_book,
    faults_of,
    in_space,
    metric,
    progress,
    throw,
    verified,
    wait_decided,
)
from tests.support.triage_world import Feeder, make_report, new_space, workers

COUNTY = counties_of_each_book(1)[0][0]
PLACES = 300
REPEATS = 1900


def large(space: Space, report_id: str, repeats: int = 1) -> ReportFiled:
    """A report with everything in it; with `repeats`, every child's concerns so many times over."""
    concerns = tuple(Concern) if repeats == 1 else (max(Concern, key=len),) * repeats
    children = tuple(
        ChildFacts(
            sex=[Sex.F, Sex.M][number % 2],
            age_years=number % 18,
            area_code=COUNTY,
            disability=True,
            left_behind=True,
            concerns=concerns,
            injury=list(Injury)[number % len(Injury)],
        )
        for number in range(CHILDREN_MAX)
    )
    guardian = GuardianFacts(relation=next(iter(Relation)), status=tuple(GuardianStatus)[:2], lives_with_alleged=True)
    return ReportFiled(
        report_id=report_id,
        receipt=f"receipt-{report_id}",
        space=space.name,
        county=COUNTY,
        filed_at_ms=space.clock().now_ms(),
        facts=ReportFacts(
            institution=InstitutionFacts(id="school-1", type=InstitutionType.PRIMARY_SCHOOL, area_code=COUNTY),
            children=children,
            guardians=(guardian,) * GUARDIANS_MAX,
            carer=CarerFacts(status=tuple(GuardianStatus)),
            custody_now=CustodyFacts(holder=Holder.UNKNOWN),
            safety=SafetyFacts(
                alone_now=True,
                needs_medical_care=True,
                treatment_awaits_consent=True,
                alleged_person_has_access=True,
                afraid_to_go_home=True,
                missing_now=True,
            ),
            alleged_person=AllegedFacts(office=True),
            implicated=tuple(ImplicatedUnit(unit_id=f"unit-{number}", area_code=COUNTY) for number in range(20)),
        ),
    )


def test_the_largest_report_is_decided_and_one_that_does_not_fit_goes_to_a_human(
    broker: EmbeddedBroker, space: str, tmp_path: Path
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=1)
    feeder = Feeder(broker.bootstrap, world)
    feeder.registry(COUNTY)
    kinds = [kind for kind in PlacementType if kind is not PlacementType.KIN]
    for number in range(PLACES):
        place = Place(place_id=f"place-{number}", county=COUNTY, type=kinds[number % len(kinds)], capacity=1)
        feeder.command(COUNTY, SetPlace(place=place), f"place-{number}")
    feeder.flush()
    absurd = encode(large(world, "absurd", REPEATS))
    assert 700_000 < len(absurd) < 1024 * 1024
    with workers(1, broker.bootstrap, world, tmp_path) as (worker,):
        wait_decided(broker.bootstrap, world)
        feeder.report(large(world, "large"))
        feeder.flush()
        throw(broker.bootstrap, world, REPORTS, 0, [absurd])
        after = make_report(world.name, COUNTY, 1, random.Random(1), world.clock().now_ms())
        feeder.report(after)
        feeder.flush()
        wait_decided(broker.bootstrap, world)
        assert metric(worker, "wardline_triage_halted_books") in {None, 0}
        assert worker.process is not None
        assert worker.process.poll() is None
    with progress(broker.bootstrap, world) as seen:
        opened = [event["report_id"] for _, event in seen.events("CaseOpened")]
        (undecidable,) = [event for _, event in seen.events("CaseUndecidable")]
        sizes = [len(read.valid.raw) for read in seen.reads]
    print(f"largest record {max(sizes)} bytes")
    assert opened.count("large") == CHILDREN_MAX
    assert after.report_id in opened
    assert undecidable["report_id"] == "absurd"
    assert max(sizes) <= RECORD_BYTES_MAX
    assert len(in_space(broker.bootstrap, world, tmp_path).read(DEAD_LETTER_TRIAGE, 0)) == 1
    assert faults_of(verified(broker.bootstrap, world)) == []
