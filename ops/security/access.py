"""The broker's access list, made from the matrix of principals and topics in ``shared.contracts.topics``.

``python -m ops.security.access --space NAME`` prints it; ``--apply`` makes the cluster of WARDLINE_KAFKA hold it.
"""

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.errors import NoError

from shared.contracts.ids import check_space
from shared.contracts.topics import PRINCIPALS, TOPICS
from shared.runtime.connection import Connection

ANY_HOST = "*"


class Resource(StrEnum):
    """What a rule is about: one topic by its full name, or every consumer group whose name begins so."""

    TOPIC = "TOPIC"
    GROUP_PREFIX = "GROUP_PREFIX"


class Operation(StrEnum):
    """What is allowed, in Kafka's words; WRITE to a topic implies idempotent writes, DELETE is of its records."""

    READ = "READ"
    WRITE = "WRITE"
    DESCRIBE = "DESCRIBE"
    DELETE = "DELETE"


@dataclass(frozen=True, order=True)
class Rule:
    """One permission. There is no rule that denies: what no rule allows is denied."""

    principal: str
    resource: Resource
    name: str
    operation: Operation


class AccessTopic(Protocol):
    """What the matrix says of a topic (``shared.contracts.topics.Topic``)."""

    @property
    def writers(self) -> tuple[str, ...]:
        """Principals that may write it."""
        ...

    @property
    def readers(self) -> tuple[str, ...]:
        """Principals that may read it."""
        ...

    @property
    def emptied_by(self) -> tuple[str, ...]:
        """Principals that may delete its records."""
        ...

    def full_name(self, space: str) -> str:
        """Its name on the broker."""
        ...


def rules(topics: Iterable[AccessTopic], space: str) -> frozenset[Rule]:
    """Every permission of a space: writers write, readers read, both see that the topic is there.

    A principal that reads may also use the consumer groups named ``wardline-<space>-<principal>…``, its own alone.
    """
    found: set[Rule] = set()
    for topic in topics:
        name = topic.full_name(space)
        for principal in topic.writers:
            found.add(Rule(principal, Resource.TOPIC, name, Operation.WRITE))
            found.add(Rule(principal, Resource.TOPIC, name, Operation.DESCRIBE))
        found |= {Rule(principal, Resource.TOPIC, name, Operation.DELETE) for principal in topic.emptied_by}
        for principal in topic.readers:
            found.add(Rule(principal, Resource.TOPIC, name, Operation.READ))
            found.add(Rule(principal, Resource.TOPIC, name, Operation.DESCRIBE))
            group = f"{group_prefix(space)}{principal}"
            found.add(Rule(principal, Resource.GROUP_PREFIX, group, Operation.READ))
            found.add(Rule(principal, Resource.GROUP_PREFIX, group, Operation.DESCRIBE))
    return frozenset(found)


def topic_prefix(space: str) -> str:
    """How every topic of a space begins."""
    return f"wardline.{check_space(space)}."


def group_prefix(space: str) -> str:
    """How every consumer group of a space begins; the principal's name follows."""
    return f"wardline-{check_space(space)}-"


@dataclass(frozen=True)
class Change:
    """What ``apply`` did to a cluster, as the cluster's own entries."""

    added: frozenset[ACL]
    removed: frozenset[ACL]


def apply(admin: KafkaAdminClient, wanted: frozenset[Rule], space: str) -> Change:
    """Make the cluster hold exactly ``wanted`` on the space's topics and groups: add what is missing, remove the rest.

    Whatever stands there otherwise goes, entries of kinds that are never made here too (ALL, DENY, prefixes). Other
    spaces and other products on the cluster are left alone. Raises RuntimeError when the broker refuses a change.
    """
    entries, held = as_entries(wanted), present(admin, space)
    missing, extra = entries - held, held - entries
    if missing:
        outcome = admin.create_acls(list(missing))
        if outcome["failed"]:
            raise RuntimeError(f"the broker refused {len(outcome['failed'])} rules: {outcome['failed'][0]}")
    if extra:
        failures = [error for _, _, error in admin.delete_acls(list(extra)) if error is not NoError]
        if failures:
            raise RuntimeError(f"the broker kept {len(failures)} entries: {failures[0]}")
    return Change(added=missing, removed=extra)


def present(admin: KafkaAdminClient, space: str) -> frozenset[ACL]:
    """Every entry that the cluster holds on a topic or group of the space."""
    found: set[ACL] = set()
    for resource_type in (ResourceType.TOPIC, ResourceType.GROUP):
        pattern = ResourcePatternFilter(resource_type, None, ACLResourcePatternType.ANY)
        acls, error = admin.describe_acls(ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, pattern))
        if error is not NoError:
            raise RuntimeError(f"the broker does not tell its access list: {error}")
        found |= {acl for acl in acls if _is_of(space, acl.resource_pattern.resource_name)}
    return frozenset(found)


def as_entries(wanted: frozenset[Rule]) -> frozenset[ACL]:
    """The rules as the cluster's entries."""
    return frozenset(_acl(rule) for rule in wanted)


def _is_of(space: str, name: str) -> bool:
    """Whether a topic or group is of this space; the space ``demo`` does not own ``wardline-demo-2-triage``."""
    return name.startswith(topic_prefix(space)) or name in {f"{group_prefix(space)}{each}" for each in PRINCIPALS}


def _acl(rule: Rule) -> ACL:
    resource = (
        ResourcePattern(ResourceType.TOPIC, rule.name, ACLResourcePatternType.LITERAL)
        if rule.resource is Resource.TOPIC
        else ResourcePattern(ResourceType.GROUP, rule.name, ACLResourcePatternType.PREFIXED)
    )
    return ACL(f"User:{rule.principal}", ANY_HOST, ACLOperation[rule.operation], ACLPermissionType.ALLOW, resource)


def main() -> int:
    """Print a space's rules, or make a cluster hold them as its administrator."""
    parser = argparse.ArgumentParser(description="Who may write and read which topic.")
    parser.add_argument("--space", required=True)
    parser.add_argument("--apply", action="store_true", help="make the cluster of WARDLINE_KAFKA hold exactly these")
    options = parser.parse_args()
    wanted = rules(TOPICS, options.space)
    if not options.apply:
        for rule in sorted(wanted):
            print(f"{rule.principal:<10} {rule.operation:<9} {rule.resource:<13} {rule.name}")
        return 0
    admin = KafkaAdminClient(**Connection.from_environment(os.environ).kafka_python())
    try:
        change = apply(admin, wanted, options.space)
    finally:
        admin.close()
    print(f"{len(wanted)} rules: {len(change.added)} added, {len(change.removed)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
