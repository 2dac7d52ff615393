"""Free ports, remembered: a second start gets the same ones while nobody else has taken them."""

import errno
import json
import os
import socket
import time
from pathlib import Path

from deploy.local.faults import Fault

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


def require_free(port: int) -> None:
    """For the one port that people know and that is therefore not chosen; what was just killed needs a moment to let go."""
    if _is_free_within(3, port, "0.0.0.0"):  # noqa: S104 - only asks; the gateway decides where to listen
        return
    who = holder(port)
    raise Fault(
        f"端口 {port} 已被占用{f'（{who}）' if who else ''}——请停止占用它的程序，或换一个端口：TONGBAN_PORT={port + 1}。",
        f"Port {port} is taken{f' by {who}' if who else ''} – stop that program or choose another port:"
        f" TONGBAN_PORT={port + 1}.",
    )


def holder(port: int) -> str | None:
    """Which program listens on this port, as far as this user may know."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if descriptor.readlink().as_posix() in sockets:
                name = (descriptor.parent.parent / "comm").read_text().strip()
                return f"{name}, pid {descriptor.parent.parent.name}"
        except OSError:
            continue
    return None


def _listening_inodes(port: int) -> list[str]:
    lines = [
        line.split()
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text().splitlines()[1:]
    ]
    listening = "0A"
    return [line[9] for line in lines if line[3] == listening and int(line[1].rpartition(":")[2], 16) == port]


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_free_within(seconds: float, port: int, address: str = "127.0.0.1") -> bool:
    end = time.monotonic() + seconds
    while not is_free(port, address):
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
            port = LOWEST + int.from_bytes(os.urandom(4)) % (HIGHEST - LOWEST)
            if port not in taken and is_free(port):
                return port

    def _remember(self, ports: dict[str, int]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({"ports": ports}, indent=1, sort_keys=True) + "\n")
