"""Tells what happens: to a person in two languages, one line per step with its tick and time, or to a program in JSON lines."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table

from deploy.local.faults import Fault
from shared.time import now, shanghai

NARROW, WIDE = 60, 108


@dataclass
class Step:
    """One step under way; what it says is known when it is done."""

    scene: str
    name: str
    zh: str = ""
    en: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    details: list[tuple[str, str]] = field(default_factory=list)
    tables: list[RenderableType] = field(default_factory=list)
    seconds: float = 0.0

    def says(self, zh: str, en: str, **facts: Any) -> None:
        """What happened, and the same as values for a program."""
        self.zh, self.en = zh, en
        self.facts |= facts

    def detail(self, zh: str, en: str = "") -> None:
        """A line below, for a person."""
        self.details.append((zh, en))

    def shows(self, table: Table) -> None:
        """A table below, for a person."""
        self.tables.append(table)


class Teller(Protocol):
    """How a story reaches its audience."""

    def scene(self, name: str, zh: str, en: str) -> None: ...

    def working(self, step: Step) -> None: ...

    def done(self, step: Step) -> None: ...

    def failed(self, step: Step, fault: Fault) -> None: ...


class Story:
    """The scenes and steps, in order, each with the time it took."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._scene = ""
        self.steps = 0

    def scene(self, name: str, zh: str, en: str) -> None:
        """Another part begins."""
        self._scene = name
        self._teller.scene(name, zh, en)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """A tick when the block ends, a cross when it raises."""
        step, began = Step(self._scene, name), time.monotonic()
        self._teller.working(step)
        try:
            yield step
        except Fault as fault:
            step.seconds = time.monotonic() - began
            step.says(f"步骤 {name} 没有完成", f"The step {name} failed")
            self._teller.failed(step, fault)
            raise
        step.seconds = time.monotonic() - began
        self.steps += 1
        self._teller.done(step)


class ForPeople:
    """Chinese first, English on the second line; colour and a spinner only on a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        if not console.is_terminal:
            console.width = WIDE  # a file has no width of its own
        self._width = max(NARROW, min(console.width, WIDE))
        self._status = console.status("") if console.is_terminal else None

    def scene(self, name: str, zh: str, en: str) -> None:
        head = f"({name}) " if len(name) == 1 else ""
        self._console.print(f"\n{head}{zh}", style="bold", markup=False, highlight=False, soft_wrap=True)
        self._console.print(" " * len(head) + en, style="dim", markup=False, highlight=False, soft_wrap=True)

    def working(self, step: Step) -> None:
        if self._status:
            self._status.start()

    def done(self, step: Step) -> None:
        self._stop()
        self._say("✓", "green", step)
        for zh, en in step.details:
            self._console.print(f"    · {zh}", markup=False, highlight=False, soft_wrap=True)
            if en:
                self._console.print(f"      {en}", style="dim", markup=False, highlight=False, soft_wrap=True)
        for table in step.tables:
            self._console.print(table)

    def failed(self, step: Step, fault: Fault) -> None:
        # The sentence itself is told once, at the end, by whoever started the story.
        self._stop()
        self._say("✗", "red", step)

    def _say(self, mark: str, style: str, step: Step) -> None:
        seconds = f"{step.seconds:6.2f} s"
        gap = max(2, self._width - cell_len(step.zh) - 4 - len(seconds))
        self._console.print(f"  [{style}]{mark}[/] ", end="", highlight=False)
        for text, dim, end in (
            (step.zh, False, ""),
            (" " * gap + seconds, True, "\n"),
            (f"    {step.en}", True, "\n"),
        ):
            self._console.print(
                text, style="dim" if dim else "", end=end, markup=False, highlight=False, soft_wrap=True
            )

    def _stop(self) -> None:
        if self._status:
            self._status.stop()


class ForPrograms:
    """One JSON object a line, always with the same keys."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def scene(self, name: str, zh: str, en: str) -> None:
        pass

    def working(self, step: Step) -> None:
        pass

    def done(self, step: Step) -> None:
        self._write(step, None)

    def failed(self, step: Step, fault: Fault) -> None:
        log = str(fault.log) if fault.log else None
        self._write(step, {"zh": fault.zh, "en": fault.en, "log": log})

    def _write(self, step: Step, error: dict[str, str | None] | None) -> None:
        line = {
            "scene": step.scene,
            "step": step.name,
            "ok": error is None,
            "at": shanghai(now()).isoformat(timespec="milliseconds"),
            "ms": round(step.seconds * 1000, 1),
            "zh": step.zh,
            "en": step.en,
            "facts": step.facts,
            "error": error,
        }
        print(json.dumps(line, ensure_ascii=False), file=self._console.file, flush=True)
