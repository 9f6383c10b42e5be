"""uvicorn's HTTP/1.1 with the limits that it lacks: how large and how slow a request may be before it is read.

Without them one connection that sends a header without an end fills the memory, and connections that send a byte now
and then stay open for ever. What a body may hold is the application's to say.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX = 64 * 1024
"""Of a request line with its headers, of the trailers, or of anything else that is no body."""
HEAD_SECONDS_MAX = 10.0
"""From the connection, or from the first byte of a later request, to the end of the headers."""
REQUEST_SECONDS_MAX = 30.0
"""From the end of the headers to the end of the body; applications answer earlier, in their own words."""


class LimitedHttp(HttpToolsProtocol):
    """One connection: closed when a request is larger or slower than the limits, answered if that is still possible."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own arguments
        super().__init__(*arguments, **options)
        self._head_bytes = 0
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """A client is there: its first request must come."""
        super().connection_made(transport)
        self._expect_within(HEAD_SECONDS_MAX)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what is neither a whole head nor a body."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._expect_within(HEAD_SECONDS_MAX)

    def on_headers_complete(self) -> None:
        """The head has come whole."""
        self._head_bytes = 0
        self._expect_within(REQUEST_SECONDS_MAX)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body, which the application counts."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request has come whole; between requests uvicorn's own limit of idleness holds."""
        self._head_bytes = 0
        self._expect_nothing()
        super().on_message_complete()

    def _expect_within(self, seconds: float) -> None:
        self._expect_nothing()
        self._limit = self.loop.call_later(seconds, self._refuse, HTTPStatus.REQUEST_TIMEOUT)

    def _expect_nothing(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _refuse(self, status: HTTPStatus) -> None:
        """Close; the application hears that its client is gone."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(head.encode())
        self.transport.close()
