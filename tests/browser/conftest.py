from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ops.web.scripts import ensure_scripts
from services.desk.database import writing
from tests.support.browser import chromium
from tests.support.desk_world import DeskWorld, desk_world, reads_of, write_reads
from tests.support.ledger_writing import new_space
from tests.support.lived_book import LivedBook, lived_book

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of one module alone: while the driver is open its loop runs in this thread, where other tests run their own."""
    with chromium() as made:
        yield made


@pytest.fixture(scope="session")
def scripts() -> Path:
    return ensure_scripts(PROJECT / "var", say=lambda _: None)


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> LivedBook:
    return lived_book(new_space(tmp_path_factory.mktemp("lived"))).live(25)


@pytest.fixture
def world(tmp_path: Path, lived: LivedBook, scripts: Path) -> Iterator[DeskWorld]:
    space = lived.writer.space
    with desk_world(tmp_path, space, scripts) as made:
        with writing(made.engine) as connection:
            write_reads(connection, reads_of(space, lived.writer.entries))
        yield made
