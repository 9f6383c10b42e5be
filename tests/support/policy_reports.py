"""Generated reports for tests of the policy: strategies for hypothesis and a population of ordinary filings."""

import random
from typing import Any, Final

from hypothesis import strategies as st

from shared.contracts.assessment import CaseFacts, PriorFacts
from shared.contracts.reports import (
    AllegedFacts,
    CarerFacts,
    ChildFacts,
    CustodyFacts,
    GuardianFacts,
    HistoryFacts,
    InstitutionFacts,
    ReportFacts,
    SafetyFacts,
)
from shared.contracts.vocabulary import (
    Concern,
    GuardianStatus,
    Holder,
    Injury,
    InstitutionType,
    Relation,
    Sex,
)

AT_MS = 1_795_315_200_000
DAY_MS = 86_400_000
AREA = "520327102"
maybe = st.sampled_from([None, False, True])
earlier = st.one_of(st.none(), st.integers(1, 900 * DAY_MS).map(lambda span: AT_MS - span))

guardians = st.builds(
    GuardianFacts,
    relation=st.sampled_from(list(Relation)),
    status=st.lists(st.sampled_from(list(GuardianStatus)), max_size=2, unique=True).map(tuple),
    since_ms=earlier,
    last_contact_at_ms=earlier,
    lives_with_alleged=maybe,
)
children = st.builds(
    ChildFacts,
    sex=st.sampled_from([None, *Sex]),
    age_years=st.one_of(st.none(), st.integers(0, 17)),
    area_code=st.sampled_from([None, AREA]),
    disability=maybe,
    left_behind=maybe,
    attends_school=maybe,
    concerns=st.lists(st.sampled_from(list(Concern)), max_size=3, unique=True).map(tuple),
    injury=st.sampled_from(list(Injury)),
)
safety = st.builds(
    SafetyFacts,
    alone_now=maybe,
    needs_medical_care=maybe,
    treatment_awaits_consent=maybe,
    fit_for_discharge=maybe,
    alleged_person_has_access=maybe,
    afraid_to_go_home=maybe,
    missing_now=maybe,
    since_ms=earlier,
)
reports = st.builds(
    ReportFacts,
    institution=st.builds(InstitutionFacts, type=st.sampled_from(list(InstitutionType))),
    children=st.lists(children, min_size=1, max_size=3).map(tuple),
    siblings_not_listed=st.one_of(st.none(), st.integers(0, 3)),
    guardians=st.lists(guardians, max_size=3).map(tuple),
    carer=st.one_of(
        st.none(),
        st.builds(
            CarerFacts,
            relation=st.sampled_from(list(Relation)),
            status=st.lists(st.sampled_from(list(GuardianStatus)), max_size=2, unique=True).map(tuple),
            written_entrustment=maybe,
        ),
    ),
    custody_now=st.builds(CustodyFacts, holder=st.sampled_from(list(Holder))),
    safety=safety,
    history=st.builds(HistoryFacts, earlier_reports=maybe, earlier_admonition=maybe, recently_returned=maybe),
    alleged_person=st.one_of(
        st.none(), st.builds(AllegedFacts, relation=st.sampled_from(list(Relation)), office=maybe)
    ),
)
cases = st.builds(
    CaseFacts,
    report=reports,
    prior=st.builds(PriorFacts, reports_90_days=st.integers(0, 2)),
    filed_at_ms=st.just(AT_MS),
)


def ordinary_filings(count: int, seed: int) -> list[dict[str, Any]]:
    """Filings as schools, villages and hospitals send them on ordinary days, as arguments of `ReportFacts`.

    The mix is a design assumption: mostly drop-outs, lapsed contact, unfit carers and children left alone; harm and
    abandonment are the exception.
    """
    dice = random.Random(seed)
    kinds: list[tuple[int, tuple[Concern, ...], tuple[GuardianStatus, ...]]] = [
        (24, (Concern.DROPOUT,), (GuardianStatus.ABLE,)),
        (20, (Concern.CONTACT_LAPSED,), (GuardianStatus.ABSENT_MIGRANT_WORK,)),
        (10, (Concern.NO_HUKOU,), (GuardianStatus.ABLE,)),
        (12, (Concern.CARER_UNFIT,), (GuardianStatus.ABSENT_MIGRANT_WORK,)),
        (10, (Concern.LEFT_ALONE,), (GuardianStatus.ABLE,)),
        (6, (Concern.GUARDIAN_INCAPABLE,), (GuardianStatus.DISABLED,)),
        (5, (Concern.BULLYING,), (GuardianStatus.ABLE,)),
        (4, (Concern.EMOTIONAL_ABUSE,), (GuardianStatus.UNKNOWN,)),
        (4, (Concern.PHYSICAL_ABUSE,), (GuardianStatus.ABUSIVE,)),
        (2, (Concern.UNCARED,), (GuardianStatus.MISSING,)),
        (2, (Concern.SEXUAL_ABUSE,), (GuardianStatus.ABLE,)),
        (1, (Concern.ABANDONED,), (GuardianStatus.REFUSES_DUTY,)),
    ]
    filings = []
    for _, concerns, statuses in dice.choices(kinds, weights=[kind[0] for kind in kinds], k=count):
        hurt = concerns[0] in (Concern.PHYSICAL_ABUSE, Concern.SEXUAL_ABUSE)
        child = ChildFacts(
            sex=dice.choice([Sex.F, Sex.M]),
            age_years=dice.choice([None, *range(6, 16)]) if concerns != (Concern.LEFT_ALONE,) else dice.randint(8, 15),
            area_code=AREA,
            concerns=concerns,
            injury=dice.choice([Injury.MINOR, Injury.UNKNOWN]) if hurt else Injury.NONE,
        )
        filings.append(
            {
                "institution": InstitutionFacts(type=InstitutionType.PRIMARY_SCHOOL),
                "children": (child,),
                "guardians": (GuardianFacts(relation=Relation.MOTHER, status=statuses, since_ms=_gone_since(dice)),),
                "carer": dice.choice([None, *_GRANDPARENTS]),
            }
        )
    return filings


def _gone_since(dice: random.Random) -> int | None:
    """Since when: not said, or up to a year ago, as with parents who come home for the festival."""
    return dice.choice([None, AT_MS - dice.randint(1, 365) * DAY_MS])


_GRANDPARENTS: Final = tuple(
    CarerFacts(relation=Relation.GRANDPARENT, status=(GuardianStatus.ABLE,), written_entrustment=written)
    for written in (True, None, True, None)
)
