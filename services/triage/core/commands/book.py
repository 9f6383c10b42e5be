"""The book: its policy and its writers' keys. One copy of such a command goes to every book, under the same id."""

from shared.contracts import commands as asked
from shared.contracts.events import PolicyActivated, WriterKeyRotated

from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.policy import PolicyInvalid, parse_policy

TEXTS_BYTES_MAX = 300 * 1024


def activate_policy(draft: Draft, body: asked.ActivatePolicy, given: CommandInput) -> None:
    """A policy that parses, approved by a second person, is in force from the next decision on."""
    by = given.command.actor.account
    refuse_unless(body.approved_by != by, "SECOND_PERSON", "a policy is approved by somebody else")
    size = sum(len(name.encode()) + len(text.encode()) for name, text in body.texts.items())
    refuse_unless(size <= TEXTS_BYTES_MAX, "TOO_LARGE", "the texts are over the limit")
    try:
        policy = parse_policy(body.texts)
    except PolicyInvalid as invalid:
        raise Refused("POLICY_INVALID", f"{invalid.file}: {invalid.row}"[:300]) from invalid
    draft.emit(PolicyActivated(policy=policy.policy_id, texts=body.texts, by=by, approved_by=body.approved_by))


def rotate_writer_key(draft: Draft, body: asked.RotateWriterKey, given: CommandInput) -> None:
    """A new writer's key; the shell puts it into the record as `keys`."""
    draft.emit(
        WriterKeyRotated(kid=body.kid, public_key=body.public_key, retire=body.retire, by=given.command.actor.account)
    )
