"""`python -m deploy.demo [--json]`: plays the six scenes on the running platform; `make demo` starts it first.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
"""

import argparse
import io
import os
import sys
import traceback

import httpx
from rich.console import Console

from deploy.demo import correction, discredited, ending, online, procedure, province, tolerance
from deploy.demo.stage import Stage
from deploy.demo.story import ForPeople, ForPrograms, Story
from deploy.local import plan
from deploy.local.faults import Fault
from deploy.local.home import Home

SCENES = (online, tolerance, correction, discredited, province, procedure, ending)
REQUEST_SECONDS = 20.0


def main(arguments: list[str] | None = None) -> int:
    """Play, and say in one sentence what went wrong if something did."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--json", action="store_true", help="每步一个 JSON 对象 one JSON object per step")
    options = parser.parse_args(arguments)
    _accept_any_terminal()
    try:
        play(Home.from_environment(), as_json=options.json)
    except Fault as fault:
        Console(stderr=True, soft_wrap=True).print(fault.text(), style="red", markup=False, highlight=False)
        return 1
    except BrokenPipeError:  # whoever listened has heard enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - what is still to be flushed goes nowhere
        return 1
    except KeyboardInterrupt:
        Console(stderr=True).print(
            "已中断；重新运行即可从头演示 Interrupted; run it again from the beginning"
        )
        return 1
    return 0


def _accept_any_terminal() -> None:
    """A terminal that cannot show Chinese gets escapes in place of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def play(home: Home, *, as_json: bool = False) -> None:
    """The whole demonstration."""
    console = Console(highlight=False)
    story = Story(ForPrograms(console) if as_json else ForPeople(console))
    with httpx.Client(base_url=running_url(home), timeout=REQUEST_SECONDS) as http:
        stage = Stage(http, home, story)
        try:
            for scene in SCENES:
                scene.play(stage)
        except BrokenPipeError:
            raise
        except (KeyError, IndexError, StopIteration, TypeError, ValueError, OSError) as error:
            raise _unforeseen(home, error) from error
    if not as_json:
        console.print(
            f"\n✓ 演示完成，共 {story.steps} 步 The demonstration is over, {story.steps} steps\n",
            style="bold green",
        )


def running_url(home: Home) -> str:
    """Where this folder's copy answers: it may have been started on another port than the one named now."""
    if port := plan.public_port(home):
        return f"http://127.0.0.1:{port}"
    raise Fault(
        f"{home.folder} 中没有运行的平台——请先运行 make up（make demo 会自动启动）。",
        f"No platform was started in {home.folder} – run make up first (make demo does it by itself).",
    )


def _unforeseen(home: Home, error: Exception) -> Fault:
    """An answer that the API does not promise, a full disk: the details are for the log."""
    log = home.log("demo")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as file:
        traceback.print_exc(file=file)
    return Fault(
        f"演示中出现意外（{type(error).__name__}: {error}）——请看日志末尾，并据此反馈问题。",
        f"Something unforeseen happened ({type(error).__name__}: {error}) – see the end of the log and report it.",
        log,
    )


if __name__ == "__main__":
    sys.exit(main())
