"""In which order a batch is decided: by arrival across the input topics, and every deadline in its place.

Before a deadline due at T is fired, everything that arrived before T is decided.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.triage.book_log import RawInput
from shared.contracts.topics import INPUT_TOPICS

TOPIC_ORDER = {topic.name: order for order, topic in enumerate(INPUT_TOPICS)}


@dataclass(frozen=True, slots=True)
class Batch:
    """Contiguous inputs by topic, and until when (space time, ms) deadlines may fire after them.

    `fire_until_ms` is None when it is not known that everything has been read that arrived before.
    """

    inputs: Mapping[str, Sequence[RawInput]]
    fire_until_ms: int | None

    def by_arrival(self) -> Iterator[RawInput]:
        """The inputs of all topics, earliest first; the order within a topic is the topic's."""
        return (item for _, _, _, item in heapq.merge(*(self._keyed(name) for name in self.inputs)))

    def _keyed(self, name: str) -> Iterator[tuple[int, int, int, RawInput]]:
        latest = 0
        for item in self.inputs[name]:
            latest = max(latest, item.appended_wall_ms)
            yield latest, TOPIC_ORDER[name], item.offset, item


def contiguous(items: Sequence[RawInput], next_offset: int) -> tuple[list[RawInput], list[RawInput], int | None]:
    """Split what was handed over of one topic.

    (the run that starts at `next_offset`, what was decided before, the offset missing before a later one or None)
    """
    seen: dict[int, RawInput] = {}
    again: list[RawInput] = []
    for item in items:
        if item.offset < next_offset:
            again.append(item)
        else:
            seen.setdefault(item.offset, item)
    run: list[RawInput] = []
    at = next_offset
    while at in seen:
        run.append(seen.pop(at))
        at += 1
    return run, again, at if seen else None
