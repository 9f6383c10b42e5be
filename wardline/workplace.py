"""What every command works with: settings, the space, the broker, and how facts are printed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

import click
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from shared.runtime.connection import Connection
from shared.runtime.space import Space, SpaceMissing
from wardline.settings import ToolSettings, connection_of, language_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
BOOTSTRAP_MS_MAX = 8_000
EXIT_REFUSED = 1
EXIT_USAGE = 2
"""Click's own: wrong options or settings. Nothing was done, and doing it again is no use."""
EXIT_AWAY = 3
EXIT_NOT_KNOWN = 4
"""The decision was not seen in time: it is safe to repeat the command with its id."""


class Stop(click.ClickException):
    """A command ends with one clear line and an exit code."""

    def __init__(self, line: str, exit_code: int = 1) -> None:
        super().__init__(line)
        self.exit_code = exit_code


Settings = TypeVar("Settings", bound=BaseSettings)


def settings_of(model: type[Settings]) -> Settings:
    """Settings from the environment. Stops with one line that names the variable; the value is not repeated."""
    try:
        return model()
    except ValidationError as error:
        prefix = model.model_config.get("env_prefix", "")
        faults = "; ".join(
            f"{prefix}{'__'.join(map(str, each['loc']))}".upper() + f": {each['msg']}" for each in error.errors()
        )
        raise Stop(faults, EXIT_USAGE) from None


@dataclass
class Workplace:
    """Made once by the command group; commands ask it for what they need."""

    settings: ToolSettings = field(default_factory=lambda: settings_of(ToolSettings))

    @cached_property
    def space(self) -> Space:
        """The space on this machine. Stops with a line when there is none."""
        try:
            return Space.load(self.settings.home, self.settings.space)
        except SpaceMissing as error:
            raise Stop(f"{error}: `wardline space create` makes one") from None

    @cached_property
    def connection(self) -> Connection:
        """How to reach the broker."""
        return connection_of(self.settings)

    def use_broker(self, bootstrap: str) -> None:
        """Reach the broker here from now on (the one that this process started)."""
        self.__dict__["connection"] = replace(self.connection, bootstrap=bootstrap)

    @contextmanager
    def admin(self) -> Iterator[KafkaAdminClient]:
        """An admin client of the broker. Stops with a line when the broker does not answer."""
        with self.broker_errors():
            admin = KafkaAdminClient(**self.connection.kafka_python(), bootstrap_timeout_ms=BOOTSTRAP_MS_MAX)
            try:
                yield admin
            finally:
                admin.close()

    @contextmanager
    def consumer(self) -> Iterator[KafkaConsumer]:
        """A consumer without a group. Stops with a line when the broker does not answer."""
        with self.broker_errors():
            consumer = KafkaConsumer(
                **self.connection.kafka_python(),
                bootstrap_timeout_ms=BOOTSTRAP_MS_MAX,
                enable_auto_commit=False,
                auto_offset_reset="none",
                max_partition_fetch_bytes=4 * 1024 * 1024,
                max_poll_records=2000,
            )
            try:
                yield consumer
            finally:
                consumer.close(autocommit=False)

    @contextmanager
    def broker_errors(self) -> Iterator[None]:
        """Turn the broker's errors into one line."""
        try:
            yield
        except KafkaError as error:
            raise Stop(
                f"the broker at {self.connection.bootstrap} did not do it: {type(error).__name__}{_broker_hint(error)}",
                EXIT_AWAY,
            ) from error


def _broker_hint(error: KafkaError) -> str:
    """What to do next where no broker answered."""
    away = isinstance(error, KafkaConnectionError | KafkaTimeoutError)
    return "; start it with `make run`, or set WARDLINE_KAFKA to where it is" if away else ""


pass_workplace = click.make_pass_decorator(Workplace, ensure=True)

json_option = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON, one object a line.")

language_option = click.option(
    "--language",
    type=click.Choice(["zh", "en", "both"]),
    default=language_of,
    show_default="by LANG",
    help="Chinese, English, or both.",
)


def emit(facts: Mapping[str, Any]) -> None:
    """Print one JSON object on one line."""
    click.echo(json.dumps(facts, ensure_ascii=False, sort_keys=False))


def stop(line: str, exit_code: int = 1) -> NoReturn:
    """End the command with a line on standard error."""
    raise Stop(line, exit_code)


def shanghai(unix_ms: int | None) -> str:
    """A time for people, in Asia/Shanghai."""
    if unix_ms is None:
        return "—"
    return datetime.fromtimestamp(unix_ms / 1000, SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def iso_shanghai(unix_ms: int) -> str:
    """A time for programs, ISO 8601 with the offset of Asia/Shanghai."""
    return datetime.fromtimestamp(unix_ms / 1000, SHANGHAI).isoformat(timespec="seconds")


def columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows as aligned text."""
    if not rows:
        return ""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
