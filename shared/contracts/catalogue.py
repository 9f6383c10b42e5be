"""Which model stands on which topic: the one list from which schemas, examples and AsyncAPI document are made."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, get_args, get_origin

from shared.contracts.alerts import AlertSettled, AnswerGiven, DeadLetter, Feedback
from shared.contracts.base import Message
from shared.contracts.commands import Command, CommandBody
from shared.contracts.crossings import Crossing
from shared.contracts.events import Event
from shared.contracts.identity import VaultHeartbeat, VaultKept
from shared.contracts.probes import ClockProbe
from shared.contracts.records import Genesis, Record
from shared.contracts.reports import InstitutionRegistered, ReportFiled, VaultEntry
from shared.contracts.topics import TOPICS, Topic


def discriminator_of(model: type[Message]) -> str:
    """The value of the model's `type` field. Raises KeyError for a model without one."""
    return str(get_args(model.model_fields["type"].annotation)[0])


def _by_type(models: tuple[type[Message], ...]) -> Mapping[str, type[Message]]:
    return MappingProxyType({discriminator_of(model): model for model in models})


def _members(union: Any) -> tuple[type[Message], ...]:  # noqa: ANN401 - a union of models is no type of its own
    """The models of an annotated, discriminated union."""
    inner = get_args(union)[0] if get_origin(union) is Annotated else union
    return get_args(inner)


MESSAGES: Final = _by_type(
    (
        ReportFiled,
        Command,
        AlertSettled,
        AnswerGiven,
        Record,
        Genesis,
        VaultEntry,
        InstitutionRegistered,
        Feedback,
        DeadLetter,
        ClockProbe,
        VaultKept,
        VaultHeartbeat,
        Crossing,
    )
)
"""What stands on topics, by discriminator."""

EVENTS: Final = _by_type(_members(Event))
"""What a record of the case-log carries, by discriminator."""

COMMAND_BODIES: Final = _by_type(_members(CommandBody))
"""What a command asks for, by discriminator. Their schemas are part of Command's."""

SCHEMA_MODELS: Final[Mapping[str, type[Message]]] = MappingProxyType({**MESSAGES, **EVENTS})
"""Every model that has a schema and an example of its own."""


def models_on(topic: Topic) -> tuple[type[Message], ...]:
    """The models that may stand on the topic. Raises KeyError when one is declared that does not exist."""
    return tuple(MESSAGES[message_type] for message_type in topic.message_types)


def topics_of(message_type: str) -> tuple[Topic, ...]:
    """The topics on which a message type may stand."""
    return tuple(topic for topic in TOPICS if message_type in topic.message_types)
