"""``wardline up``: the embedded system on this machine, until Ctrl-C; with --demo it shows real cases and stops."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import click
from kafka.errors import KafkaError

from ops.embedded.failures import CannotStart
from ops.embedded.programs import Program, services
from ops.embedded.system import Hooks, RunningSystem, run_system, say_line
from ops.settings import SystemSettings
from wardline.case_log import CaseLog
from wardline.commands.case import tell_record
from wardline.commands.registry import tell_gaps
from wardline.commands.space import make_space
from wardline.commands.topics import apply
from wardline.demo.samples import SampleFiled, file_samples, load_sample_registry
from wardline.demo.script import Demonstration
from wardline.settings import ToolSettings
from wardline.workplace import Stop, Workplace, stop

LIVE = "live"
DEMO = "demo"
DEMO_CLOCK_RATE = 60.0
SPACES_MAX = 1000


@click.command()
@click.option("--demo", is_flag=True, help="Show the sample cases in a fresh space and stop with an exit code.")
def up(demo: bool) -> None:  # noqa: FBT001 - click gives flags by name
    """Start the broker (or use WARDLINE_KAFKA) and the services, and stay up until Ctrl-C.

    Every space but `live` gets the sample registry; `demo` the sample cases too.
    """
    tool = ToolSettings()
    changes: dict[str, object] = {}
    if demo:
        changes["space"] = fresh_space(tool)
    if (demo or tool.space == DEMO) and "clock_rate" not in tool.model_fields_set:
        changes["clock_rate"] = DEMO_CLOCK_RATE
    tool = tool.model_copy(update=changes)
    system = SystemSettings().model_copy(update={"space": tool.space})
    starting = Starting(tool, is_demonstration=demo)
    hooks = Hooks(
        programs=starting.programs,
        after_broker=starting.after_broker,
        after_ready=starting.after_ready,
        stop_after=starting.demonstrate if demo else None,
    )
    try:
        code = run_system(system, hooks)
    except CannotStart as error:
        stop(str(error))
    raise SystemExit(code)


def fresh_space(tool: ToolSettings) -> str:
    """The space's name, or with the first number that is free: a demonstration begins with empty beds."""
    for number in range(1, SPACES_MAX):
        name = tool.space if number == 1 else f"{tool.space}-{number}"
        if not (tool.home / "spaces" / name).exists():
            return name
    raise Stop(f"{SPACES_MAX} spaces named after '{tool.space}': set WARDLINE_SPACE to another name")


@dataclass
class Starting:
    """What is done at each step of the start."""

    tool: ToolSettings
    is_demonstration: bool
    filed: list[SampleFiled] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.workplace = Workplace(self.tool)

    def programs(self, system: SystemSettings, bootstrap: str) -> Sequence[Program]:
        """The services; triage, notify and intake find the space made when they start."""
        return services(system, bootstrap)

    def after_broker(self, bootstrap: str) -> None:
        """Make the space and its topics."""
        known = (self.tool.home / "spaces" / self.tool.space / "genesis.json").exists()
        try:
            space = make_space(self.tool)
        except ValueError as error:
            raise CannotStart(str(error)) from None
        self.workplace.use_broker(bootstrap)
        try:
            reports = apply(self.workplace)
        except Stop as error:
            raise CannotStart(error.message) from None
        different = [report for report in reports if report.state == "DIFFERENT"]
        if different:
            lines = "; ".join(f"{report.name}: {', '.join(report.differences)}" for report in different)
            raise CannotStart(f"topics are not as declared: {lines}")
        if not known and any(report.state == "AS_DECLARED" for report in reports):
            raise CannotStart(f"topics of '{space.name}' stand on the broker, but its genesis and keys are not here")
        rate = space.genesis.clock_rate
        say_line(f"space 空间 {space.name}: {space.books} books, policy {space.genesis.policy}, clock ×{rate:g}")

    def after_ready(self, _running: RunningSystem) -> None:
        """Load the samples where they belong, say what the registry lacks, and show what lives."""
        if self.tool.space == LIVE:
            self._tell_gaps()
            return
        try:
            api_keys = load_sample_registry(self.workplace, say_line)
            if self.tool.space.startswith(DEMO):
                self.filed = file_samples(self.workplace, api_keys, say_line)
        except Stop as error:
            raise CannotStart(error.message) from None
        self._tell_gaps()
        if not self.is_demonstration:
            threading.Thread(target=self._show_lives, name="lives", daemon=True).start()

    def _tell_gaps(self) -> None:
        """Whoever starts a system that would tell nobody must see it. It runs all the same: filings are kept."""
        try:
            tell_gaps(self.workplace, say_line)
        except Stop as error:
            raise CannotStart(error.message) from None

    def demonstrate(self, _running: RunningSystem) -> int:
        """The demonstration's script; its exit code ends the system."""
        with self.workplace.broker_errors(), CaseLog(self.workplace.connection, self.workplace.space) as log:
            return Demonstration(self.workplace, log, say_line).run(self.filed)

    def _show_lives(self) -> None:
        """Print what is decided from here on, until the process ends."""
        with suppress(KafkaError), CaseLog(self.workplace.connection, self.workplace.space) as log:
            while True:
                for read in log.follow(1.0):
                    tell_record(read, set(log.cases), "both", as_json=False)
