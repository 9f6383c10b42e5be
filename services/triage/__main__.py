"""`python -m services.triage`: one triage worker."""

import os
import sys

from services.triage.app import run
from services.triage.settings import SettingRefused, Settings

EXIT_USAGE = 2
"""A setting is no use: nothing was done, and doing it again is no use either."""

if __name__ == "__main__":
    try:
        settings = Settings.from_environment(os.environ)
    except SettingRefused as error:
        print(f"triage: {error}", file=sys.stderr)  # noqa: T201 - the one line that tells the operator what to do
        sys.exit(EXIT_USAGE)
    run(settings)
