"""The book: its policy and its writers' keys. One copy of such a command goes to every book.

A policy takes two people: one proposes it, another approves it, each an operator or an administrator of the whole
space, each with a key of their own, and neither with an account that the other has set.
"""

from collections.abc import Mapping

from shared.contracts import commands as asked
from shared.contracts.events import PolicyActivated, PolicyProposed, WriterKeyRotated
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.vocabulary import Role

from services.triage.core.clocks import shanghai_date
from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.policy import PolicyInvalid, parse_policy
from services.triage.core.policy.completeness import gaps_on
from services.triage.core.policy.safety import unsafe_on

TEXTS_BYTES_MAX = 300 * 1024
PROPOSAL_VALID_MS = 7 * 24 * 3600 * 1000
"""How long a proposal waits for the second person (design value)."""


def propose_policy(draft: Draft, body: asked.ActivatePolicy, given: CommandInput) -> None:
    """The first person's word: a policy that parses waits for the second person, who is named."""
    by = given.command.actor.account
    _of_the_whole_space(draft, given)
    refuse_unless(body.approved_by != by, "SECOND_PERSON", "a policy is approved by somebody else")
    size = sum(len(name.encode()) + len(text.encode()) for name, text in body.texts.items())
    refuse_unless(size <= TEXTS_BYTES_MAX, "TOO_LARGE", "the texts are over the limit")
    policy_id = _parsed(body.texts, draft.at_ms)
    refuse_unless(policy_id != draft.state.policy_id, "ALREADY_ACTIVE", "this policy is in force already")
    draft.emit(
        PolicyProposed(
            policy=policy_id,
            texts=body.texts,
            by=by,
            approver=body.approved_by,
            kid=given.command.kid,
            at_ms=draft.at_ms,
            expires_at_ms=draft.at_ms + PROPOSAL_VALID_MS,
        )
    )
    draft.because(f"{policy_id} waits for {body.approved_by}, for 7 days at most")


def approve_policy(draft: Draft, body: asked.ApprovePolicy, given: CommandInput) -> None:
    """The second person's word: the proposed policy is in force from the next decision on."""
    by, proposal = given.command.actor.account, draft.state.proposal
    _of_the_whole_space(draft, given)
    refuse_unless(body.policy != draft.state.policy_id, "ALREADY_ACTIVE", "this policy is in force already")
    if proposal is None:
        raise Refused("NO_PROPOSAL", "nobody has proposed this policy here")
    refuse_unless(proposal.policy == body.policy, "NO_PROPOSAL", f"what waits for approval is {proposal.policy}")
    refuse_unless(proposal.by != by, "SECOND_PERSON", "a policy is approved by somebody else than who proposed it")
    refuse_unless(proposal.approver == by, "NOT_THE_APPROVER", f"the proposal names {proposal.approver}")
    refuse_unless(proposal.kid != given.command.kid, "SAME_KEY", "one key cannot be two people")
    made = _set_by(draft, by, proposal.by, proposal.kid) or _set_by(draft, proposal.by, by, given.command.kid)
    refuse_unless(not made, "SET_BY_THE_OTHER", "one of the two accounts was set by the other person")
    refuse_unless(draft.at_ms <= proposal.expires_at_ms, "EXPIRED", "the proposal is more than 7 days old")
    texts = dict(proposal.texts)
    refuse_unless(
        _parsed(texts, draft.at_ms) == proposal.policy, "POLICY_INVALID", "its texts read otherwise than when proposed"
    )
    draft.emit(
        PolicyActivated(
            policy=proposal.policy,
            texts=texts,
            by=proposal.by,
            approved_by=by,
            kid=proposal.kid,
            approved_kid=given.command.kid,
        )
    )
    draft.because(f"{proposal.policy}: proposed by {proposal.by}, approved by {by}")


def _of_the_whole_space(draft: Draft, given: CommandInput) -> None:
    """A policy decides for every county: no administrator of one area makes it active."""
    actor = given.command.actor
    everywhere = actor.area_prefix == "" and draft.county_code == COUNTY_UNKNOWN
    refuse_unless(actor.role is Role.OPERATOR or everywhere, "AREA", "a policy is for the whole space")


def _set_by(draft: Draft, account: str, by: str, kid: str) -> bool:
    """Whether an account of the whole space was set by that person or with that key (older records do not tell)."""
    setter = draft.state.county(COUNTY_UNKNOWN).accounts_set_by.get(account)
    return setter is not None and (setter.account == by or setter.kid == kid)


def _parsed(texts: Mapping[str, str], at_ms: int) -> str:
    """The policy's id. Raises Refused when its texts cannot be read, or decide a case not, or too weakly, today."""
    try:
        policy = parse_policy(texts)
    except PolicyInvalid as invalid:
        raise Refused("POLICY_INVALID", f"{invalid.file}: {invalid.row}"[:300]) from invalid
    today = shanghai_date(at_ms)
    gaps = gaps_on(policy, today)
    refuse_unless(not gaps, "POLICY_INCOMPLETE", "; ".join(gaps)[:300])
    unsafe = unsafe_on(policy, today)
    refuse_unless(not unsafe, "POLICY_UNSAFE", "; ".join(unsafe)[:300])
    return policy.policy_id


def rotate_writer_key(draft: Draft, body: asked.RotateWriterKey, given: CommandInput) -> None:
    """A new writer's key; the shell puts it into the record as `keys`."""
    draft.emit(
        WriterKeyRotated(kid=body.kid, public_key=body.public_key, retire=body.retire, by=given.command.actor.account)
    )
