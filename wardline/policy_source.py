"""Where a policy comes from: a directory, the packaged one, or the text that is in force in the space's ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.triage.core.policy import Policy, PolicyInvalid, parse_policy
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY, load_policy_texts
from shared.contracts.records import Genesis
from wardline.case_log import CaseLog


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy in force in a book; the policy that the space began with has no moment and no persons."""

    book: int
    policy: str
    texts: Mapping[str, str]
    since_ms: int | None = None
    by: str | None = None
    approved_by: str | None = None


def read_policy(directory: Path) -> tuple[str, dict[str, str]]:
    """The policy's id and its texts (file name to text). Raises ValueError when it cannot be used."""
    policy, texts = parsed_policy(directory)
    return policy.policy_id, texts


def parsed_policy(directory: Path) -> tuple[Policy, dict[str, str]]:
    """The policy and its texts. Raises ValueError when it cannot be used."""
    texts = load_policy_texts(directory)
    if not texts:
        raise ValueError(f"no policy files in {directory}")
    try:
        return parse_policy(texts), texts
    except PolicyInvalid as error:
        more = len(error.faults) - 1
        others = f" (and {more} more: `wardline policy check {directory}`)" if more else ""
        raise ValueError(f"{directory}: {error}{others}") from error


def directory_words(directory: Path) -> str:
    """Where a directory's policy comes from."""
    if directory == DEFAULT_POLICY_DIRECTORY:
        return "packaged with wardline; WARDLINE_POLICY names another directory"
    return f"directory {directory}"


def in_force(log: CaseLog, genesis: Genesis, books: int) -> list[InForce]:
    """What is in force in each book, by the ledger as far as it was read."""
    found = []
    for book in range(books):
        activated = log.activated.get(book)
        found.append(
            InForce(book, genesis.policy, genesis.policy_texts)
            if activated is None
            else InForce(
                book, activated.policy, activated.texts, activated.since_ms, activated.by, activated.approved_by
            )
        )
    return found


def parsed_in_force(standing: list[InForce]) -> tuple[Policy, Mapping[str, str]]:
    """The one policy that is in force in all of these books. Raises ValueError when they differ or it is unreadable."""
    if len({each.policy for each in standing}) != 1:
        raise ValueError("the books do not have the same policy in force: `wardline policy show`")
    try:
        return parse_policy(standing[0].texts), standing[0].texts
    except PolicyInvalid as error:
        raise ValueError(f"{standing[0].policy}: {error}") from error
