"""Waiting with a limit that holds even when what is waited for does not let itself be cancelled.

`asyncio.wait_for` waits until the cancellation is over; a Kafka client that is stopped while its broker is away may
take for ever. Here it is left behind: its sockets die with it, and the chain decides what stands.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def within(seconds: float, awaitable: Awaitable[T]) -> T:
    """The result, or TimeoutError after so many seconds; what was waited for is cancelled and not waited for."""
    task = asyncio.ensure_future(awaitable)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not done:
        task.cancel()
        task.add_done_callback(_forget)
        raise TimeoutError(f"no answer within {seconds} s")
    if task.cancelled():  # by the client itself, while it was stopping: the caller was not cancelled and goes on
        raise TimeoutError("given up by the client")
    return task.result()


def _forget(task: "asyncio.Future[T]") -> None:
    """Take the late exception, so that it is not reported as one that nobody looked at."""
    if not task.cancelled():
        task.exception()
