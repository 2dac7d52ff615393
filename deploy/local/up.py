"""Brings the platform up, whatever state it was left in: servers, databases, queues, processes, in this order.

What already runs well is left alone; what is half there (after a crash, a kill, a reboot) is stopped and started again. The two
private servers start at the same time, because the broker alone takes five seconds.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pika.exceptions

from deploy import topology
from deploy.local import demo_accounts, down, plan, secret_files
from deploy.local.faults import Fault
from deploy.local.health import State, state_of
from deploy.local.home import ROOT, Home
from deploy.local.plan import Addresses, ProcessPlan
from deploy.local.ports import answers, require_free
from deploy.local.processes import Process, launch
from deploy.local.seeding import load_catalogue
from deploy.local.servers import (
    OWNER,
    RELAY,
    PostgresServer,
    RabbitServer,
    create_databases,
    platform_accounts,
)
from deploy.local.terminal import Step, say, step
from deploy.migrate import migrate_all
from deploy.services import SERVICES
from shared.messaging.topology import ServiceTopology, declare

READY_SECONDS = 90
# A process that was started this often within one `up` will not come up by itself.
STARTS_THAT_ARE_TOO_MANY = 4


def up(
    home: Home,
    *,
    mode: str = "local",
    durable: bool = True,
    clock_file: Path | None = None,
    only: tuple[str, ...] = (),
) -> None:
    """Returns when every process says that it is ready."""
    home.make_folders()
    if runs_well(home):
        say("✓ 已在运行 Already running")
        return
    down.stop_processes(home)
    require_free(home.port)
    addresses = _prepare_servers(home, durable)
    processes = plan.plan(home, addresses, mode=mode, clock_file=clock_file, only=only)
    plan.write(home, processes)
    load_catalogue(home, processes)
    _start_processes(home, processes, durable)
    demo_accounts.seed(home, processes)


def runs_well(home: Home) -> bool:
    processes = plan.read(home)
    supervised = Process.remembered(home.pid_file("supervisor")) is not None
    return bool(processes) and supervised and all(is_ready(process) for process in processes)


def is_ready(process: ProcessPlan) -> bool:
    if process.has_health:
        return state_of(process.private_port) is State.READY
    return answers(process.private_port)


def _prepare_servers(home: Home, durable: bool) -> Addresses:
    """Everything between a bare folder and addresses at which each process finds what is its own."""
    secret_files.generate(home.secrets)
    passwords = secret_files.passwords(home.secrets / "passwords.json", (OWNER, RELAY, *SERVICES))
    with ThreadPoolExecutor(2) as pool:
        with step("数据库与消息代理 Database and broker") as line:
            database = pool.submit(_database, home, passwords, durable)
            broker = pool.submit(_broker, home, passwords)
            topologies = (
                topology.topologies()
            )  # reading the services' code takes as long as the servers' start
            databases, applied = database.result()
            owner_url, accounts, note = broker.result()
            line.note(note)
        with step("数据表与队列 Tables and queues") as line:
            _declare(owner_url, topologies, home)
            line.note(f"{applied} migrations" if applied else "")
    return Addresses(databases, accounts)


def _database(home: Home, passwords: dict[str, str], durable: bool) -> tuple[dict[str, str], int]:
    admin_url = home.database_url
    if admin_url is None:
        server = PostgresServer(home.folder, durable=durable)
        server.start()
        admin_url = server.url()
    urls = create_databases(admin_url, passwords)
    return urls, migrate_all(urls)


def _broker(home: Home, passwords: dict[str, str]) -> tuple[str, dict[str, str], str]:
    """The address that may declare, everybody's address, and what a person should know."""
    names = (RELAY, *SERVICES)
    if home.amqp_url:
        note = "给定的代理：所有进程共用其账号 given broker: every process shares its account"
        return home.amqp_url, dict.fromkeys(names, home.amqp_url), note
    owner, *accounts = platform_accounts(passwords)
    server = RabbitServer(home.folder, accounts=[owner, *accounts])
    server.start()
    return server.url(owner), {account.login: server.url(account) for account in accounts}, ""


def _declare(owner_url: str, topologies: list[ServiceTopology], home: Home) -> None:
    try:
        declare(owner_url, topologies)
    except pika.exceptions.AMQPError as error:
        raise Fault(
            f"消息代理拒绝声明队列（{error!r}）——若升级后队列参数有变，请运行 make reset；若用 AMQP_URL，请检查其账号权限。",
            f"The broker refused the queues ({error!r}) – after an upgrade that changed them run `make reset`;"
            " with AMQP_URL check its account's rights.",
            None if home.amqp_url else home.log("rabbitmq"),
        ) from error


def _start_processes(home: Home, processes: list[ProcessPlan], durable: bool) -> None:
    environment = {
        "PATH": processes[0].environment["PATH"],
        "PYTHONPATH": str(ROOT),
        "TONGBAN_HOME": str(home.folder),
        **({"DATABASE_URL": home.database_url} if home.database_url else {}),
        **({"AMQP_URL": home.amqp_url} if home.amqp_url else {}),
    }
    command = [sys.executable, "-m", "deploy.local.supervisor", *([] if durable else ["--not-durable"])]
    with step("服务 Services") as line:
        supervisor = launch(command, environment, home.log("supervisor"))
        supervisor.remember(home.pid_file("supervisor"))
        _wait_until_ready(home, processes, supervisor, line)
        line.note(f"{len(processes)} 个进程 processes")


def _wait_until_ready(home: Home, processes: list[ProcessPlan], supervisor: Process, line: Step) -> None:
    starts: dict[str, set[Process]] = {process.name: set() for process in processes}
    waiting = list(processes)
    end = time.monotonic() + READY_SECONDS
    while waiting:
        waiting = [process for process in waiting if not is_ready(process)]
        names = ", ".join(process.name for process in waiting)
        line.note(
            f"{len(processes) - len(waiting)}/{len(processes)} "
            + (f"等待 waiting for {names}" if names else "")
        )
        if not supervisor.alive():
            raise _did_not_start("supervisor", home)
        for process in waiting:
            if running := Process.remembered(home.pid_file(process.name)):
                starts[process.name].add(running)
            if len(starts[process.name]) >= STARTS_THAT_ARE_TOO_MANY or time.monotonic() > end:
                raise _did_not_start(process.name, home)
        time.sleep(0.1)


def _did_not_start(name: str, home: Home) -> Fault:
    last = _last_line(home.log(name))
    return Fault(
        f"进程 {name} 没有就绪（{last}）——请看日志；修正后重新运行 make up。",
        f"The process {name} did not get ready ({last}) – see the log, mend it, then run `make up` again.",
        home.log(name),
    )


def _last_line(log: Path) -> str:
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines()[-20:] if line.strip()]
    except OSError:
        lines = []
    return lines[-1][:200] if lines else "日志为空 its log is empty"
