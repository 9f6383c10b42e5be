"""`python -m services.triage`: one triage worker."""

import os

from services.triage.app import run
from services.triage.settings import Settings

if __name__ == "__main__":
    run(Settings.from_environment(os.environ))
