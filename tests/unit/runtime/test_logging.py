"""Logs are JSON lines of codes and numbers; what a person wrote never reaches them."""

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from shared.runtime.logging import configure_logging, get_logger


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    stream = io.StringIO()
    configure_logging("intake", "test", stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def test_a_line_names_service_space_and_facts(lines: io.StringIO) -> None:
    get_logger("here").info("spool_drained", reports=3)
    line = json.loads(lines.getvalue())
    assert (line["event"], line["service"], line["space"], line["reports"]) == ("spool_drained", "intake", "test", 3)


def test_text_that_is_no_code_is_replaced(lines: io.StringIO) -> None:
    get_logger("here").warning("odd", value="测试儿童甲", other={"name": "PLANTED-NAME-1"}, raw=b"PLANTED-NAME-1")
    text = lines.getvalue()
    assert "测试" not in text
    assert "\\u" not in text
    assert "PLANTED" not in text


def test_an_exception_is_shown_by_type_and_place_without_its_message(lines: io.StringIO) -> None:
    try:
        int("PLANTED-NAME-1")
    except ValueError:
        get_logger("here").exception("fault")
        logging.getLogger("some.library").exception("library failed")
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["error"] for line in found] == ["ValueError", "ValueError"]
    assert "test_logging.py" in found[0]["frames"][0]
    assert "PLANTED" not in lines.getvalue()


def test_a_librarys_arguments_are_left_out(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("sending key=%s", "PLANTED-NAME-1")
    assert json.loads(lines.getvalue())["event"] == "sending key=%s"


@pytest.mark.parametrize("dying", ["fail()", "in_thread()", "asyncio.run(in_tasks())", "in_destructor()"])
def test_what_nobody_catches_leaves_its_type_and_place_and_no_message(dying: str) -> None:
    program = f"""
import asyncio, threading
from shared.runtime.logging import configure_logging
from shared.contracts.registry import Channel
configure_logging("notify", "test")
def fail():
    Channel.model_validate({{"kind": "SMS", "address": {{"PLANTED-NAME-1": 1}}}})
def in_thread():
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
async def in_tasks():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(fail))
def in_destructor():
    type("Gone", (), {{"__del__": lambda _: fail()}})()
{dying}
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert "PLANTED" not in done.stderr
    line = json.loads(done.stderr)
    assert (line["event"], line["error"], line["level"]) == ("uncaught", "ValidationError", "critical")
    assert line["frames"]
