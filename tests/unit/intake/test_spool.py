"""The spool keeps what it took: over restarts, torn tails, damage, a full disk; one process for each file."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from services.intake import spool as spool_module
from services.intake.frames import HEADER
from services.intake.spool import Spool, SpoolRefused
from shared.runtime.producer import OutgoingRecord

BYTES_MAX = 1024 * 1024


def record(number: int, size: int = 10) -> OutgoingRecord:
    value = f"{number}:".encode() + b"x" * size
    return OutgoingRecord("reports", 3, b"520327", value, (("ce_id", b"%d" % number),))


def values(spool: Spool) -> list[bytes]:
    return [records[0].value for _, records in spool.peek(1000)]


def names(directory: Path, pattern: str) -> list[str]:
    return [path.name for path in directory.glob(pattern)]


async def test_what_was_appended_is_found_in_order_after_a_restart(tmp_path: Path) -> None:
    spool = Spool.open_first(tmp_path, BYTES_MAX)
    await asyncio.gather(*(spool.append([record(number), record(number + 100)]) for number in range(20)))
    spool.close()
    again = Spool.open_first(tmp_path, BYTES_MAX)
    assert again.depth == 20
    assert [records for _, records in again.peek(1000)] == [(record(n), record(n + 100)) for n in range(20)]
    again.close()


async def test_an_append_returns_only_after_fsync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        synced.append(os.fstat(descriptor).st_size)

    spool = Spool.open_first(tmp_path, BYTES_MAX)
    monkeypatch.setattr(os, "fsync", fsync)
    await spool.append([record(1)])
    assert synced[-1] == spool.path.stat().st_size > 0
    spool.close()


async def test_what_was_drained_is_not_found_again_and_the_empty_file_starts_anew(tmp_path: Path) -> None:
    spool = Spool.open_first(tmp_path, BYTES_MAX)
    for number in range(4):
        await spool.append([record(number)])
    spool.advance(spool.peek(2)[-1][0])
    assert values(spool) == [record(2).value, record(3).value]
    spool.close()
    again = Spool.open_first(tmp_path, BYTES_MAX)
    assert values(again) == [record(2).value, record(3).value]
    again.advance(again.peek(2)[-1][0])
    assert (again.depth, again.path.stat().st_size) == (0, 0)
    await again.append([record(9)])
    again.close()
    last = Spool.open_first(tmp_path, BYTES_MAX)
    assert values(last) == [record(9).value]
    last.close()


async def test_a_torn_tail_is_cut_and_what_was_promised_stays(tmp_path: Path) -> None:
    spool = Spool.open_first(tmp_path, BYTES_MAX)
    await spool.append([record(1)])
    await spool.append([record(2)])
    spool.close()
    whole = spool.path.stat().st_size
    with spool.path.open("ab") as file:
        file.write(spool.path.read_bytes()[: HEADER.size + 5])
    again = Spool.open_first(tmp_path, BYTES_MAX)
    assert values(again) == [record(1).value, record(2).value]
    assert again.path.stat().st_size == whole
    assert again.damaged_frames == 0
    again.close()


async def test_a_damaged_frame_is_counted_and_kept_and_costs_no_other(tmp_path: Path) -> None:
    spool = Spool.open_first(tmp_path, BYTES_MAX)
    for number in range(3):
        await spool.append([record(number)])
    second = spool.peek(3)[1][0]
    spool.close()
    with spool.path.open("r+b") as file:
        file.seek(second.start + HEADER.size + 3)
        file.write(b"\x00\x01")
    again = Spool.open_first(tmp_path, BYTES_MAX)
    assert values(again) == [record(0).value, record(2).value]
    assert again.damaged_frames == 1
    assert len(names(tmp_path, "spool-0.damaged-*")) == 1
    again.close()
    adopted = Spool.adopt(tmp_path, BYTES_MAX)[0]  # by the living, again and again while the broker is away
    assert (adopted.depth, adopted.damaged_frames) == (2, 0)
    assert len(names(tmp_path, "spool-0.damaged-*")) == 1
    adopted.close()


async def test_an_altered_last_frame_may_have_been_promised_and_is_counted(tmp_path: Path) -> None:
    spool = Spool.open_first(tmp_path, BYTES_MAX)
    await spool.append([record(1)])
    await spool.append([record(2)])
    last = spool.peek(2)[1][0]
    spool.close()
    with spool.path.open("r+b") as file:
        file.seek(last.start + HEADER.size + 3)
        file.write(b"\x00\x01")
    again = Spool.open_first(tmp_path, BYTES_MAX)
    assert (values(again), again.damaged_frames) == ([record(1).value], 1)
    await again.append([record(3)])
    assert values(again) == [record(1).value, record(3).value]
    again.close()


@pytest.mark.parametrize("position", ["99999999", "-7", "17", "", "\x00"])
async def test_a_position_that_cannot_be_costs_repetitions_and_no_report(tmp_path: Path, position: str) -> None:
    spool = Spool.open_first(tmp_path, BYTES_MAX)
    for number in range(3):
        await spool.append([record(number)])
    spool.advance(spool.peek(1)[0][0])
    spool.close()
    (tmp_path / "spool-0.position").write_text(position)
    again = Spool.open_first(tmp_path, BYTES_MAX)
    assert values(again) == [record(number).value for number in range(3)]
    assert again.damaged_frames == 0
    again.close()


async def test_every_process_has_a_spool_of_its_own_and_the_living_adopt_the_dead(tmp_path: Path) -> None:
    first = Spool.open_first(tmp_path, BYTES_MAX)
    second = Spool.open_first(tmp_path, BYTES_MAX)
    assert first.path != second.path
    await second.append([record(7)])
    assert Spool.adopt(tmp_path, BYTES_MAX) == []
    second.close()
    adopted = Spool.adopt(tmp_path, BYTES_MAX)
    assert [values(spool) for spool in adopted] == [[record(7).value]]
    adopted[0].close()
    first.close()


async def test_a_full_spool_refuses_and_takes_again_when_it_is_drained(tmp_path: Path) -> None:
    spool = Spool.open_first(tmp_path, 3000)
    await spool.append([record(1, 2000)])
    with pytest.raises(SpoolRefused):
        await spool.append([record(2, 2000)])
    spool.advance(spool.peek(1)[0][0])
    await spool.append([record(3, 2000)])
    assert values(spool) == [record(3, 2000).value]
    spool.close()


async def test_a_failing_disk_refuses_and_promises_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool.open_first(tmp_path, BYTES_MAX)
    await spool.append([record(1)])
    size = spool.path.stat().st_size

    def torn(descriptor: int, data: bytes, start: int) -> None:
        os.pwrite(descriptor, data[:9], start)
        raise OSError(28, "no space")

    monkeypatch.setattr(spool_module, "_write_durably", torn)
    with pytest.raises(SpoolRefused):
        await spool.append([record(2)])
    monkeypatch.undo()
    assert spool.path.stat().st_size == size
    await spool.append([record(3)])
    assert values(spool) == [record(1).value, record(3).value]
    spool.close()


async def test_age_is_that_of_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool.open_first(tmp_path, BYTES_MAX)
    assert spool.age_seconds() == 0
    await spool.append([record(1)])
    at = spool.peek(1)[0][0].at_seconds
    monkeypatch.setattr(time, "time", lambda: at + 90)
    assert spool.age_seconds() == 90
    spool.close()
