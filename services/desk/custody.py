"""The desk's side of the custodian's socket: one question, one answer. What is opened is never kept or logged here."""

import json
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.contracts.commands import Command

ANSWER_BYTES_MAX: Final = 4 * 1024 * 1024
ANSWER_SECONDS_MAX: Final = 30.0
BEHIND_SECONDS_MAX: Final = 4.0
PAUSE_SECONDS: Final = 0.2
BEHIND: Final = frozenset({"NO_GRANT", "NOT_READY"})
"""The custodian reads the record itself, a moment after the desk: so it is asked again for a while."""


class NotOpened(Exception):
    """Nothing was opened; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened, for this one page: `filings` hold parts by name, or the code why one does not open."""

    until_ms: int
    filings: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Custodian:
    """The custodian behind its local socket."""

    path: Path

    def open(self, account: str, case: str, opening: str) -> Opened:
        """What a recorded grant opens for this account. Raises NotOpened."""
        until = time.monotonic() + BEHIND_SECONDS_MAX
        while True:
            try:
                return self._ask({"op": "open", "account": account, "case": case, "opening": opening})
            except NotOpened as error:
                if error.code not in BEHIND or time.monotonic() > until:
                    raise
            time.sleep(PAUSE_SECONDS)

    def open_alone(self, command: Command, acknowledged: tuple[int, int] | None) -> Opened:
        """What one officer alone opens while triage is silent; `acknowledged`: the command's partition and offset.

        None: no broker takes it; then it stands in the desk's journal already. Raises NotOpened.
        """
        at = None if acknowledged is None else {"partition": acknowledged[0], "offset": acknowledged[1]}
        request = {
            "op": "open-alone",
            "command": command.model_dump(mode="json", exclude_none=True),
            "acknowledged": at,
        }
        return self._ask(request)

    def _ask(self, request: dict[str, Any]) -> Opened:
        answer = bytearray()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(ANSWER_SECONDS_MAX)
                client.connect(str(self.path))
                client.sendall(json.dumps(request).encode() + b"\n")
                while not answer.endswith(b"\n") and len(answer) < ANSWER_BYTES_MAX:
                    chunk = client.recv(65_536)
                    if not chunk:
                        break
                    answer += chunk
        except OSError:
            raise NotOpened("CUSTODIAN_AWAY") from None
        try:
            said = json.loads(answer)
        except ValueError:
            raise NotOpened("CUSTODIAN_AWAY") from None
        if not said.get("ok"):
            raise NotOpened(str(said.get("code", "UNKNOWN")))
        return Opened(int(said["until_ms"]), list(said["filings"]))
