"""The commands behind `make`: `python -m deploy.local up|down|status|running|logs|reset`."""

import argparse
import contextlib
import fcntl
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from deploy.local.faults import Fault
from deploy.local.home import Home
from deploy.local.terminal import coloured, say

COMMANDS = ("up", "down", "status", "running", "logs", "reset")


def main(arguments: list[str] | None = None) -> int:
    """0 done, 1 refused or failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options, Home.from_environment())
    except Fault as fault:
        print(coloured(fault.text(), "31"), file=sys.stderr)
        return 1
    except Exception:  # anything nobody thought of still ends in a sentence; the details are for the log
        print(coloured(_unforeseen().text(), "31"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\n已中断；重新运行即可继续 Interrupted; run it again to go on")
        return 1


def _run(options: argparse.Namespace, home: Home) -> int:
    if options.command == "logs":
        return _show_logs(home, options.names, follow=options.follow)
    if options.command in ("status", "running"):
        return _show_status(options, home)
    if options.command != "up" and not home.folder.exists():
        say("✓ 没有在运行 Nothing is running")
        return 0
    with _one_at_a_time(home):
        _change(options, home)
    return 0


def _show_status(options: argparse.Namespace, home: Home) -> int:
    from deploy.local import status

    if options.command == "running":
        return 0 if status.all_ready(home) else 1
    say(status.as_json(home) if options.json else status.as_text(home))
    return 0


def _change(options: argparse.Namespace, home: Home) -> None:
    """Each command imports only what it needs: `down` must not wait for the services' code to be read."""
    if options.command == "up":
        from deploy.local.up import up

        up(home, only=tuple(filter(None, os.environ.get("TONGBAN_PROCESSES", "").split(","))))
        say(summary(home))
        return
    from deploy.local.down import down, reset

    if options.command == "reset":
        reset(home, sure=options.yes)
    else:
        down(home)


@contextlib.contextmanager
def _one_at_a_time(home: Home) -> Iterator[None]:
    """Two commands on one running copy would undo each other's work."""
    home.run.mkdir(parents=True, exist_ok=True)
    with (home.run / "command.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("… 另一个 make 命令正在进行，等它结束 another make command is at work, waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _unforeseen() -> Fault:
    log = Home.from_environment().log("command")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as file:
        traceback.print_exc(file=file)
    reason = traceback.format_exc().strip().splitlines()[-1]
    return Fault(
        f"出现意外错误（{reason}）——请看日志末尾，并据此反馈问题。",
        f"Something unforeseen happened ({reason}) – see the end of the log and report it.",
        log,
    )


def summary(home: Home) -> str:
    from deploy.local import demo_accounts, plan

    pages = f"http://127.0.0.1:{plan.public_port(home) or home.port}"
    return "\n".join(
        (
            "",
            coloured("通办已就绪 Tongban is ready", "1"),
            f"  页面 Pages   {pages}/",
            f"  接口 API     {pages}/api/docs",
            f"  邮件 Mail    {_shown(home.mail)}",
            f"  日志 Logs    {_shown(home.logs)}   (make logs)",
            demo_accounts.as_table(home),
            "停止 Stop: make down",
        )
    )


def _show_logs(home: Home, names: list[str], *, follow: bool) -> int:
    logs = [home.log(name) for name in names] if names else sorted(home.logs.glob("*.log"))
    missing = [log.stem for log in logs if not log.exists()]
    if missing or not logs:
        have = ", ".join(sorted(log.stem for log in home.logs.glob("*.log"))) or "–"
        raise Fault(
            f"没有日志 {'、'.join(missing)}——现有：{have}。",
            f"There is no log {', '.join(missing)} – there are: {have}.",
        )
    sys.stdout.flush()
    lines = "50" if names else "10"
    command = ["tail", "-n", lines, *(["-F"] if follow else []), *map(str, logs)]
    os.execvp(command[0], command)  # noqa: S606 - this process becomes tail


def _shown(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("names", nargs="*", metavar="NAME", help="with logs: whose")
    parser.add_argument("-f", "--follow", action="store_true", help="with logs: go on showing")
    parser.add_argument("--json", action="store_true", help="with status: for programs")
    parser.add_argument("--yes", action="store_true", help="with reset: do not ask")
    return parser


if __name__ == "__main__":
    sys.exit(main())
