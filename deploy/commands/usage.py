"""What every command shares: how it refuses wrong words, and how it answers a machine."""

import argparse
import json
from typing import Any

from deploy.local.faults import Fault
from deploy.local.terminal import say


class UsageFault(Fault):
    """The command was called wrongly; exit code 2."""


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="供程序读取 for programs")


def say_json(answer: Any) -> None:
    say(json.dumps(answer, ensure_ascii=False, indent=2))
