from collections.abc import Iterator
from pathlib import Path

import pytest

from services.desk.database import writing
from tests.support.desk_world import DeskWorld, desk_world, reads_of, write_reads
from tests.support.ledger_writing import new_space
from tests.support.lived_book import LivedBook, lived_book


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> LivedBook:
    return lived_book(new_space(tmp_path_factory.mktemp("lived"))).live(25)


@pytest.fixture
def world(tmp_path: Path, lived: LivedBook) -> Iterator[DeskWorld]:
    space = lived.writer.space
    with desk_world(tmp_path, space) as made:
        with writing(made.engine) as connection:
            write_reads(connection, reads_of(space, lived.writer.entries))
        yield made
