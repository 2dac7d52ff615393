"""How much of the law the tests really hold: each rule changed a little, and the tests run against the change.

`.venv/bin/python -m bench.mutation` changes the clock engine and the case engine with mutmut, in a copy of the tree, and
prints for each module how many changes the tests noticed.  `--write` keeps the table in docs/mutation.md, `--only
tolerance clocks` takes some modules, `--survivors` shows what went unnoticed.

A change that only touches the words of a message ("XX…XX") is counted apart: no rule depends on it.
"""

import argparse
import ast
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.home import ROOT
from deploy.local.terminal import table
from shared.time import today

DOCUMENT = ROOT / "docs" / "mutation.md"
DOMAIN = "services/applications/domain"
# What writes and names, and refuses nothing: wording has tests of its own, but no rule of the law depends on it.
NO_RULES = frozenset(
    {
        "__init__",
        "copying",
        "documents",
        "drafting",
        "errors",
        "facts",
        "phrases",
        "state",
        "values",
        "wording",
    }
)
SOURCES = (
    *(f"shared/deadlines/{name}.py" for name in ("clock", "counting", "working_days")),
    *sorted(
        str(file.relative_to(ROOT)) for file in (ROOT / DOMAIN).glob("*.py") if file.stem not in NO_RULES
    ),
)
# Tests that state the law.  What is drawn by chance (the walks, the properties) finds more, but takes long for each of
# the changes, and nobody would know why a change was found.
TESTS = (
    # The published form of every event, compared with its stored example.
    "tests/applications/test_contracts.py",
    *(
        str(file.relative_to(ROOT))
        for folder in ("tests/deadlines", "tests/applications/domain")
        for file in sorted((ROOT / folder).glob("test_*.py"))
        if file.stem not in {"test_machine", "test_properties"}
    ),
)
COPIED = ("services", "shared", "deploy", "bench", "tests", "pyproject.toml")
AIM = 0.85
# These run when their module is read, before any test: no change of theirs can be tried.
_AT_IMPORT = frozenset({"x__row", "x__states", "x_to_state", "x__followed"})
# Changes are numbered within their function: some of the last digits are a sample of all functions.
_LAST_DIGITS = "1473692580"
_PROGRESS = re.compile(r"(\d+)/([1-9]\d*)\s+🎉")
_KILLED = frozenset({1, 3, -24, 36, 24, 152, 255})  # a failed test, a crash, or a run that did not end


@dataclass
class Count:
    """The changes of one module."""

    module: str
    killed: int = 0
    words: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """All changes that touch more than the words of a message."""
        return self.killed + len(self.survivors)

    @property
    def share(self) -> float:
        """How many of them the tests noticed."""
        return self.killed / self.changes if self.changes else 1.0


def main() -> int:
    options = _options()
    sources = [
        source
        for source in SOURCES
        if (ROOT / source).exists() and (not options.only or Path(source).stem in options.only)
    ]
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        _prepare(Path(folder), sources)
        _run(Path(folder), options.children, options.tenths)
        counts = [_count(Path(folder) / "mutants", source) for source in sources]
    _say(counts, survivors=options.survivors)
    if options.write:
        DOCUMENT.write_text(_page(counts, options.tenths), "utf-8")
    return 0 if _share(counts) >= AIM else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="*", default=(), help="modules by name, e.g. tolerance clocks")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="how many run at once")
    parser.add_argument(
        "--tenths", type=int, default=10, help="how many tenths of the changes: 3 is a quick sample"
    )
    parser.add_argument("--survivors", action="store_true", help="show each change that went unnoticed")
    parser.add_argument("--write", action="store_true", help="keep the table in docs/mutation.md")
    return parser.parse_args()


def _prepare(folder: Path, sources: Iterable[str]) -> None:
    for name in COPIED:
        source, ignore = ROOT / name, shutil.ignore_patterns("__pycache__", ".hypothesis")
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy(source, folder / name)
    lines = {
        "source_paths": sources,
        # A change that never ends has had its time after some seconds of computing.
        "timeout_multiplier": ("1",),
        "timeout_constant": ("2",),
        "also_copy": COPIED,
        "pytest_add_cli_args_test_selection": TESTS,
        # Nothing is drawn anew for each change: a change is noticed or not, and always the same way.
        "pytest_add_cli_args": ("-p", "no:schemathesis", "-p", "no:randomly", "--hypothesis-seed=0"),
    }
    text = "".join(
        f"{name}=\n" + "".join(f"    {value}\n" for value in values) for name, values in lines.items()
    )
    (folder / "setup.cfg").write_text(f"[mutmut]\n{text}", "utf-8")


def _run(folder: Path, children: int, tenths: int = 10) -> None:
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(children)]
    if tenths < len(_LAST_DIGITS):
        command += [f"*__mutmut_*{digit}" for digit in _LAST_DIGITS[:tenths]]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said = _follow(running)
    if running.wait() != 0:
        print("\n".join(said), file=sys.stderr)
        raise SystemExit("mutmut could not run: are the tests green?")


def _follow(running: subprocess.Popen[str]) -> deque[str]:
    """Show how far mutmut is, on one line of a terminal or once in a minute, and keep the last that it said."""
    assert running.stdout is not None
    said: deque[str] = deque(maxlen=200)
    on_terminal, shown_at = sys.stderr.isatty(), 0.0
    print("测试先跑一遍… running the tests unchanged first…", file=sys.stderr, flush=True)
    # With universal newlines the carriage returns of mutmut's own progress end a line as well.
    for line in running.stdout:
        said.append(line.rstrip())
        found = _PROGRESS.search(line)
        if found is None or time.monotonic() - shown_at < (0.2 if on_terminal else 60):
            continue
        shown_at, done, total = time.monotonic(), int(found[1]), int(found[2])
        bar = "█" * (30 * done // total)
        text = f"{bar:<30} {done}/{total} 处改动 changes"
        print(text, end="\r" if on_terminal else "\n", file=sys.stderr, flush=True)
    return said


def _count(mutants: Path, source: str) -> Count:
    record = json.loads((mutants / f"{source}.meta").read_text("utf-8"))["exit_code_by_key"]
    functions = _functions(mutants / source)
    count = Count(source)
    for key, code in record.items():
        name = key.rpartition(".")[2]
        if code is None or name.partition("__mutmut")[0] in _AT_IMPORT:
            continue
        original = re.sub(r"__mutmut_\d+$", "__mutmut_orig", name)
        if code in _KILLED:
            count.killed += 1
        elif _only_words(functions.get(original), functions.get(name)):
            count.words += 1
        else:
            count.survivors.append(_difference(name, functions.get(original), functions.get(name)))
    return count


def _functions(file: Path) -> dict[str, ast.AST]:
    tree = ast.parse(file.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name: node for node in ast.walk(tree) if isinstance(node, kinds)}


def _only_words(original: ast.AST | None, changed: ast.AST | None) -> bool:
    """Whether the two differ in nothing but the words of a sentence."""
    if original is None or changed is None:
        return False
    return list(_without_sentences(original)) == list(_without_sentences(changed))


def _without_sentences(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_sentence(node.value):
            yield "a sentence"
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (
                f"{type(node).__name__} {getattr(node, 'value', '') if isinstance(node, ast.Constant) else ''}"
                + (getattr(node, "id", "") or getattr(node, "attr", "") or getattr(node, "arg", "") or "")
            )


def _is_sentence(text: str) -> bool:
    """Messages have spaces or Chinese in them; codes, names and pointers have neither."""
    return " " in text.strip() or any(letter >= "\u3000" for letter in text)


def _difference(name: str, original: ast.AST | None, changed: ast.AST | None) -> str:
    if original is None or changed is None:
        return name
    before, after = ast.unparse(original).splitlines()[1:], ast.unparse(changed).splitlines()[1:]
    lines = [
        f"- {one.strip()}\n    + {other.strip()}"
        for one, other in zip(before, after, strict=False)
        if one != other
    ]
    return f"{name}\n    " + "\n    ".join(lines[:3])


def _share(counts: list[Count]) -> float:
    changes = sum(count.changes for count in counts)
    return sum(count.killed for count in counts) / changes if changes else 1.0


def _rows(counts: list[Count]) -> list[list[str]]:
    rows = [
        [count.module, str(count.changes), str(count.killed), f"{count.share:.0%}", str(count.words)]
        for count in counts
    ]
    total = [
        "全部 all",
        str(sum(count.changes for count in counts)),
        str(sum(count.killed for count in counts)),
        f"{_share(counts):.1%}",
        str(sum(count.words for count in counts)),
    ]
    return [*rows, total]


_HEAD = ["模块 module", "改动 changes", "被发现 noticed", "比例 share", "仅文字 words only"]


def _say(counts: list[Count], *, survivors: bool) -> None:
    print(table([_HEAD, *_rows(counts)]))
    if survivors:
        for count in counts:
            for survivor in count.survivors:
                print(f"{count.module}: {survivor}")


def _page(counts: list[Count], tenths: int) -> str:
    lines = [_HEAD, ["---"] * len(_HEAD), *_rows(counts)]
    body = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    machine = f"{os.cpu_count()} CPU, Linux {platform.machine()}, Python {platform.python_version()}"
    zh = "" if tenths == len(_LAST_DIGITS) else f"本页为抽样：各函数的改动取十分之{tenths}。"
    en = (
        ""
        if tenths == len(_LAST_DIGITS)
        else f" This page is a sample: {tenths} of 10 changes of each function."
    )
    return (
        "# 变异测试 Mutation testing\n\n"
        "把期限引擎和办件引擎的代码逐处改动一点，看表格测试能否发现（`make mutation ARGS=--write`）。"
        f"目标：发现 {AIM:.0%} 以上。只改动提示文字的不计入；随机走查和性质测试不参加。{zh}\n\n"
        "Each place of the clock engine and the case engine is changed a little, and the table tests are run against the"
        f" change (`make mutation ARGS=--write`). The aim is that they notice {AIM:.0%}. Changes of the words of a message"
        f" are counted apart; the random walks and the property tests take no part.{en}\n\n"
        f"{today().isoformat()}, {machine}.\n\n"
        f"{body}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
