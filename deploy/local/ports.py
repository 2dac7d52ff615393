"""Free ports, remembered: a second start gets the same ones while nobody else has taken them."""

import errno
import json
import random
import socket
import time
from pathlib import Path

# Below the kernel's range for outgoing connections, so that no client's socket ever sits on a port of ours.
LOWEST, HIGHEST = 20000, 32000


def is_free(port: int, address: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_free_within(seconds: float, port: int) -> bool:
    end = time.monotonic() + seconds
    while not is_free(port):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class PortBook:
    def __init__(self, path: Path) -> None:
        self._path = path

    def take(self, name: str, *, patience_seconds: float = 0) -> int:
        """The remembered port once it is free, otherwise another free one, which is then remembered."""
        ports = self.remembered()
        port = ports.get(name)
        if port is None or not _is_free_within(patience_seconds, port):
            port = self._another(set(ports.values()))
            self._remember({**ports, name: port})
        return port

    def remembered(self) -> dict[str, int]:
        try:
            ports: dict[str, int] = json.loads(self._path.read_text())["ports"]
        except (OSError, ValueError, KeyError):
            return {}
        return ports

    def _another(self, taken: set[int]) -> int:
        while True:
            port = random.randrange(LOWEST, HIGHEST)  # noqa: S311 - a port is no secret
            if port not in taken and is_free(port):
                return port

    def _remember(self, ports: dict[str, int]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({"ports": ports}, indent=1, sort_keys=True) + "\n")
