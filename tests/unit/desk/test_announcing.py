"""Who waits for rows wakes when they are written, hears which counties, and is bounded in number."""

import asyncio
import threading
import time

import pytest

from services.desk.announcing import Announcer, Full, Listener


async def test_what_was_written_meanwhile_is_heard_once_and_together() -> None:
    announcer = Announcer()
    with announcer.listening() as listener:
        for county in ("520327", "520303"):
            threading.Thread(target=announcer.tell, args=({county},)).start()
        heard: set[str] = set()
        while len(heard) < 2:
            heard |= await listener.heard(5)
        assert heard == {"520327", "520303"}
        assert await listener.heard(0.05) == frozenset()


async def test_a_waiting_one_wakes_at_once() -> None:
    announcer = Announcer()
    with announcer.listening() as listener:
        waiting = asyncio.create_task(listener.heard(30))
        await asyncio.sleep(0)
        began = time.monotonic()
        announcer.tell({"520327"})
        assert await waiting == {"520327"}
        assert time.monotonic() - began < 5


async def test_no_more_than_so_many_listen_and_a_place_is_free_again() -> None:
    announcer = Announcer(listeners_max=1)
    with announcer.listening(), pytest.raises(Full), announcer.listening():
        pass
    with announcer.listening() as listener:
        assert isinstance(listener, Listener)


async def test_the_end_is_told_and_nobody_begins_after_it() -> None:
    announcer = Announcer()
    with announcer.listening() as listener:
        waiting = asyncio.create_task(listener.heard(30))
        await asyncio.sleep(0)
        announcer.close()
        await waiting
        assert listener.is_over
    with pytest.raises(Full), announcer.listening():
        pass
