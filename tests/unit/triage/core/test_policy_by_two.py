"""A policy is in force by the word of two people, each with a command and a key of their own."""

import pytest

from services.triage.core.commands.book import PROPOSAL_VALID_MS
from services.triage.core.invariants import check_event
from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.events import PolicyActivated, PolicyProposed
from shared.contracts.registry import Account
from shared.contracts.vocabulary import Role
from tests.support.triage_core import COUNTY, CoreWorld, of, refusal

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
        ("admin", "operator-key-2", POLICY, "NOT_THE_APPROVER"),
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


def test_an_administrator_may_be_the_second_person_and_the_desk_signs_for_both() -> None:
    world = CoreWorld().staff()
    assert propose(world, approver="admin") is None
    assert approve(world, "admin", "desk") is None
    assert refusal(world.order("admin", asked.ActivatePolicy(texts=OTHERS, approved_by="admin-2"))) is None
    assert approve(world, "admin", "desk", OTHER) == "SECOND_PERSON"
    assert approve(world, "admin-2", "desk", OTHER) == "UNKNOWN_ACCOUNT"
    account = Account(account="admin-2", county=COUNTY, role=Role.ADMINISTRATOR, area_prefix=COUNTY)
    world.order("operator", asked.SetAccount(account=account))
    assert approve(world, "admin-2", "desk", OTHER) is None


def test_an_operators_key_that_signs_for_two_accounts_is_one_person() -> None:
    world = CoreWorld().staff()
    body = asked.ActivatePolicy(texts=TEXTS, approved_by="operator-2")
    world.order("admin", body, kid="operator-key-2")
    assert approve(world) == "SAME_KEY"


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
