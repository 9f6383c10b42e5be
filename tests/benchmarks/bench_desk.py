"""The desk's projection: records a second on one core, and where the time goes.

`python -m tests.benchmarks.bench_desk [--filings N]` lives a county through so many filings under the shipped policy,
then reads the chain, makes rows and writes them to a new SQLite file, and prints records a second of processor time.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from services.desk.core.projection import project_record
from services.desk.database import migrate, open_engine, url_of, writing
from services.desk.projecting import BATCH_RECORDS_MAX, entry_of
from shared.runtime.memory import collect_rarely
from tests.support.desk_world import reads_of, write_reads
from tests.support.ledger_writing import new_space
from tests.support.lived_book import lived_book

GOAL_PER_SECOND = 2000


def measure(home: Path, filings: int) -> dict[str, float]:
    """Records a second of processor time: reading the chain, making rows, making and writing them, and all of it."""
    space = new_space(home)
    entries = lived_book(space).live(filings).writer.entries
    engine = open_engine(url_of(None, home, space.name))
    migrate(engine)
    collect_rarely()
    started = time.process_time()
    reads = reads_of(space, entries)
    chained = time.process_time()
    changes = sum(len(project_record(entry_of(read)).changes) for read in reads)
    projected = time.process_time()
    for start in range(0, len(reads), BATCH_RECORDS_MAX):
        with writing(engine) as connection:
            write_reads(connection, reads[start : start + BATCH_RECORDS_MAX])
    written = time.process_time()
    engine.dispose()
    count = len(reads)
    return {
        "records": count,
        "rows_changed_per_record": changes / count,
        "bytes_per_record": sum(map(len, entries)) / count,
        "chain_per_second": count / (chained - started),
        "rows_per_second": count / (projected - chained),
        "rows_and_writing_per_second": count / (written - projected),
        "all_per_second": count / (chained - started + written - projected),
    }


def main() -> None:
    """Print the figures, and whether the goal is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filings", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        figures = measure(Path(home), options.filings)
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))
    print(f"goal {GOAL_PER_SECOND} records a second: {figures['all_per_second'] / GOAL_PER_SECOND:.1f} times")


if __name__ == "__main__":
    main()
