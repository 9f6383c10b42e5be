"""Structured logs: one JSON object a line on standard error, codes and numbers only.

Personal text never reaches a log (PIPL 51, MPL 103): exceptions are shown by type and place, without their message,
and a value that is not a short code is replaced. How long logs are kept: Cybersecurity Law, six months.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO, cast

import structlog

_SAFE_TEXT = re.compile(r"[A-Za-z0-9 ._:,;@/+=~<>()\[\]'\"#%&?!*{}|$^-]{0,400}")
_FOREIGN_LEVELS = {
    "aiokafka": logging.CRITICAL,  # both clients repeat every failed try, thousands of lines while a broker is away;
    "kafka": logging.CRITICAL,  # the services say themselves, once each time, what they could not do
    "faust": logging.WARNING,
    "mode": logging.WARNING,
    "uvicorn.access": logging.WARNING,
}
FRAMES_MAX = 12

Logger = structlog.stdlib.BoundLogger
_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logging(service: str, space: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every logger of this process through one JSON renderer. Called once, by a service's app."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _Named(service, space),
        exception_by_type,
        only_codes,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            use_get_message=False,  # a library's template without its arguments, which may carry anything
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet_level in _FOREIGN_LEVELS.items():
        logging.getLogger(name).setLevel(quiet_level)
    # What nobody catches is printed by Python with its message, on the same standard error.
    sys.excepthook = lambda _, error, __: _uncaught(error)
    threading.excepthook = lambda facts: _uncaught(facts.exc_value)
    sys.unraisablehook = lambda facts: _uncaught(facts.exc_value)


def get_logger(name: str) -> Logger:
    """A logger; the first argument of its methods is an event's code, everything else a keyword."""
    logger: Logger = structlog.stdlib.get_logger(f"wardline.{name}")
    return logger


def _uncaught(error: BaseException | None) -> None:
    """The last word of a process or a thread; an order to stop has none."""
    if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
        get_logger("process").critical("uncaught", exc_info=error)


class _Named:
    """Adds service and space to every line."""

    def __init__(self, service: str, space: str) -> None:
        self._names = {"service": service, "space": space}

    def __call__(self, _: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.update(self._names)
        return event


def exception_by_type(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and frames: messages may repeat what was filed."""
    info = event.pop("exc_info", None)
    if not info:
        return event
    error = _as_exception(info)
    while isinstance(error, BaseExceptionGroup):  # of several tasks at once: the first tells where to look
        event["group"] = len(error.exceptions)
        error = error.exceptions[0]
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
        event["error"] = type(error).__name__
        event["frames"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def only_codes(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Let numbers, booleans and short ASCII text pass; anything else becomes the name of its type."""
    return {key: _safe(value) for key, value in event.items()}


def _safe(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | logging.LogRecord):
        return value
    if isinstance(value, str):
        return value if _SAFE_TEXT.fullmatch(value) else f"<text of {len(value)} characters>"
    if isinstance(value, list | tuple):
        return [_safe(item) for item in value[:50]]
    return f"<{type(value).__name__}>"


def _as_exception(info: object) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        return cast("_ExceptionInfo", info)[1]
    return sys.exc_info()[1]


def _short(filename: str) -> str:
    return "/".join(filename.replace("\\", "/").split("/")[-3:])
