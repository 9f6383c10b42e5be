"""Whatever else is written into the case-log while workers run is void for every reader, counted, and stops nobody."""

import random
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from nacl.signing import SigningKey

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.chain import SIGNATURE_PREFIX, split_signature
from shared.contracts.commands import key_id
from shared.contracts.topics import CASE_LOG
from shared.contracts.wire import canonical
from tests.support.fault_world import (
    counties_of_each_book,
    faults_of,
    in_space,
    metric,
    progress,
    throw,
    verified,
    wait_for,
)
from tests.support.notify_service import NotifyProcess
from tests.support.triage_world import Feeder, make_report, new_space, wait_until_decided, workers
from wardline.verification.findings import VoidKind

BOOKS = 3
HUGE_BYTES = 1024 * 1024
STRANGER = SigningKey(bytes([9]) * 32)


def signed(fields: Mapping[str, Any], key: SigningKey) -> bytes:
    """A record in the right form, signed by whoever."""
    body = canonical({name: value for name, value in fields.items() if name != "sig"})
    return body[:-1] + SIGNATURE_PREFIX + key.sign(body).signature.hex().encode() + b'"}'


def junk(records: list[bytes], chance: random.Random) -> list[tuple[bytes | None, VoidKind]]:
    """Bytes that are no record of this book, made from records that are, and what verify must take each for."""
    old, last = chance.choice(records[:-1]), records[-1]
    fields = orjson.loads(last)
    next_in_line = {**fields, "seq": fields["seq"] + 1, "kid": key_id(bytes(STRANGER.verify_key))}
    parts = split_signature(last)
    assert parts is not None
    flipped = bytearray(last)
    flipped[len(last) // 2] ^= 1
    return [
        (None, VoidKind.JUNK),
        (b"", VoidKind.JUNK),
        (b"\xff\xfe\x00 not even text", VoidKind.JUNK),
        (last[: len(last) // 2], VoidKind.JUNK),
        (b"[" * 100_000, VoidKind.JUNK),
        (b"[" * 50_000 + b"]" * 50_000, VoidKind.JUNK),
        (b'{"type":"Record"}', VoidKind.JUNK),
        (b"x" * HUGE_BYTES, VoidKind.JUNK),
        (orjson.dumps({**fields, "why": ["y" * (HUGE_BYTES - 100_000)]}), VoidKind.FORGED),
        (canonical({**fields, "book": fields["book"] + 1}), VoidKind.JUNK),
        (canonical({**fields, "seq": True}), VoidKind.JUNK),
        (bytes(flipped), VoidKind.FORGED),
        (last + b" ", VoidKind.FORGED),
        (last[:-130] + last[-130:].upper(), VoidKind.FORGED),
        (signed(next_in_line, STRANGER), VoidKind.FORGED),
        (signed({**next_in_line, "kid": fields["kid"]}, STRANGER), VoidKind.FORGED),
        (old, VoidKind.STALE),
        (last, VoidKind.STALE),
    ]


def test_junk_forgeries_and_replays_are_void_for_every_reader(
    broker: EmbeddedBroker, space: str, tmp_path: Path
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=BOOKS)
    tools, feeder, chance = (
        in_space(broker.bootstrap, world, tmp_path),
        Feeder(broker.bootstrap, world),
        random.Random(7),
    )
    counties = [code for codes in counties_of_each_book(BOOKS, each=3) for code in codes]
    tools.publish(CASE_LOG, 0, [b"somebody was here before the genesis"])
    for county in counties:
        feeder.registry(county)
    feeder.flush()
    notify = NotifyProcess(tmp_path, broker.bootstrap, world.name, {"PYTHONPATH": "."})
    filed, thrown = 0, 1
    kinds = dict.fromkeys(VoidKind, 0)
    with workers(2, broker.bootstrap, world, tmp_path) as crew:
        wait_until_decided(broker.bootstrap, world, 150)
        notify.start()
        try:
            for _ in range(5):
                for county in counties:
                    filed += 1
                    feeder.report(make_report(world.name, county, filed, chance, world.clock().now_ms()))
                for book in range(BOOKS):
                    with progress(broker.bootstrap, world) as seen:
                        seen.undecided()
                        records = [read.valid.raw for read in seen.reads if read.book == book]
                    for value, kind in junk(records, chance):
                        thrown += throw(broker.bootstrap, world, CASE_LOG, book, [value])
                        kinds[kind] += 1
                feeder.flush()
                wait_until_decided(broker.bootstrap, world, 150)
            assert all(worker.process is not None and worker.process.poll() is None for worker in crew)

            def void_of_triage() -> bool:
                return sum(metric(worker, "wardline_triage_void_records") or 0 for worker in crew) >= thrown

            wait_for(void_of_triage, "triage to count the void records")
            wait_for(lambda: notify_void(notify) >= thrown, "notify to count the void records")
        finally:
            notify.end()
    with progress(broker.bootstrap, world) as seen:
        seen.undecided()
        assert sum(head.void for head in seen.reader.heads.values()) >= thrown
        assert len(seen.events("CaseOpened")) >= filed
    found = verified(broker.bootstrap, world)
    assert faults_of(found) == []
    listed = {kind: sum(book.voids[kind] for book in found) for kind in VoidKind}
    # One more stood before the genesis; a flipped bit may make a forgery or no JSON at all.
    assert listed[VoidKind.FORGED] + listed[VoidKind.JUNK] == kinds[VoidKind.FORGED] + kinds[VoidKind.JUNK] + 1
    assert listed[VoidKind.FORGED] > 0
    assert listed[VoidKind.JUNK] > 0
    assert listed[VoidKind.STALE] >= kinds[VoidKind.STALE]  # and a worker's own, when junk came in between
    assert listed[VoidKind.INVALID] == listed[VoidKind.CUT_OFF] == 0
    shown = tools.run("verify")
    assert shown.exit_code == 0, shown.output
    assert "FORGED" in shown.output


def notify_void(notify: NotifyProcess) -> float:

    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{notify.metrics_port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("wardline_notify_void_records ")), 0.0)
