"""The press as the service sees it: hands in a paper, gets a PDF, and takes a new press when one fails.

The layout engine parses fonts and lays out what people wrote.  It does so in a process without keys, with a limit of
memory, of processor time and of wall time, so that the worst document costs one press and never the service's loop.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.documents import metrics
from services.documents.domain.errors import CannotBePrinted
from services.documents.domain.form import Paper
from services.documents.press import messages

log = logging.getLogger(__name__)

START_SECONDS = 60.0
# What a press holds on to between two documents grows slowly; a fresh one is cheap.
DOCUMENTS_A_PRESS = 500
_FROM_OUR_ENVIRONMENT = ("PATH", "LANG", "PYTHONPATH", "MALLOC_ARENA_MAX")


class PressFailed(Exception):
    """The press died or took too long over this document; another try may go well."""


class PressCannotStart(Exception):
    """No document at all can be printed: a font or a library is missing."""


@dataclass(frozen=True, slots=True)
class PressOptions:
    """The faces that documents are set in, and the limits of a press."""

    faces: Mapping[str, str]
    more_faces: Sequence[str]
    memory_mib: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Print:
    """A PDF as the press made it, not signed yet."""

    pdf: bytes
    pages: int


class Press:
    """One press; a document at a time."""

    def __init__(self, options: PressOptions) -> None:
        self._options = options
        self._process: Process | None = None
        self._printed = 0
        self._turn = asyncio.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="tongban-press-")

    @property
    def pid(self) -> int | None:
        """The process that lays out, while there is one."""
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """A process ready to print; raises `PressCannotStart` with what is missing."""
        async with self._turn:
            await self._ready()

    async def stop(self) -> None:
        """End the process and forget its folder."""
        await self._end()
        self._folder.cleanup()

    async def print(self, paper: Paper) -> Print:
        """The PDF; raises `CannotBePrinted` (for good) or `PressFailed` (the press is lost)."""
        async with self._turn:
            process = await self._ready()
            try:
                async with asyncio.timeout(self._options.seconds):
                    head, pdf = await _exchange(process, messages.pack(messages.of_paper(paper)))
            except (TimeoutError, OSError, EOFError, ValueError) as error:
                await self._end()
                metrics.record_press_failure()
                raise PressFailed(type(error).__name__) from None
            except BaseException:
                # Stopped in the middle: what comes out of this press next would belong to nobody.
                await self._end()
                raise
            self._printed += 1
        if fault := head.get("fault"):
            raise CannotBePrinted(**fault)
        return Print(pdf, int(head["pages"]))

    async def _ready(self) -> Process:
        if self._printed >= DOCUMENTS_A_PRESS:
            await self._end()
        if self._process is None or self._process.returncode is not None:
            self._process = await self._start()
            self._printed = 0
        return self._process

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.documents.press",
            self._configuration(),
            stdin=PIPE,
            stdout=PIPE,
            env=self._environment(),
            cwd=Path(__file__).resolve().parents[2],
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                head, _ = await _read(process)
        except (TimeoutError, EOFError, ValueError) as error:
            await _kill(process)
            raise PressCannotStart(f"the press did not start: {type(error).__name__}") from None
        if "ready" not in head:
            await _kill(process)
            raise PressCannotStart(str(head.get("cannot_start")))
        log.info("press_started pid=%s", process.pid)
        return process

    def _configuration(self) -> str:
        options = self._options
        return json.dumps(
            {
                "faces": dict(options.faces),
                "more_faces": list(options.more_faces),
                "memory_mib": options.memory_mib,
                "seconds": options.seconds,
                "folder": self._folder.name,
            }
        )

    def _environment(self) -> dict[str, str]:
        # Neither an address with a password nor the place of a key reaches the press.
        return {name: os.environ[name] for name in _FROM_OUR_ENVIRONMENT if name in os.environ} | {
            "HOME": self._folder.name
        }

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await _kill(process)


async def _exchange(process: Process, message: bytes) -> tuple[dict[str, Any], bytes]:
    assert process.stdin is not None
    process.stdin.write(message)
    await process.stdin.drain()
    return await _read(process)


async def _read(process: Process) -> tuple[dict[str, Any], bytes]:
    assert process.stdout is not None
    head, body = messages.lengths(await process.stdout.readexactly(messages.LENGTH.size))
    return json.loads(await process.stdout.readexactly(head)), await process.stdout.readexactly(body)


async def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
