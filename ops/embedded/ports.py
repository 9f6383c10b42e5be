"""Free ports on loopback."""

import random
import socket

PICKED_FROM = range(20_000, 32_000)
"""Below the range from which the system gives ports to outgoing connections. A server that is restarted on a port of
that range may find it taken by a client; worse, a client that keeps connecting to it may end up connected to itself."""


def free_ports(count: int) -> list[int]:
    """``count`` different ports on which nobody listens now; each is held until the last is found."""
    held: list[socket.socket] = []
    try:
        for port in random.sample(PICKED_FROM, len(PICKED_FROM)):
            if len(held) == count:
                break
            candidate = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            held.append(candidate)
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                held.pop().close()
        return [int(each.getsockname()[1]) for each in held]
    finally:
        for each in held:
            each.close()


def is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` of loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
