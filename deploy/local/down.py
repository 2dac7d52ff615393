"""Stops what `up` started and nothing else, also when the supervisor or anything else has crashed."""

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

from deploy.local import plan
from deploy.local.faults import Fault
from deploy.local.home import Home
from deploy.local.processes import Process
from deploy.local.servers import PostgresServer, RabbitServer, drop_databases
from deploy.local.supervisor import STOP_SECONDS
from deploy.local.terminal import say, step


def down(home: Home) -> None:
    if not anything_runs(home):
        say("✓ 没有在运行 Nothing is running")
        return
    with step("服务 Services"):
        stop_processes(home)
    if not (home.database_url and home.amqp_url):
        with step("数据库与消息代理 Database and broker"):
            stop_servers(home)


def anything_runs(home: Home) -> bool:
    return any(Process.remembered(pid_file) for pid_file in home.run.glob("*.pid"))


def stop_processes(home: Home) -> None:
    """First the supervisor, which stops its own; then whatever a crashed supervisor left behind."""
    if supervisor := Process.remembered(home.pid_file("supervisor")):
        supervisor.stop(STOP_SECONDS + 10)
    left = [Process.remembered(home.pid_file(name)) for name in plan.ORDER]
    with ThreadPoolExecutor(len(left)) as pool:
        list(pool.map(lambda process: process and process.stop(STOP_SECONDS), left))
    for name in (*plan.ORDER, "supervisor"):
        home.pid_file(name).unlink(missing_ok=True)


def stop_servers(home: Home) -> None:
    with ThreadPoolExecutor(2) as pool:
        stops = [
            pool.submit(server.stop) for server in (PostgresServer(home.folder), RabbitServer(home.folder))
        ]
    for stopped in stops:
        stopped.result()


def reset(home: Home, *, sure: bool) -> None:
    """Back to a bare checkout: everything this copy has stored is deleted."""
    if not _is_a_home(home):
        raise Fault(
            f"{home.folder} 不像通办的运行目录——未删除任何内容，请检查 TONGBAN_HOME。",
            f"{home.folder} does not look like a run folder of Tongban – nothing was deleted; check TONGBAN_HOME.",
        )
    if not sure and not _confirmed(home):
        raise Fault("已取消，未删除任何内容。", "Cancelled, nothing was deleted.")
    if anything_runs(home):
        down(home)
    with step("删除 Delete"):
        if home.database_url:
            drop_databases(home.database_url)
        PostgresServer(home.folder).remove()
        shutil.rmtree(home.folder)


def _is_a_home(home: Home) -> bool:
    return not any(home.folder.iterdir()) or (home.folder / "run").is_dir()


def _confirmed(home: Home) -> bool:
    if not sys.stdin.isatty():
        raise Fault(
            "没有终端可供确认——请用 make reset ARGS=--yes。",
            "There is no terminal to ask on – use `make reset ARGS=--yes`.",
        )
    say(f"将停止平台并永久删除 {home.folder} 中的全部数据。")
    say(f"This stops the platform and deletes everything in {home.folder} for good.")
    if home.database_url:
        say("还将删除给定服务器上的 tongban_* 数据库。 The tongban_* databases on the given server go too.")
    return input("确定吗？输入 yes  Sure? Type yes: ").strip().lower() == "yes"
