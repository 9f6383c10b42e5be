"""The broker's jars, copied by Maven into a cache and checked against the hashes in ``jars.sha256``.

``python -m ops.embedded.jars [--home DIR]`` fetches them and prints where they are.
"""

import argparse
import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ops.embedded.failures import CannotStart

POM = Path(__file__).with_name("pom.xml")
HASHES = Path(__file__).with_name("jars.sha256")
JAVA_VERSION_MIN = 17
OTHERWISE = "or use Docker (docker compose up), or set WARDLINE_KAFKA to the bootstrap servers of a broker you have"

Say = Callable[[str], None]


def default_cache(home: Path) -> Path:
    """The cache directory for ``home``: one per set of jars, so that two versions of the broker never mix."""
    return home / "jars" / hashlib.sha256(HASHES.read_bytes()).hexdigest()[:12]


def ensure_jars(cache: Path, *, say: Say = print) -> list[Path]:
    """The jars in ``cache``, sorted by name; fetched first when they are missing. Safe for several processes at once.

    Raises CannotStart when Java or Maven is missing, when Maven fails, or when a jar is not the one that was reviewed.
    """
    check_java()
    cache = cache.absolute()  # Maven takes a relative path from the pom's directory
    if not cache.is_dir():
        cache.parent.mkdir(parents=True, exist_ok=True)
        with (cache.parent / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # released when the file closes, also by a kill
            if not cache.is_dir():
                _fetch(cache, say)
    return sorted(cache.glob("*.jar"))


def check_java() -> str:
    """The path of a ``java`` that is new enough, or CannotStart."""
    java = shutil.which("java")
    if java is None:
        raise CannotStart(f"Java is missing: install Java {JAVA_VERSION_MIN} or newer (openjdk), {OTHERWISE}.")
    done = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr)
    if found is None or int(found[1]) < JAVA_VERSION_MIN:
        version = found[1] if found else "an unknown version"
        raise CannotStart(f"Java is {version}: install Java {JAVA_VERSION_MIN} or newer (openjdk), {OTHERWISE}.")
    return java


def copy_dependencies(pom: Path, target: Path, what: str, say: Say) -> None:
    """Have Maven copy what a pom names into a directory. Raises CannotStart when it is missing or fails."""
    maven = shutil.which("mvn")
    if maven is None:
        raise CannotStart(f"Maven is missing: install Maven (the package is usually called maven), {OTHERWISE}.")
    say(f"fetching {what} by Maven …")
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={target}"]
    _run_maven([maven, "-B", "-C", "-f", str(pom), *goal], what, say)


def _fetch(cache: Path, say: Say) -> None:
    with tempfile.TemporaryDirectory(dir=cache.parent, prefix=".fetching-") as work:
        target = Path(work) / "jars"
        copy_dependencies(POM, target, "Apache Kafka (about 45 MB, once)", say)
        _check_hashes(target)
        target.rename(cache)
    say(f"  {len(list(cache.glob('*.jar')))} jars in {cache}")


def _run_maven(argv: list[str], what: str, say: Say) -> None:
    """Run Maven and say the name of every jar that arrives; its last lines are in the error when it fails."""
    last_lines: list[str] = []
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
    ) as maven:
        assert maven.stdout is not None  # noqa: S101 - narrows the type; stdout=PIPE guarantees it
        for line in maven.stdout:
            last_lines = [*last_lines[-19:], line.rstrip()]
            arrived = re.search(r"Downloaded from \S+: \S*/(\S+\.jar) \(([^)]*?)(?: at .*)?\)", line)
            if arrived:
                say(f"  {arrived[1]} ({arrived[2]})")
    if maven.returncode != 0:
        errors = [line for line in last_lines if line.startswith("[ERROR]")]
        reason = (errors or last_lines or ["no output"])[0]
        raise CannotStart(f"Maven could not fetch {what}: {reason} (mend that, {OTHERWISE}).")


def _check_hashes(directory: Path) -> None:
    rows = (line.split() for line in HASHES.read_text(encoding="utf-8").splitlines())
    expected = {name: digest for digest, name in rows}
    found = hashes_of(directory)
    if found != expected:
        wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
        raise CannotStart(f"not the reviewed jars of {HASHES.name}: {', '.join(wrong)}; nothing was kept.")


def hashes_of(directory: Path) -> dict[str, str]:
    """SHA-256 in hex of every jar in ``directory``, by file name."""
    return {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in sorted(directory.glob("*.jar"))}


def main() -> int:
    """Fetch the jars and print their directory; 1 and one line when that cannot be done."""
    parser = argparse.ArgumentParser(description="Fetch the embedded broker's jars.")
    parser.add_argument("--home", type=Path, default=Path("var"), help="where Wardline keeps its data")
    parser.add_argument("--quiet", action="store_true", help="say nothing when they are there already")
    options = parser.parse_args()
    cache = default_cache(options.home)
    try:
        ensure_jars(cache, say=lambda line: print(line, flush=True))
    except CannotStart as failure:
        print(failure, file=sys.stderr)
        return 1
    if not options.quiet:
        print(cache)
    return 0


if __name__ == "__main__":
    sys.exit(main())
