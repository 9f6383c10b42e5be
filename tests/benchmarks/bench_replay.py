"""How quickly a history is replayed: `python -m tests.benchmarks.bench_replay [--reports N] [--books B]`.

A real worker decides reports on a real broker; then `wardline replay` runs over them with every core, under the same
policy and under another. Prints records and reports a second a core, and where the time goes.
"""

import argparse
import json
import random
import tempfile
from pathlib import Path

from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY
from tests.support.broker import new_broker
from tests.support.broker_space import BrokerSpace
from tests.support.policy_copies import policy_copy
from tests.support.triage_world import Feeder, follow_ups, make_report, new_space, wait_until_decided, workers

COUNTIES = [f"99{number:04d}" for number in range(12)]
GOAL_RECORDS_A_CORE = 3000
CLOCK_RATE = 200.0
"""So fast that most records are deadlines, as in a real year."""
HOURS = "S1: {type: HOURS_24x7, amount: 2, unit: HOUR}"


def live(place: BrokerSpace, reports: int) -> None:
    """A worker's history of so many reports."""
    feeder, space, chance = Feeder(place.bootstrap, place.space), place.space, random.Random(5)
    with workers(1, place.bootstrap, space, place.home):
        for county in COUNTIES:
            feeder.registry(county)
        for number in range(reports):
            county = COUNTIES[number % len(COUNTIES)]
            report = make_report(space.name, county, number, chance, space.clock().now_ms())
            feeder.report(report)
            if number % 4 == 0:
                follow_ups(feeder, county, f"{report.report_id}.0", number, chance)
        feeder.flush()
        wait_until_decided(place.bootstrap, space, 600)


def main() -> None:
    """Live, replay, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--books", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        broker = new_broker(home / "broker")
        broker.start()
        try:
            broker.wait_ready()
            space = new_space(home, broker.bootstrap, "bench", books=options.books, clock_rate=CLOCK_RATE)
            place = BrokerSpace(space, broker.bootstrap, home)
            live(place, options.reports)
            other = policy_copy(home, "71-clocks.yaml", HOURS, HOURS.replace("amount: 2", "amount: 1"))
            for name, policy in (("same policy", str(DEFAULT_POLICY_DIRECTORY)), ("another policy", str(other))):
                summary = place.run_json("replay", "--policy", policy)[-1]["summary"]
                speed = summary["speed"]
                print(f"{name}: {summary['ledger']['records']} records, {summary['redecided']['reports']} reports")
                print(
                    json.dumps(
                        speed | {"reports_per_second": round(summary["redecided"]["reports"] / speed["seconds"])}
                    )
                )
            print(f"goal: {GOAL_RECORDS_A_CORE} records a second a core")
        finally:
            broker.stop()


if __name__ == "__main__":
    main()
