"""Somebody with all rights on the broker changes a book: `verify` with the heads kept elsewhere finds each place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.topics import CASE_LOG
from shared.contracts.wire import sha256_hex
from tests.support.broker_space import BrokerSpace
from tests.support.ledger_writing import BookWriter
from wardline.verification.checkpoints import Checkpoint, signed_note

COUNT = 12
AT = 6
"""The record that is tampered with: its seq, and its offset too, since the genesis stands at offset 0."""

Tamper = Callable[[BookWriter], list[bytes]]


def flip(writer: BookWriter) -> list[bytes]:
    raw = bytearray(writer.entries[AT])
    raw[len(raw) // 2] ^= 0x01
    return [*writer.entries[:AT], bytes(raw), *writer.entries[AT + 1 :]]


def drop(writer: BookWriter) -> list[bytes]:
    return writer.entries[:AT] + writer.entries[AT + 1 :]


def reorder(writer: BookWriter) -> list[bytes]:
    return [*writer.entries[:AT], writer.entries[AT + 1], writer.entries[AT], *writer.entries[AT + 2 :]]


def insert(writer: BookWriter) -> list[bytes]:
    """With the writer's key: a record more, after which the true ones do not follow."""
    other = BookWriter(writer.space, writer.book, writer.topic_ids)
    for _, appended in writer.inputs[: AT - 1]:
        other.decide_report(appended)
    inserted = other.decide_report(writer.inputs[AT - 1][1], why=("inserted",))
    return [*writer.entries[:AT], inserted, *writer.entries[AT:]]


def cut_tail(writer: BookWriter) -> list[bytes]:
    return writer.entries[:AT]


def rehash(writer: BookWriter) -> list[bytes]:
    """With the writer's key: one reason changed, and everything after it chained and signed anew."""
    other = BookWriter(writer.space, writer.book, writer.topic_ids)
    for number, (_, appended) in enumerate(writer.inputs, start=1):
        other.decide_report(appended, why=("changed",) if number == AT else ())
    return other.entries


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (flip, "ALTERED"),
        (drop, "MISSING"),
        (reorder, "REORDERED"),
        (insert, "HEAD_DIFFERS"),
        (cut_tail, "HEAD_NOT_REACHED"),
        (rehash, "HEAD_DIFFERS"),
    ],
)
def test_a_tampered_book_is_located(
    broker: EmbeddedBroker, space: str, tmp_path: Path, tamper: Tamper, code: str
) -> None:
    place = BrokerSpace.create(broker.bootstrap, tmp_path, space, books=1)
    heads = tmp_path / "heads.txt"
    writer = place.write_decided_reports(COUNT)
    _keep_every_head(place, writer, heads)
    assert place.run("verify", "--heads", str(heads)).exit_code == 0
    place.replace_topic(CASE_LOG, tamper(writer))
    result = place.run("verify", "--heads", str(heads))
    assert result.exit_code == 1
    [facts] = place.run_json("verify", "--heads", str(heads))
    first = facts["books"][0]["first_fault"]
    assert (first["book"], first["code"], first["seq"], first["offset"]) == (0, code, AT, AT)
    assert f"FAULT book 0, seq {AT}, offset {AT}: {code}" in result.output


def _keep_every_head(place: BrokerSpace, writer: BookWriter, path: Path) -> None:
    """As a second party would that asks for the head after every record."""
    secret = place.space.secret("operator")
    notes = [
        signed_note(Checkpoint(place.space.name, 0, seq, sha256_hex(raw)), secret)
        for seq, raw in enumerate(writer.entries)
        if seq > 0
    ]
    path.write_text("\n".join(notes), encoding="utf-8")
