"""What runs, how it is, how much memory it takes, and where it listens."""

import json
import re
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.commands.calendar_coverage import ahead_in_words
from deploy.local import plan
from deploy.local.health import State, state_of
from deploy.local.home import Home
from deploy.local.plan import ProcessPlan
from deploy.local.ports import answers
from deploy.local.processes import Process
from deploy.local.terminal import coloured, table

SERVERS = ("postgresql", "rabbitmq")
_WORKING_DAYS_AHEAD = re.compile(r"^catalogue_calendar_working_days_ahead ([0-9.e+]+)$", re.MULTILINE)

_WORDS = {
    "ready": ("就绪 ready", "32"),
    "live": ("运行，未就绪 not ready", "33"),
    "silent": ("无响应 silent", "31"),
    "stopped": ("未运行 stopped", "31"),
}


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    state: str
    pid: int | None
    memory_bytes: int
    port: int | None


def rows(home: Home) -> list[Row]:
    """The servers, the supervisor, then every process of the plan."""
    remembered = home.ports.remembered()
    servers = [_row(home, name, remembered.get(name)) for name in SERVERS if _is_private(home, name)]
    supervisor = _row(home, "supervisor", None)
    return [*servers, supervisor, *(_process_row(home, process) for process in plan.read(home))]


def as_text(home: Home) -> str:
    found = rows(home)
    lines = [["", "状态 State", "pid", "内存 Memory", "端口 Port"]]
    for row in found:
        word, colour = _WORDS[row.state]
        memory = f"{row.memory_bytes / 1e6:.0f} MB" if row.memory_bytes else "–"
        lines.append([row.name, word, str(row.pid or "–"), memory, str(row.port or "–")])
    painted = table(lines).splitlines()
    for number, row in enumerate(found, start=1):
        word, colour = _WORDS[row.state]
        painted[number] = painted[number].replace(word, coloured(word, colour), 1)
    memory = _memory_of_python([row for row in found if row.name not in SERVERS])
    return "\n".join([*painted, memory, *_calendar(home)])


def _calendar(home: Home) -> list[str]:
    """How far ahead days are announced, as the running catalogue counts it; nothing while it does not answer."""
    port = next((one.private_port for one in plan.read(home) if one.name == "catalogue"), None)
    if port is None:
        return []
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=1) as reply:
            found = _WORKING_DAYS_AHEAD.search(reply.read().decode())
    except (OSError, ValueError):
        return []
    return [ahead_in_words(int(float(found[1])))] if found else []


def _memory_of_python(found: list[Row]) -> str:
    """Resident memory counts what processes share once for each of them; the second figure counts it once."""
    resident = sum(row.memory_bytes for row in found) / 1e6
    proportional = sum(_proportional_bytes(row.pid) for row in found if row.pid) / 1e6
    return (
        f"Python 进程合计 all Python processes: {resident:.0f} MB"
        f"（共享页只计一次 shared pages counted once: {proportional:.0f} MB）"
    )


def as_json(home: Home) -> str:
    return json.dumps([asdict(row) for row in rows(home)], indent=1)


def all_ready(home: Home) -> bool:
    return bool(plan.read(home)) and all(row.state == "ready" for row in rows(home))


def _process_row(home: Home, process: ProcessPlan) -> Row:
    row = _row(home, process.name, process.private_port)
    if row.state == "stopped" or not process.has_health:
        return row
    port = plan.public_port(home) if process.name == "gateway" else process.private_port
    return Row(row.name, str(state_of(process.private_port)), row.pid, row.memory_bytes, port)


def _row(home: Home, name: str, port: int | None) -> Row:
    process = Process.remembered(home.pid_file(name))
    if process is None:
        return Row(name, "stopped", None, 0, port)
    state = State.READY if port is None or answers(port) else State.SILENT
    return Row(name, str(state), process.pid, _memory(name, process), port)


def _memory(name: str, process: Process) -> int:
    """PostgreSQL is one process per connection, which share most of their memory: their proportional part is summed."""
    if name != SERVERS[0]:
        return process.resident_bytes()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    try:
        pids = [process.pid, *map(int, children.read_text().split())]
    except OSError:
        return process.resident_bytes()
    return sum(_proportional_bytes(pid) for pid in pids)


def _proportional_bytes(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _is_private(home: Home, name: str) -> bool:
    return home.log(name).exists()
