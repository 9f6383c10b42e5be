"""The frames of a spool file: `magic, length, CRC-32C, seconds, payload`, each one report's records."""

import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass

import crc32c
import orjson

from shared.runtime.producer import OutgoingRecord

MAGIC = b"WSP1"
HEADER = struct.Struct(">4sIII")
"""Magic, payload length, CRC-32C of the payload, seconds since 1970 at which it was spooled."""
FRAME_BYTES_MAX = 4 * 1024 * 1024
WINDOW_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame in the file: where it begins and ends, and when it was spooled (Unix seconds)."""

    start: int
    end: int
    at_seconds: int


class FrameDamaged(Exception):
    """A frame that was whole when it was written or found, and is not any more."""

    def __init__(self, frame: Frame) -> None:
        super().__init__("the checksum of a spooled frame does not hold")
        self.frame = frame


def frame_of(records: Iterable[OutgoingRecord], at_seconds: int) -> bytes:
    """The bytes of one report's frame."""
    payload = orjson.dumps([_plain(record) for record in records])
    return HEADER.pack(MAGIC, len(payload), crc32c.crc32c(payload), at_seconds) + payload


def frame_at(descriptor: int, position: int, size: int) -> Frame | None:
    """The frame that begins there and whose checksum holds, or None."""
    claimed = claimed_at(descriptor, position, size)
    if claimed is None:
        return None
    head = os.pread(descriptor, HEADER.size, position)
    payload = os.pread(descriptor, claimed.end - position - HEADER.size, position + HEADER.size)
    return claimed if crc32c.crc32c(payload) == HEADER.unpack(head)[2] else None


def claimed_at(descriptor: int, position: int, size: int) -> Frame | None:
    """The frame that a header there announces and for which there is room, whatever its checksum says; or None."""
    head = os.pread(descriptor, HEADER.size, position)
    if len(head) < HEADER.size:
        return None
    magic, length, _, at_seconds = HEADER.unpack(head)
    end = position + HEADER.size + length
    return None if magic != MAGIC or length > FRAME_BYTES_MAX or end > size else Frame(position, end, at_seconds)


def next_frame(descriptor: int, position: int, size: int) -> int | None:
    """The next place at which a whole frame begins."""
    while position < size:
        found = os.pread(descriptor, WINDOW_BYTES, position).find(MAGIC)
        if found < 0:
            position += WINDOW_BYTES - len(MAGIC) + 1
        elif frame_at(descriptor, position + found, size):
            return position + found
        else:
            position += found + 1
    return None


def records_of(descriptor: int, frame: Frame) -> tuple[OutgoingRecord, ...]:
    """The records of a frame. FrameDamaged when the disk has altered it since it was found."""
    if frame_at(descriptor, frame.start, frame.end) != frame:
        raise FrameDamaged(frame)
    payload = os.pread(descriptor, frame.end - frame.start - HEADER.size, frame.start + HEADER.size)
    return tuple(_record(plain) for plain in orjson.loads(payload))


def _plain(record: OutgoingRecord) -> list[object]:
    headers = [[name, value.decode()] for name, value in record.headers]
    return [record.topic, record.partition, record.key.decode(), record.value.decode(), headers]


def _record(plain: list[object]) -> OutgoingRecord:
    topic, partition, key, value, headers = plain
    return OutgoingRecord(
        topic=str(topic),
        partition=int(str(partition)),
        key=str(key).encode(),
        value=str(value).encode(),
        headers=tuple((str(name), str(text).encode()) for name, text in headers),  # type: ignore[attr-defined]
    )
