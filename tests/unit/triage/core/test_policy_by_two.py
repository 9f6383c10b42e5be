"""A policy is in force by the word of two people, each with a command and a key of their own."""

import pytest

from services.triage.core.commands.book import PROPOSAL_VALID_MS
from services.triage.core.invariants import check_event
from services.triage.core.policy import parse_policy
from services.triage.core.staffing import signatory_on_duty
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.events import PolicyActivated, PolicyProposed
from shared.contracts.registry import Account, RotaShift
from shared.contracts.vocabulary import Role
from tests.support.triage_core import COUNTY, DAY, FOREVER, T0, UNKNOWN, CoreWorld, of, refusal

TEXTS = load_policy_texts()
POLICY = parse_policy(TEXTS).policy_id
OTHERS = TEXTS | {"policy.yaml": TEXTS["policy.yaml"].replace("first", "second")}
OTHER = parse_policy(OTHERS).policy_id


def propose(world: CoreWorld, texts: dict[str, str] = TEXTS, approver: str = "operator-2") -> str | None:
    body = asked.ActivatePolicy(texts=texts, approved_by=approver)
    return refusal(world.order("operator", body, kid="operator-key-1"))


def approve(world: CoreWorld, who: str = "operator-2", kid: str = "operator-key-2", policy: str = POLICY) -> str | None:
    return refusal(world.order(who, asked.ApprovePolicy(policy=policy), kid=kid))


def test_one_proposes_another_approves_and_the_policy_is_in_force() -> None:
    world = CoreWorld()
    assert propose(world) is None
    (proposed,) = of([event for event, _ in world.log], PolicyProposed)
    assert (proposed.policy, proposed.approver, proposed.by) == (POLICY, "operator-2", "operator")
    assert world.state.policy_id == ""
    assert approve(world) is None
    (active,) = of([event for event, _ in world.log], PolicyActivated)
    assert (active.by, active.approved_by) == ("operator", "operator-2")
    assert (active.kid, active.approved_kid) == ("operator-key-1", "operator-key-2")
    assert (world.state.policy_id, dict(world.state.policy_texts)) == (POLICY, TEXTS)
    assert world.state.proposal is None
    assert approve(world) == "ALREADY_ACTIVE"
    assert propose(world) == "ALREADY_ACTIVE"


@pytest.mark.parametrize(
    ("who", "kid", "policy", "code"),
    [
        ("operator", "operator-key-2", POLICY, "SECOND_PERSON"),
        ("operator-2", "operator-key-1", POLICY, "SAME_KEY"),
        ("operator-2", "operator-key-2", "another@1", "NO_PROPOSAL"),
        ("admin", "operator-key-2", POLICY, "AREA"),
        ("operator-3", "operator-key-3", POLICY, "NOT_THE_APPROVER"),
        ("officer", "desk", POLICY, "ROLE"),
    ],
)
def test_nobody_else_makes_it_active(who: str, kid: str, policy: str, code: str) -> None:
    world = CoreWorld().staff()
    propose(world)
    assert approve(world, who, kid, policy) == code
    assert world.state.policy_id == ""
    assert approve(world) is None


def test_without_a_proposal_with_an_old_one_and_with_one_replaced_it_is_refused() -> None:
    world = CoreWorld()
    assert approve(world) == "NO_PROPOSAL"
    propose(world)
    propose(world, OTHERS)
    assert approve(world) == "NO_PROPOSAL"
    world.passes(PROPOSAL_VALID_MS)
    assert approve(world, policy=OTHER) is None, "to the last moment"
    propose(world)
    world.passes(PROPOSAL_VALID_MS + 1)
    assert approve(world) == "EXPIRED"


def test_who_proposes_cannot_name_themselves_and_what_does_not_parse_is_not_proposed() -> None:
    world = CoreWorld()
    assert propose(world, approver="operator") == "SECOND_PERSON"
    assert propose(world, {"policy.yaml": "rows: ["}) == "POLICY_INVALID"
    assert propose(world, TEXTS | {"big.yaml": "#" * 400_000}) == "TOO_LARGE"
    assert world.state.proposal is None


def whole_space(
    world: CoreWorld, who: str = "operator", kid: str = "operator-key-1", name: str = "space-admin"
) -> None:
    account = Account(account=name, county=UNKNOWN, role=Role.ADMINISTRATOR, area_prefix="")
    assert refusal(world.order(who, asked.SetAccount(account=account), county=UNKNOWN, book=0, kid=kid)) is None


def propose_from(world: CoreWorld, who: str, kid: str, approver: str, county: str = UNKNOWN) -> str | None:
    body = asked.ActivatePolicy(texts=TEXTS, approved_by=approver)
    return refusal(world.order(who, body, county=county, book=0, kid=kid))


def approve_from(world: CoreWorld, who: str, kid: str) -> str | None:
    return refusal(world.order(who, asked.ApprovePolicy(policy=POLICY), county=UNKNOWN, book=0, kid=kid))


def test_a_countys_administrator_neither_proposes_nor_approves() -> None:
    world = CoreWorld().staff()
    assert propose_from(world, "admin", "desk", "operator-2", COUNTY) == "AREA"
    assert world.state.proposal is None
    propose(world, approver="admin")
    assert approve(world, "admin", "desk") == "AREA"
    assert world.state.policy_id == ""


def test_an_administrator_of_the_whole_space_is_one_of_the_two_and_the_other_did_not_set_the_account() -> None:
    world = CoreWorld()
    whole_space(world, "operator-2", "operator-key-2")
    assert propose(world, approver="space-admin") is None
    assert approve_from(world, "space-admin", "operator-key-1") == "SAME_KEY"
    assert approve_from(world, "space-admin", "desk") is None


@pytest.mark.parametrize(("who", "kid"), [("operator", "operator-key-9"), ("operator-2", "operator-key-1")])
def test_who_set_the_account_of_one_is_not_the_other(who: str, kid: str) -> None:
    """Whether it is the same name or the same key that set it; and whichever of the two it is."""
    world = CoreWorld()
    whole_space(world, who, kid)
    propose(world, approver="space-admin")
    assert approve_from(world, "space-admin", "desk") == "SET_BY_THE_OTHER"
    assert propose_from(world, "space-admin", "desk", who) is None
    assert approve_from(world, who, "operator-key-1") == "SET_BY_THE_OTHER"
    assert world.state.policy_id == ""


def test_one_key_that_signs_for_two_accounts_is_one_person_the_desks_too() -> None:
    world = CoreWorld()
    for name in ("space-admin", "space-admin-2"):
        whole_space(world, name=name)
    assert propose_from(world, "space-admin", "desk", "space-admin-2") is None
    assert approve_from(world, "space-admin-2", "desk") == "SAME_KEY"
    propose_from(world, "space-admin", "operator-key-2", "operator-2")
    assert approve(world) == "SAME_KEY"


@pytest.mark.parametrize(
    ("role", "area", "code"),
    [
        (Role.ADMINISTRATOR, COUNTY, "ROLE"),
        (Role.SIGNATORY, COUNTY[:4], "AREA"),
        (Role.OFFICER, "", "AREA"),
        (Role.SIGNATORY, COUNTY, None),
    ],
)
def test_an_administrator_makes_no_administrator_and_nobody_beyond_the_own_area(
    role: Role, area: str, code: str | None
) -> None:
    world = CoreWorld().staff()
    account = Account(account="ghost", county=COUNTY, role=role, area_prefix=area)
    assert refusal(world.order("admin", asked.SetAccount(account=account))) == code
    taken = Account(account="admin", county=COUNTY, role=Role.OFFICER, area_prefix=COUNTY)
    assert refusal(world.order("admin", asked.SetAccount(account=taken))) == "ROLE"


@pytest.mark.parametrize(
    ("keeper", "set_by", "counts"),
    [("admin", "operator", False), ("supervisor", "admin", False), ("supervisor", "operator", True),
     ("operator", "operator", True)],
)  # fmt: skip
def test_a_signatory_set_by_an_administrator_is_on_the_rota_by_somebody_elses_word(
    keeper: str, set_by: str, *, counts: bool
) -> None:
    world = CoreWorld().staff()
    account = Account(account="signatory-9", county=COUNTY, role=Role.SIGNATORY, area_prefix=COUNTY)
    assert refusal(world.order("admin", asked.SetAccount(account=account))) is None
    supervisor = Account(account="supervisor", county=COUNTY, role=Role.SUPERVISOR, area_prefix=COUNTY)
    assert refusal(world.order(set_by, asked.SetAccount(account=supervisor))) is None
    shift = RotaShift(shift_id="shift-9", county=COUNTY, account="signatory-9", rung="SIGNATORY",
                      contact_id="civil_affairs-duty_1", from_ms=T0 - DAY, until_ms=FOREVER)  # fmt: skip
    assert refusal(world.order(keeper, asked.SetShift(shift=shift))) is None
    county = world.state.county(COUNTY)
    assert signatory_on_duty(county, "signatory-9", T0) is counts
    assert signatory_on_duty(county, "signatory", T0), "the shift that an operator set stands as it stood"


def test_a_policy_that_has_ended_is_neither_proposed_nor_approved() -> None:
    world = CoreWorld()
    file = "74-measures.yaml"
    ended = TEXTS | {file: TEXTS[file].replace("valid_to: null", "valid_to: 2026-11-23")}
    assert propose(world, ended) == "POLICY_INCOMPLETE"
    ends = TEXTS | {file: TEXTS[file].replace("valid_to: null", "valid_to: 2026-11-24")}
    assert propose(world, ends) is None
    world.passes(DAY)
    assert approve(world, policy=parse_policy(ends).policy_id) == "POLICY_INCOMPLETE"
    assert world.state.policy_id == ""


def test_verification_knows_an_activation_that_was_not_proposed() -> None:
    world = CoreWorld()
    propose(world)
    proposal = world.state.proposal
    assert proposal is not None
    true = PolicyActivated(
        policy=POLICY,
        texts=TEXTS,
        by="operator",
        approved_by="operator-2",
        kid="operator-key-1",
        approved_kid="operator-key-2",
    )
    assert check_event(world.state, true) == []
    for changes in ({"texts": OTHERS}, {"policy": OTHER}, {"approved_by": "somebody"}, {"kid": "another"}):
        assert check_event(world.state, true.model_copy(update=changes)), changes


def test_a_policy_that_falls_below_what_every_policy_keeps_is_not_even_proposed() -> None:
    world = CoreWorld()
    file = "75-withholdings.yaml"
    assert "stand_in: CIVIL_AFFAIRS" in TEXTS[file]
    telling = TEXTS | {file: TEXTS[file].replace("person: ALLEGED_PERSON", "person: ABUSIVE_CARER")}
    assert propose(world, telling) == "POLICY_UNSAFE"
    alone = TEXTS | {file: TEXTS[file].replace("    stand_in: CIVIL_AFFAIRS\n", "")}
    assert propose(world, alone) == "POLICY_UNSAFE"
    assert propose(world, TEXTS) is None
