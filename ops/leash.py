"""Start a program that cannot outlive the process that started it.

``python ops/leash.py PARENT_PID SIGNAL PROGRAM [ARGUMENT…]`` asks the kernel to send SIGNAL when the parent dies,
then becomes the program, with the same process id. A parent that is killed with SIGKILL can clean nothing up itself:
this is the only way in which it leaves nothing running. Linux only; elsewhere the program starts without a leash.

The kernel ties the leash to the parent's *thread*: start leashed programs from a thread that lives as long as you do.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""The ``prctl`` option of <linux/prctl.h>."""
UNKNOWN_PARENT = 0
"""For a command line that is written before its parent runs; a parent that dies within milliseconds is then missed."""


def leashed(argv: list[str], *, parent_pid: int, at_parent_death: signal.Signals) -> list[str]:
    """The command line that runs ``argv`` so that it receives ``at_parent_death`` when ``parent_pid`` is gone.

    -I keeps the interpreter from reading the environment or the working directory before it hands over.
    """
    return [sys.executable, "-I", __file__, str(parent_pid), at_parent_death.name, *argv]


def main(arguments: list[str]) -> None:
    """Put the leash on and become the program; returns only by failing."""
    parent_pid, signal_name, *program = arguments
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.Signals[signal_name].value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
        # The parent may have died before the leash was on: then nobody will ever pull it.
        if int(parent_pid) not in (UNKNOWN_PARENT, os.getppid()):
            sys.exit(f"the parent {parent_pid} is gone; not starting {program[0]}")
    os.execvp(program[0], program)  # noqa: S606 - replacing this process is the purpose; no shell is involved


if __name__ == "__main__":
    main(sys.argv[1:])
