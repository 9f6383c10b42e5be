"""Give each service its own keys of a space, and no others.

``python -m ops.containers.hand_out --home DIR --space NAME TARGET…`` copies from the home in which the space was made
to a home for each service; a target is ``intake=DIR``, ``triage=DIR``, ``notify=DIR``, ``desk=DIR`` or
``custodian=DIR``. It is what
separates the services on several machines or in containers: intake can then open nothing, whoever breaks into it.
"""

import argparse
import fnmatch
import sys
from collections.abc import Mapping
from pathlib import Path

from shared.contracts.ids import check_space

KEYS: Mapping[str, tuple[str, ...]] = {
    # Receipts and match tokens are keyed hashes; everything that opens an identity stays away from intake.
    "intake": ("receipt", "match-20??"),
    "triage": ("triage-writer", "triage-match", "match-record"),
    "notify": ("answer-link", "task-link"),
    # Signs commands for its users; the custodian's key, which opens identities, stays away from it.
    "desk": ("desk",),
    # Opens identities by recorded grants alone; its epochs' keys are made by itself and leave it never.
    "custodian": ("custodian",),
}
"""Names of the key files (patterns) that each service gets."""


def hand_out(home: Path, space: str, service: str, target: Path) -> list[str]:
    """Copy the space's genesis, public keys and the service's own keys into ``target``; the names of the keys.

    Copies again what changed, so that it can run at every start. Raises FileNotFoundError when the space is not there.
    """
    source = home / "spaces" / check_space(space)
    destination = target / "spaces" / space
    keys = sorted(
        path for path in (source / "keys").iterdir() if any(fnmatch.fnmatch(path.name, each) for each in KEYS[service])
    )
    for path in ((source / "genesis.json"), *sorted((source / "public").iterdir()), *keys):
        _copy(path, destination / path.relative_to(source))
    return [path.name for path in keys]


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = destination.with_name(f".{destination.name}.new")
    temporary.touch(mode=0o600)
    temporary.write_bytes(source.read_bytes())
    temporary.chmod(source.stat().st_mode & 0o777)
    temporary.replace(destination)


def main() -> int:
    """Hand out to every target and say which keys each got."""
    parser = argparse.ArgumentParser(description="Give each service its own keys of a space.")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--space", required=True)
    parser.add_argument("targets", nargs="+", metavar="SERVICE=DIR")
    options = parser.parse_args()
    for target in options.targets:
        service, _, directory = target.partition("=")
        if service not in KEYS or not directory:
            parser.error(f"{target}: not SERVICE=DIR with a service of {', '.join(KEYS)}")
        names = hand_out(options.home, options.space, service, Path(directory))
        print(f"{service}: {', '.join(names)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
