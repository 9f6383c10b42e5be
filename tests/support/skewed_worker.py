"""A triage worker whose wall clock is off by as many seconds as a file says: `skewed_worker.py FILE …`.

The file is read at every look at the clock, so that a test can set the clock while the worker runs. Everything that
asks for the time of day through `shared.runtime.clock` sees it; monotonic time stays what it is, as on a machine whose
clock is set wrongly.
"""

import runpy
import sys
import time
from pathlib import Path


def run(offset_file: Path) -> None:
    """Set the clock off and become the worker."""
    real_ns = time.time_ns

    def shifted_ns() -> int:
        return real_ns() + int(float(offset_file.read_text() or "0") * 1_000_000_000)

    time.time_ns = shifted_ns
    sys.argv = ["services.triage"]
    runpy.run_module("services.triage", run_name="__main__")


if __name__ == "__main__":
    run(Path(sys.argv[1]))
