"""`make bench`: start a platform of its own with everything durable, load it, print the tables, take it away again.

`--seconds 5` makes a quick run for trying; `--write` keeps the tables in docs/benchmarks.md.
"""

import argparse
import asyncio
import json
import os
import platform as machine
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import bare, clocks, domain, effects, pages, timers, worklists
from bench.http_load import Connection, Load, load
from bench.submissions import Requests
from shared.testing.platform import RunningPlatform

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
PARTS = ("platform", "pages", "clocks", "domain", "timers", "worklists")
SERVICES = ("catalogue", "applications", "documents", "notifications", "audit", "gateway", "relay")


@dataclass
class Submitted:
    """One row of the table: the load, the outbox during it, and the time to drain after it."""

    in_flight: int
    load: Load
    oldest_seconds: float
    drained_seconds: float


class Bench:
    """One run against one platform."""

    def __init__(self, running: RunningPlatform, seconds: float) -> None:
        self.running = running
        self.seconds = seconds
        self.host, self.port = "127.0.0.1", running.home.port
        self.environments: Mapping[str, Mapping[str, str]] = {
            name: running.environment_of(name) for name in SERVICES if name != "relay"
        }
        self.requests = Requests(f"{self.host}:{self.port}", self._token())

    def _token(self) -> str:
        account = next(one for one in self.running.accounts if one.login == "province")
        form = {
            "grant_type": "client_credentials",
            "client_id": account.login,
            "client_secret": account.password,
        }
        url = f"{self.running.url}/api/v1/oauth/token"
        with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode()) as reply:
            token: str = json.load(reply)["access_token"]
            return token

    async def submit(self, in_flight: int, seconds: float) -> Submitted:
        stop = asyncio.Event()
        watching = asyncio.create_task(effects.oldest_row_seconds(self.environments["applications"], stop))
        result = await load(self.host, self.port, self.requests.next, in_flight=in_flight, seconds=seconds)
        stop.set()
        drained = await effects.drained_after_seconds(self.environments["applications"])
        return Submitted(in_flight, result, await watching, drained)

    async def flow(self, per_second: float, seconds: float) -> list[float]:
        """Submissions at an even pace; the delay of each one's last effect in milliseconds."""
        since = datetime.now(UTC)
        lanes = 8

        async def lane(number: int) -> None:
            _, connection = await asyncio.get_running_loop().create_connection(
                Connection, self.host, self.port
            )
            await asyncio.sleep(number / per_second)
            end = time.perf_counter() + seconds
            while (began := time.perf_counter()) < end:
                await connection.ask(self.requests.next())
                await asyncio.sleep(max(0.0, lanes / per_second - (time.perf_counter() - began)))
            connection.close()

        await asyncio.gather(*(lane(number) for number in range(lanes)))
        await effects.drained_after_seconds(self.environments["applications"])
        await asyncio.sleep(3)
        return await effects.effect_delays_ms(self.environments, since)


def memory_mb(running: RunningPlatform) -> dict[str, tuple[float, float]]:
    """Resident and proportional memory of each Python process, in MB."""
    found = {}
    for name in ("supervisor", "mailsink", *SERVICES):
        process = running.process(name)
        if process is not None:
            found[name] = _memory_of(process.pid)
    return found


def _memory_of(pid: int) -> tuple[float, float]:
    fields = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        fields[name] = int(value.split()[0]) / 1000
    return fields["Rss"], fields["Pss"]


def _head(seconds: float) -> list[str]:
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        machine.machine(),
    )
    cores = len(os.sched_getaffinity(0))
    postgres = subprocess.run(
        ["psql", "--version"], capture_output=True, text=True, check=False
    ).stdout.split()[2]
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("nameko", "pika", "asyncpg", "fastapi", "uvicorn")
    )
    servers = f"PostgreSQL {postgres}, RabbitMQ {running_broker_version()}"
    where = f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores ({cpu}), Python {machine.python_version()}, {servers}; {packages}."
    how = (
        f"fsync on, all consumers running; the load and both servers share the cores; {seconds:.0f} s a row."
    )
    return [where, "", how, ""]


def running_broker_version() -> str:
    """The installed version, as Debian names it."""
    found = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", "rabbitmq-server"],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout or "unknown"


def _submit_table(rows: list[Submitted], bare_rate: float) -> list[str]:
    lines = [
        "### submit",
        "",
        "| in flight | per second | of bare | p50 ms | p99 ms | oldest outbox row s | drained after s | not accepted |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.in_flight} | {row.load.per_second:.0f} | {row.load.per_second / bare_rate:.2f} "
        f"| {row.load.percentile_ms(0.5):.1f} | {row.load.percentile_ms(0.99):.1f} | {row.oldest_seconds:.2f} "
        f"| {row.drained_seconds:.2f} | {sum(row.load.refused.values())} |"
        for row in rows
    ]
    lines += ["", f"Bare asyncpg, the same SQL transaction, 32 connections: {bare_rate:.0f} per second.", ""]
    return lines


def _flow_table(rate: float, delays: list[float]) -> list[str]:
    ordered = sorted(delays)
    p50, p99 = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
    load_sentence = (
        f"{len(ordered)} submissions at {rate:.0f} a second (half load): p50 {p50:.0f} ms, p99 {p99:.0f} ms."
    )
    what = "From the recording of a submission to its last effect (message queued, leaf sealed)"
    return ["### flow", "", f"{what}, {load_sentence}", ""]


def _layer_table(layers: Mapping[str, float]) -> list[str]:
    whole = layers["whole submission"]
    lines = [
        "### where the time of one submission goes",
        "",
        "| layer | ms (median) | share |",
        "|---|---:|---:|",
    ]
    lines += [f"| {name} | {value:.2f} | {value / whole:.0%} |" for name, value in layers.items()]
    return [*lines, ""]


def _memory_table(found: Mapping[str, tuple[float, float]]) -> list[str]:
    lines = [
        "### memory, idle",
        "",
        "| process | resident MB | shared pages counted once MB |",
        "|---|---:|---:|",
    ]
    lines += [
        f"| {name} | {resident:.0f} | {proportional:.0f} |"
        for name, (resident, proportional) in found.items()
    ]
    total = [sum(figures) for figures in zip(*found.values(), strict=True)]
    return [*lines, f"| **all Python processes** | **{total[0]:.0f}** | **{total[1]:.0f}** |", ""]


async def measure(running: RunningPlatform, seconds: float) -> list[str]:
    """All tables as Markdown lines."""
    bench = Bench(running, seconds)
    memory = memory_mb(running)
    await bench.submit(32, min(seconds, 5))  # prepared statements, caches and connections exist afterwards
    rows = []
    for in_flight in (1, 32, 128):
        rows.append(await bench.submit(in_flight, seconds))
        print(f"✓ submit, {in_flight} in flight: {rows[-1].load.per_second:.0f}/s", file=sys.stderr)
    await asyncio.sleep(5)
    bare_rate = await bare.bare_per_second(
        bench.environments["applications"], connections=32, seconds=min(seconds, 20)
    )
    print(f"✓ bare: {bare_rate:.0f}/s", file=sys.stderr)
    rate = rows[1].load.per_second / 2
    delays = await bench.flow(rate, min(seconds, 30))
    print("✓ flow", file=sys.stderr)
    await effects.drained_after_seconds(bench.environments["applications"])
    await asyncio.sleep(5)
    one = await bench.submit(1, min(seconds, 10))
    layers = await bare.layers(
        bench.environments["applications"], bench.environments["gateway"], one.load.percentile_ms(0.5)
    )
    return [
        *_head(seconds),
        *_submit_table(rows, bare_rate),
        *_flow_table(rate, delays),
        *_layer_table(layers),
        *_memory_table(memory),
    ]


def engine(wanted: Collection[str]) -> list[str]:
    """The tables of the case engine, each on a database of its own, if on any."""
    rows = []
    if "clocks" in wanted:
        rows.append(clocks.row())
    if "domain" in wanted:
        rows.append(domain.row())
    if "timers" in wanted:
        rows.append(asyncio.run(timers.measure()).row())
    heading = ["### the case engine", "", "| what | one | per second |", "|---|---:|---:|"]
    lines = [*heading, *rows, ""] if rows else []
    if "worklists" in wanted:
        lines += worklists.table(asyncio.run(worklists.measure()), worklists.CASES)
    return lines


def _platform(seconds: float) -> list[str]:
    with RunningPlatform(durable=True) as running:
        return asyncio.run(measure(running, seconds))


def _pages(seconds: float) -> list[str]:
    with RunningPlatform(durable=True) as running:
        gateway = running.process("gateway")
        assert gateway is not None
        passwords = {one.login: one.password for one in running.accounts}
        opened = pages.measure(running.url, passwords, passwords["province"], seconds, gateway.pid)
        return pages.table(asyncio.run(opened))


def _kept(before: str, lines: list[str], only: Collection[str]) -> str:
    """The document with these tables; the one of the pages stands last and may be written alone."""
    head, marker, tables = before.partition("<!-- measured -->")
    others, _, _ = tables.partition("### pages")
    if set(only) == {"pages"}:
        return f"{head}{marker}{others}" + "\n".join(lines)
    return f"{head}{marker}\n\n" + "\n".join(lines)


def main() -> None:
    """Measure and print; keep the result with `--write`."""
    parser = argparse.ArgumentParser(
        prog="make bench", description="Measures speed and memory of the whole platform."
    )
    parser.add_argument("--seconds", type=float, default=20, help="length of each row (20)")
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/benchmarks.md")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=f"of {', '.join(PARTS)} (all)"
    )
    options = parser.parse_args()
    if options.write and set(options.only) not in (set(PARTS), {"pages"}):
        parser.error("--write keeps a whole run or the pages alone, so it goes without any other --only")
    lines = _platform(options.seconds) if "platform" in options.only else []
    lines += engine(options.only)
    lines += _pages(options.seconds) if "pages" in options.only else []
    text = "\n".join(lines)
    print(text)
    if options.write:
        DOCUMENT.write_text(_kept(DOCUMENT.read_text("utf-8"), lines, options.only), encoding="utf-8")


if __name__ == "__main__":
    main()
