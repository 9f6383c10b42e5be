"""A book's bytes from the broker: the case-log from its start, and the inputs that records name, read along with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kafka import KafkaConsumer

from shared.contracts.topics import COMMANDS, REPORTS, Topic
from wardline.verification.chain_check import Entry
from wardline.verification.reading import bounds_of, read_partition

AHEAD = 200
"""Messages that are read at one go when the next is asked for."""


@dataclass(slots=True)
class InputStream:
    """One partition of an input topic. Offsets are asked for upward, a few times backward. At most AHEAD are kept."""

    consumer: KafkaConsumer
    full_name: str
    book: int
    _start: int = 0
    _end: int = -1
    _kept: dict[int, Entry] = field(default_factory=dict)

    def at(self, offset: int) -> Entry | None:
        """The message at an offset; None when the broker does not hold it (any more). Raises BrokerSilent."""
        if offset not in self._kept:
            if not self._start <= offset < self._end:
                bounds = bounds_of(self.consumer, self.full_name, (self.book,))[self.book]
                self._start, self._end = bounds.start, bounds.end
                if not self._start <= offset < self._end:
                    return None
            until = min(offset + AHEAD, self._end)
            entries = read_partition(self.consumer, self.full_name, self.book, offset, until)
            self._kept = {entry.offset: entry for entry in entries}
        return self._kept.get(offset)


@dataclass(slots=True)
class BookSource:
    """The partitions of one book. `log` and `inputs` are consumers of this process alone."""

    space: str
    book: int
    log: KafkaConsumer
    inputs: KafkaConsumer
    _streams: dict[str, InputStream] = field(default_factory=dict)

    def input_at(self, topic: str, offset: int) -> Entry | None:
        """Short topic name and offset to the bytes there."""
        known = _READ.get(topic)
        if known is None:
            return None
        stream = self._streams.get(topic)
        if stream is None:
            stream = self._streams[topic] = InputStream(self.inputs, known.full_name(self.space), self.book)
        return stream.at(offset)

    def entries(self, case_log: str) -> Iterator[Entry]:
        """The case-log up to where it ends now."""
        bounds = bounds_of(self.log, case_log, (self.book,))[self.book]
        return read_partition(self.log, case_log, self.book, bounds.start, bounds.end)


_READ: dict[str, Topic] = {topic.name: topic for topic in (REPORTS, COMMANDS)}
