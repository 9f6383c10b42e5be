"""The projecting thread tells that rows were written; whoever waits for rows wakes at once instead of asking again."""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

LISTENERS_MAX: Final = 500
"""Open boards and waiting forms together; more are turned away and ask again by themselves."""


class Full(Exception):
    """As many listen as may."""


class Listener:
    """One who waits, in an event loop of its own. Counties that were written meanwhile are kept until it looks."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._event = asyncio.Event()
        self._counties: set[str] = set()
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether the desk stops, so that nothing will be told any more."""
        return self._is_over

    async def heard(self, seconds_max: float) -> frozenset[str]:
        """The counties whose rows changed since the last time; empty when none did within so many seconds."""
        try:
            async with asyncio.timeout(seconds_max):
                await self._event.wait()
        except TimeoutError:
            return frozenset()
        self._event.clear()
        counties, self._counties = frozenset(self._counties), set()
        return counties

    def tell(self, counties: frozenset[str], *, is_over: bool) -> None:
        """Called by another thread. A loop that is closed has nobody who waits."""

        def set_() -> None:
            self._counties |= counties
            self._is_over |= is_over
            self._event.set()

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(set_)


class Announcer:
    """Holds everybody who waits. `tell` and `close` may be called by any thread."""

    def __init__(self, listeners_max: int = LISTENERS_MAX) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._listeners_max = listeners_max
        self._is_closed = False

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Listen from now on, in the running event loop. Raises Full."""
        listener = Listener(asyncio.get_running_loop())
        with self._lock:
            if self._is_closed or len(self._listeners) >= self._listeners_max:
                raise Full
            self._listeners.add(listener)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def tell(self, counties: Iterable[str]) -> None:
        """Rows of these counties were written and can be read."""
        self._tell(frozenset(counties), is_over=False)

    def close(self) -> None:
        """The desk stops: whoever waits ends, and nobody may begin."""
        with self._lock:
            self._is_closed = True
        self._tell(frozenset(), is_over=True)

    def _tell(self, counties: frozenset[str], *, is_over: bool) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener.tell(counties, is_over=is_over)
