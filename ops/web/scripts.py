"""The script of the desk's pages, copied by Maven and checked against the hash in ``scripts.sha256``.

``python -m ops.web.scripts [--home DIR]`` puts it where the desk looks for it. Every page works without it.
"""

import argparse
import hashlib
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from ops.embedded.failures import CannotStart
from ops.embedded.jars import copy_dependencies

POM = Path(__file__).with_name("pom.xml")
HASHES = Path(__file__).with_name("scripts.sha256")
SCRIPTS = "scripts"

Say = Callable[[str], None]


def ensure_scripts(home: Path, *, say: Say = print) -> Path:
    """The directory of the script; fetched first when it is missing or another.

    Raises CannotStart when Maven is missing or fails, or when the script is not the one that was reviewed.
    """
    digest, name = HASHES.read_text(encoding="utf-8").split()
    directory = home.absolute() / SCRIPTS
    script = directory / name
    if script.is_file() and _digest(script.read_bytes()) == digest:
        return directory
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".fetching-") as work:
        copy_dependencies(POM, Path(work), "the script of the desk's pages", say)
        content = _inside(Path(work), name)
    if _digest(content) != digest:
        raise CannotStart(f"not the reviewed script of {HASHES.name}: {name}; nothing was kept.")
    partial = script.with_suffix(".new")
    partial.write_bytes(content)
    partial.replace(script)
    return directory


def _inside(directory: Path, name: str) -> bytes:
    """The file of this name in the one jar that was copied."""
    for jar in sorted(directory.glob("*.jar")):
        with zipfile.ZipFile(jar) as archive:
            for entry in archive.namelist():
                if entry.endswith(f"/dist/{name}"):
                    return archive.read(entry)
    raise CannotStart(f"no {name} in what Maven fetched")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main() -> int:
    """Fetch the script. Without it the desk's pages work and do not renew themselves, so a failure is only told."""
    parser = argparse.ArgumentParser(description="Fetch the script of the desk's pages.")
    parser.add_argument("--home", type=Path, default=Path("var"), help="where Wardline keeps its data")
    options = parser.parse_args()
    try:
        ensure_scripts(options.home, say=lambda line: print(line, flush=True))
    except CannotStart as failure:
        print(f"{failure} The desk's pages work without it.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
