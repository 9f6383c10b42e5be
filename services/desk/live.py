"""The board's live stream: server-sent events that say that something in the account's area changed, and nothing else.

The board then asks for itself again, so that whatever is shown has passed the same guard and the same template. Without
scripts, or where no more may listen, the board asks every ten seconds or is loaded again by the browser.
"""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import Depends, FastAPI
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from services.desk import sessions, users
from services.desk.announcing import Announcer, Full
from services.desk.core.guard import Principal, Route
from services.desk.guarding import Desk, LoggedIn, guard
from shared.runtime.clock import wall_ms

BEAT_SECONDS: Final = 15.0
"""A comment so often keeps proxies from closing the stream, and finds out that the login has ended."""
STREAM_SECONDS_MAX: Final = 15 * 60
"""Then the browser begins anew; no stream lives for ever."""
GATHER_SECONDS: Final = 0.3
"""What changes within so long is one event."""
RETRY_MS: Final = 3000

CHANGED: Final = b"event: changed\ndata: {}\n\n"
ENDED: Final = b"event: ended\ndata: {}\n\n"
BEAT: Final = b": still here\n\n"


def add_live(app: FastAPI, desk: Desk) -> None:
    """The one route."""
    announcer = desk.projecting.announcer

    @app.get("/board/live", name=Route.LIVE.value)
    async def live(logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.LIVE))]) -> Response:
        return StreamingResponse(
            _events(desk, announcer, logged_in),
            media_type="text/event-stream",
            headers={"x-accel-buffering": "no"},
        )


async def _events(desk: Desk, announcer: Announcer, logged_in: LoggedIn) -> AsyncIterator[bytes]:
    yield f"retry: {RETRY_MS}\n\n".encode()
    until = time.monotonic() + STREAM_SECONDS_MAX
    try:
        with announcer.listening() as listener:
            yield CHANGED  # what changed between the page and this stream
            while time.monotonic() < until and not listener.is_over:
                counties = await listener.heard(BEAT_SECONDS)
                if not await run_in_threadpool(_is_logged_in, desk, logged_in.token):
                    yield ENDED
                    return
                if any(_concerns(county, logged_in.who) for county in counties):
                    yield CHANGED
                elif not counties:
                    yield BEAT
    except Full:
        desk.metrics.live_refused.inc()


def _concerns(county: str, who: Principal) -> bool:
    """Whether an account may have a case there: its area is within the county, or the county within its area."""
    return county.startswith(who.area_prefix) or who.area_prefix.startswith(county)


def _is_logged_in(desk: Desk, token: str) -> bool:
    """Asked again for each event: a login that was ended or took another role ends its streams."""
    with desk.engine.connect() as connection:
        session = sessions.find(connection, token, wall_ms(), desk.lifetime)
        who = users.principal(connection, session.account, session.county, desk.books) if session else None
    return who is not None and who.may(Route.LIVE)
