"""`tongban`, the platform's command in a terminal.

One row per command in the table below; its module holds two functions, `add_arguments(parser)` and `run(options)`, and
is imported only when the command is called, because a command must answer before a person looks up (0.3 s).
Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
"""

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol, cast

from deploy.commands.usage import UsageFault
from deploy.local.faults import Fault
from deploy.local.terminal import coloured, say, table

DONE, FAILED, WRONG_USAGE = 0, 1, 2


class CommandModule(Protocol):
    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> int: ...


@dataclass(frozen=True, slots=True)
class Command:
    """A command as the help tells it; a name of two words stands in a group."""

    name: str
    module: str
    zh: str
    en: str

    def load(self) -> CommandModule:
        return cast("CommandModule", importlib.import_module(self.module))


COMMANDS = (
    Command(
        "deadline", "deploy.commands.deadline", "计算期限，逐日说明理由", "a due date, explained day by day"
    ),
    Command("clock", "deploy.commands.clock", "按记录重放期限", "replay a clock from a file"),
    Command(
        "credit import",
        "deploy.commands.credit_import",
        "导入信用记录（CSV、xlsx）",
        "put a list on the credit register",
    ),
    Command("credit list", "deploy.commands.credit_list", "查看信用登记", "the records of the register"),
    Command("credit repair", "deploy.commands.credit_repair", "登记信用修复", "a record was repaired"),
    Command("credit withdraw", "deploy.commands.credit_withdraw", "撤销有误的记录", "a record was wrong"),
    Command(
        "calendar load", "deploy.commands.calendar_load", "载入一年的放假安排", "load the notice of a year"
    ),
    Command(
        "calendar coverage",
        "deploy.commands.calendar_coverage",
        "放假安排覆盖到何时",
        "how far days are announced",
    ),
    Command("audit verify", "deploy.commands.audit_verify", "核验整本审计账", "check the whole audit log"),
    Command(
        "audit verify-proof",
        "deploy.commands.audit_proof",
        "离线核验一份审计证明",
        "check one proof off-line",
    ),
    Command(
        "case export",
        "deploy.commands.case_export",
        "导出一个完整办件",
        "one whole case as a file",
    ),
    Command("case verify", "deploy.commands.case_verify", "离线核验办件包", "check such a file off-line"),
    Command(
        "dead-letters list",
        "deploy.commands.dead_letters_list",
        "列出待处理的死信",
        "messages that need a person",
    ),
    Command("dead-letters replay", "deploy.commands.dead_letters_replay", "重放死信", "hand them over again"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a fault is told in a sentence, never as a traceback."""
    _accept_any_terminal()
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except UsageFault as fault:
        _tell(fault)
        return WRONG_USAGE
    except Fault as fault:
        _tell(fault)
        return FAILED
    except KeyboardInterrupt:
        say("\n已中断 Interrupted")
        return FAILED


def _run(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        say(overview(COMMANDS))
        return DONE if words else WRONG_USAGE
    if words[1:] in (["-h"], ["--help"]) and (group := _group(words[0])):
        say(overview(group))
        return DONE
    command = _find(words)
    parser = _Parser(
        prog=f"tongban {command.name}", description=f"{command.zh} · {command.en}", allow_abbrev=False
    )
    module = command.load()
    module.add_arguments(parser)
    options, unknown = parser.parse_known_args(words[len(command.name.split()) :])
    if unknown:
        raise _unknown_words(command, unknown)
    return module.run(options)


def _find(words: list[str]) -> Command:
    """The command that the first words name, the longest name first."""
    for length in (2, 1):
        for command in COMMANDS:
            if command.name.split() == words[:length]:
                return command
    known = [command.name for command in _group(words[0]) or COMMANDS]
    called = " ".join(words[: 2 if _group(words[0]) else 1])
    raise UsageFault(
        f"没有命令“{called}”——可用的有：{'、'.join(known)}。",
        f"There is no command {called!r} – there are: {', '.join(known)}.",
    )


def _group(word: str) -> tuple[Command, ...]:
    """The commands of two words that begin with this one."""
    return tuple(command for command in COMMANDS if command.name.startswith(f"{word} "))


def _unknown_words(command: Command, unknown: list[str]) -> UsageFault:
    words = " ".join(unknown)
    return UsageFault(
        f"无法识别“{words}”——请看 tongban {command.name} --help。",
        f"{words!r} is not understood – see tongban {command.name} --help.",
    )


class _Parser(argparse.ArgumentParser):
    """argparse exits with its own words; ours says the cause and the remedy in both languages."""

    def error(self, message: str) -> NoReturn:
        raise UsageFault(
            f"命令写法不对（{message}）——请看 {self.prog} --help。",
            f"Wrong usage ({message}) – see {self.prog} --help.",
        )


def overview(commands: Sequence[Command]) -> str:
    """The short help: each of these commands on a line, in both languages."""
    lines = table([["", command.name, command.zh, command.en] for command in commands]).splitlines()
    return "\n".join(
        (
            coloured("通办 Tongban", "1")
            + " · 一处受理，处处通办  One flow for every counter and every screen",
            "",
            "用法 Usage:  tongban COMMAND [--json]",
            "",
            *lines,
            "",
            "每个命令的写法 How to call one:  tongban COMMAND --help",
            "平台的启动与停止 Starting and stopping the platform:  make help",
        )
    )


def _tell(fault: Fault) -> None:
    print(coloured(fault.text(), "31") if sys.stderr.isatty() else fault.text(), file=sys.stderr)


def _accept_any_terminal() -> None:
    """A terminal that cannot show Chinese gets escapes in place of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
