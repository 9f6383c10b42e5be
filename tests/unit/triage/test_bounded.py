"""A limit holds even when what is waited for does not let itself be cancelled."""

import asyncio
import time

import pytest

from services.triage.bounded import within


async def test_a_result_within_the_limit_is_returned() -> None:
    assert await within(5, asyncio.sleep(0, "done")) == "done"


async def test_what_refuses_to_be_cancelled_is_left_behind() -> None:
    released = asyncio.Event()

    async def stubborn() -> None:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        await within(0.05, stubborn())
    assert time.monotonic() - started < 5
    released.set()


async def test_its_own_error_is_raised() -> None:
    async def broken() -> None:
        raise OSError("no route")

    with pytest.raises(OSError, match="no route"):
        await within(5, broken())


async def test_a_client_that_gives_up_by_itself_does_not_end_who_waits_for_it() -> None:
    async def gives_up() -> None:
        raise asyncio.CancelledError

    with pytest.raises(TimeoutError):
        await within(5, gives_up())
