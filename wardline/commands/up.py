"""``wardline up``: the embedded system on this machine, until Ctrl-C; with --demo it shows real cases and stops."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from ops.embedded.failures import CannotStart
from ops.embedded.programs import Program, services
from ops.embedded.system import Hooks, RunningSystem, run_system, say_line
from ops.settings import SystemSettings
from wardline import samples
from wardline.case_log import CaseLog
from wardline.commands.registry import tell_gaps
from wardline.commands.space import make_space
from wardline.commands.topics import apply
from wardline.demo.live import LiveLines
from wardline.demo.logins import desk_address, sample_logins, told_once
from wardline.demo.samples import SampleFiled, file_samples, load_sample_registry
from wardline.demo.script import Demonstration
from wardline.logins import Login
from wardline.policy_source import in_force
from wardline.registry_file import areas_of
from wardline.settings import ToolSettings, language_of
from wardline.workplace import Stop, Workplace, settings_of, shanghai, stop

LIVE = "live"
DEMO = "demo"
DEMO_CLOCK_RATE = 60.0
SPACES_MAX = 1000


@click.command()
@click.option("--demo", is_flag=True, help="Show the sample cases in a fresh space and stop with an exit code.")
def up(demo: bool) -> None:  # noqa: FBT001 - click gives flags by name
    """Start the broker (or use WARDLINE_KAFKA) and the services, and stay up until Ctrl-C.

    Every space but `live` gets the sample registry; `demo` the sample cases too. Exit 130 when --demo is interrupted.
    """
    tool = settings_of(ToolSettings)
    changes: dict[str, object] = {}
    if demo:
        changes["space"] = fresh_space(tool)
        if "clock_rate" not in tool.model_fields_set:
            changes["clock_rate"] = DEMO_CLOCK_RATE
    tool = tool.model_copy(update=changes)
    system = settings_of(SystemSettings).model_copy(update={"space": tool.space})
    starting = Starting(tool, is_demonstration=demo)
    hooks = Hooks(
        programs=starting.programs,
        after_broker=starting.after_broker,
        after_ready=starting.after_ready,
        stop_after=starting.demonstrate if demo else None,
        after_up=starting.after_up,
        before_stop=starting.live.stop,
    )
    try:
        code = run_system(system, hooks)
    except CannotStart as error:
        stop(str(error))
    raise SystemExit(code)


def fresh_space(tool: ToolSettings) -> str:
    """The space's name with the first number that is free: a demonstration begins with empty beds and a quick clock.

    The name without a number is left to the system that stays up.
    """
    for number in range(1, SPACES_MAX):
        name = f"{tool.space}-{number}"
        if not (tool.home / "spaces" / name).exists():
            return name
    raise Stop(f"{SPACES_MAX} spaces named after '{tool.space}': set WARDLINE_SPACE to another name")


@dataclass
class Starting:
    """What is done at each step of the start."""

    tool: ToolSettings
    is_demonstration: bool
    filed: list[SampleFiled] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    known: bool = False

    def __post_init__(self) -> None:
        self.workplace = Workplace(self.tool)
        self.live = LiveLines(self.workplace, say_line, language_of())

    def programs(self, system: SystemSettings, bootstrap: str) -> Sequence[Program]:
        """The services, which find the space made when they start; intake gets the sample's counties too."""
        return services(system, bootstrap, intake_areas=self._areas)

    @property
    def _areas(self) -> Path | None:
        """Where the sample counties stand for intake; None when the environment names others, or in `live`."""
        if self.tool.space == LIVE or self.tool.intake_areas is not None:
            return None
        return self.tool.home.absolute() / "spaces" / self.tool.space / "sample-areas.json"

    def after_broker(self, bootstrap: str) -> None:
        """Make the space and its topics."""
        self.known = (self.tool.home / "spaces" / self.tool.space / "genesis.json").exists()
        try:
            space = make_space(self.tool)
        except ValueError as error:
            raise CannotStart(str(error)) from None
        if self._areas is not None:
            self._areas.write_text(json.dumps(areas_of(samples.REGISTRY), ensure_ascii=False), encoding="utf-8")
        self.workplace.use_broker(bootstrap)
        try:
            reports = apply(self.workplace)
        except Stop as error:
            raise CannotStart(error.message) from None
        different = [report for report in reports if report.state == "DIFFERENT"]
        if different:
            lines = "; ".join(f"{report.name}: {', '.join(report.differences)}" for report in different)
            raise CannotStart(f"topics are not as declared: {lines}")
        if not self.known and any(report.state == "AS_DECLARED" for report in reports):
            raise CannotStart(f"topics of '{space.name}' stand on the broker, but its genesis and keys are not here")
        rate = space.genesis.clock_rate
        say_line(f"space 空间 {space.name}: {space.books} books, clock ×{rate:g}")
        say_line(f"policy 政策 {self._policy()}")

    def _policy(self) -> str:
        """What is in force by the ledger; the policy that a new space begins with."""
        space = self.workplace.space
        if not self.known:
            return f"{space.genesis.policy}, starting policy 初始政策"
        try:
            with self.workplace.broker_errors(), CaseLog(self.workplace.connection, space) as log:
                log.refresh()
                standing = in_force(log, space.genesis, space.books)
        except Stop as error:
            raise CannotStart(error.message) from None
        said = [
            f"{each.policy}, starting policy 初始政策"
            if each.since_ms is None
            else f"{each.policy}, in force since 生效于 {shanghai(each.since_ms)}"
            for each in standing
        ]
        return "; ".join(dict.fromkeys(said))

    def after_ready(self, _running: RunningSystem) -> None:
        """Load the samples where they belong, say what the registry lacks, and show what lives."""
        try:
            with self.workplace.broker_errors():
                if not self.is_demonstration:
                    self.live.mark()
            if self.tool.space != LIVE:
                self._samples()
        except Stop as error:
            raise CannotStart(error.message) from None
        self._tell_gaps()

    def after_up(self, _running: RunningSystem) -> None:
        """Tell what happens from here on."""
        self.live.start()

    def _samples(self) -> None:
        api_keys = load_sample_registry(self.workplace, say_line)
        self.logins = sample_logins(self.workplace)
        for line in told_once(self.logins):
            say_line(line)
        if not self.tool.space.startswith(DEMO):
            return
        if self.known:
            self.filed = file_samples(self.workplace, api_keys, lambda _: None)
            say_line(f"sample cases 样例案件: {len(self.filed)}, filed before 此前已提交")
        else:
            self.filed = file_samples(self.workplace, api_keys, say_line)

    def _tell_gaps(self) -> None:
        """Whoever starts a system that would tell nobody must see it. It runs all the same: filings are kept."""
        try:
            tell_gaps(self.workplace, say_line)
        except Stop as error:
            raise CannotStart(error.message) from None

    def demonstrate(self, _running: RunningSystem) -> int:
        """The demonstration's script; its exit code ends the system."""
        with self.workplace.broker_errors(), CaseLog(self.workplace.connection, self.workplace.space) as log:
            passwords = {login.account.account: login.password for login in self.logins}
            return Demonstration(self.workplace, log, say_line, desk_address(), passwords).run(self.filed)
