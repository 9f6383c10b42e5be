"""A system of two tiny web servers instead of the services; run by test_embedded_system.py in a process of its own."""

import signal
import sys
from pathlib import Path

from ops.embedded.failures import CannotStart
from ops.embedded.programs import Program
from ops.embedded.system import Hooks, RunningSystem, run_system, say_line
from ops.settings import SystemSettings

WEB_SERVER = str(Path(__file__).with_name("stand_in_service.py"))


def main(mode: str, web_port: int, other_port: int) -> int:
    def programs(_settings: SystemSettings, _bootstrap: str) -> list[Program]:
        def server(name: str, port: int, program: str) -> Program:
            argv = (sys.executable, program, str(port))
            return Program(name, argv, {"NOTE": "100 %"}, (f"http://127.0.0.1:{port}/",), {port: name.upper()})

        web = "no-such-program.py" if mode == "broken" else WEB_SERVER
        return [server("web", web_port, web), server("other", other_port, WEB_SERVER)]

    def after_broker(bootstrap: str) -> None:
        say_line(f"HOOK broker {bootstrap}")
        if mode == "refusing":
            raise CannotStart("the hook said no")

    def after_ready(running: RunningSystem) -> None:
        say_line(f"HOOK ready {sorted(running.supervision.processes())}")

    def stop_after(_running: RunningSystem) -> int:
        say_line("HOOK demo")
        return 7

    def stop_after_a_signal(_running: RunningSystem) -> int:
        say_line("HOOK long demo")
        while True:
            signal.pause()

    endings = {"demo": stop_after, "long-demo": stop_after_a_signal}
    hooks = Hooks(
        programs,
        after_broker,
        after_ready,
        endings.get(mode),
        after_up=lambda _running: say_line("HOOK up"),
        before_stop=lambda: say_line("HOOK stop"),
    )
    try:
        return run_system(SystemSettings(), hooks)
    except CannotStart as failure:
        say_line(str(failure))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
