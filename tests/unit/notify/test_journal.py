"""The local memory."""

import asyncio
from collections.abc import Iterable
from io import RawIOBase
from pathlib import Path

import pytest

from services.notify import journal as journal_module
from services.notify.core.plan import Verdict
from services.notify.journal import AlreadyRunning, Journal
from shared.contracts.alerts import AlertResult, ChannelKind

SENT = Verdict(AlertResult.SENT, 2, ChannelKind.SMS)
FAILED = Verdict(AlertResult.FAILED, 5, failure="HTTP_503")


def opened(path: Path, genesis: str = "g") -> Journal:
    journal = Journal(path / "notify" / "journal.jsonl", genesis)
    journal.open()
    return journal


async def test_what_was_remembered_is_there_after_a_restart(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    await journal.record_verdict("a-1", SENT)
    await journal.record_verdict("a-2", FAILED)
    await journal.record_published({0: 7, 3: 9})
    journal.close()
    again = opened(tmp_path)
    assert again.verdicts == {"a-1": SENT, "a-2": FAILED}
    assert again.published == {0: 7, 3: 9}
    again.close()


async def test_a_torn_last_line_is_passed_over(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    await journal.record_verdict("a-1", SENT)
    journal.close()
    path = tmp_path / "notify" / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"kind":"VERDICT","alert_id":"a-2","verd')
    again = opened(tmp_path)
    assert set(again.verdicts) == {"a-1"}
    await again.record_verdict("a-3", SENT)
    again.close()
    third = opened(tmp_path)
    assert set(third.verdicts) == {"a-1", "a-3"}
    third.close()


async def test_the_journal_of_another_space_is_not_believed(tmp_path: Path) -> None:
    journal = opened(tmp_path, "old")
    await journal.record_verdict("a-1", SENT)
    await journal.record_published({0: 99})
    journal.close()
    again = opened(tmp_path, "new")
    assert (again.verdicts, again.published) == ({}, {})
    again.close()


async def test_a_second_notify_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    with pytest.raises(AlreadyRunning):
        opened(tmp_path)
    journal.close()
    opened(tmp_path).close()


async def test_forgotten_verdicts_leave_the_file_when_it_is_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "LINES_BEFORE_REWRITE", 20)
    journal = opened(tmp_path)
    for number in range(100):
        await journal.record_verdict(f"a-{number}", SENT)
        journal.keep_only({f"a-{number}"})
    assert len((tmp_path / "notify" / "journal.jsonl").read_bytes().splitlines()) <= 25
    journal.close()
    again = opened(tmp_path)
    assert "a-99" in again.verdicts
    again.close()


async def test_what_comes_together_is_written_together_and_nothing_is_lost_by_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(tmp_path)
    flushes: list[int] = []
    write = Journal._write

    def counted(self: Journal, lines: list[journal_module._Line]) -> None:
        flushes.append(len(lines))
        if len(flushes) == 1:
            raise OSError(28, "no space")
        write(self, lines)

    monkeypatch.setattr(Journal, "_write", counted)
    results = await asyncio.gather(
        *(journal.record_verdict(f"a-{number}", SENT) for number in range(100)), return_exceptions=True
    )
    assert sum(isinstance(result, OSError) for result in results) == 1
    assert len(flushes) <= 4
    journal.close()
    again = opened(tmp_path)
    assert len(again.verdicts) == 100
    again.close()


async def test_a_disk_that_was_full_for_a_while_costs_nothing_that_was_written_before_or_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(tmp_path)
    await journal.record_verdict("a-1", SENT)
    in_the_way = tmp_path / "notify" / "journal.partial"

    def torn(file: RawIOBase, lines: Iterable[journal_module._Line]) -> None:
        file.write(journal_module._bytes(next(iter(lines)))[:20])
        raise OSError(28, "no space")

    with monkeypatch.context() as full:
        full.setattr(journal_module, "_write_durably", torn)
        with pytest.raises(OSError, match="no space"):
            await journal.record_verdict("a-2", FAILED)
    in_the_way.unlink(missing_ok=True)
    in_the_way.mkdir()
    with pytest.raises(OSError, match="directory"):
        await journal.record_verdict("a-3", FAILED)
    in_the_way.rmdir()
    await journal.record_verdict("a-4", FAILED)
    journal.close()
    again = opened(tmp_path)
    assert again.verdicts == {"a-1": SENT, "a-2": FAILED, "a-3": FAILED, "a-4": FAILED}
    again.close()


async def test_notify_starts_on_a_disk_that_takes_nothing_and_remembers_what_it_read(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    await journal.record_verdict("a-1", SENT)
    journal.close()
    in_the_way = tmp_path / "notify" / "journal.partial"
    in_the_way.mkdir()
    again = opened(tmp_path)
    assert again.verdicts == {"a-1": SENT}
    in_the_way.rmdir()
    await again.record_verdict("a-2", SENT)
    again.close()
    third = opened(tmp_path)
    assert set(third.verdicts) == {"a-1", "a-2"}
    third.close()
