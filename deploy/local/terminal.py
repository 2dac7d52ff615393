"""What a person sees while work goes on: one line per step with a tick and its time, and signs of life in between.

Standard library only: the bootstrap prints through this before anything is installed.
"""

import contextlib
import itertools
import os
import sys
import threading
import time
import unicodedata
from collections.abc import Iterator

QUIET_SECONDS = 15.0  # without a terminal, a line this often says that it still works


class Step:
    """A step under way; `note` changes what stands behind it, on the last line too."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.detail = ""
        self._began = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show_life, daemon=True)
        self._thread.start()

    def note(self, detail: str) -> None:
        self.detail = detail

    def end(self, mark: str) -> None:
        self._over.set()
        self._thread.join()
        _write(f"{_CLEAR}{mark} {self._line()}\n")

    def _line(self) -> str:
        seconds = time.monotonic() - self._began
        return f"{pad(self.title, 44)} {seconds:6.1f} s  {self.detail}".rstrip()

    def _show_life(self) -> None:
        if not _ON_TERMINAL:
            while not self._over.wait(QUIET_SECONDS):
                _write(f"… {self._line()}\n")
            return
        for frame in itertools.cycle("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"):
            if self._over.wait(0.1):
                return
            _write(f"{_CLEAR}{frame} {self._line()}")


@contextlib.contextmanager
def step(title: str) -> Iterator[Step]:
    """A tick when the block ends, a cross when it raises."""
    running = Step(title)
    try:
        yield running
    except BaseException:
        running.end(coloured("✗", "31"))
        raise
    running.end(coloured("✓", "32"))


def say(text: str = "") -> None:
    _write(f"{text}\n")


def plain(text: str) -> str:
    """A text from outside as a terminal may show it: it moves no cursor, paints nothing and turns no direction."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def table(rows: list[list[str]]) -> str:
    """Columns aligned for a terminal in which a Chinese character takes two cells."""
    widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(pad(c, w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows)


def pad(text: str, cells: int) -> str:
    return text + " " * (cells - width(text))


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def coloured(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if _ON_TERMINAL and "NO_COLOR" not in os.environ else text


def _write(text: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # `make up | head` is no fault
        sys.stdout.write(text)
        sys.stdout.flush()


_ON_TERMINAL = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
_CLEAR = "\r\x1b[K" if _ON_TERMINAL else ""
