"""What stops or lengthens the time to decide, and nothing else does (行政许可法 42, 45)."""

from dataclasses import dataclass
from typing import Literal

from services.applications.domain.commands.core import Command


@dataclass(frozen=True, slots=True)
class StartProcedure(Command):
    """Start one of the eight procedures of Art 45; the time it needs is told in writing."""

    kind: str
    needs: int
    unit: Literal["working_day", "calendar_day"] = "working_day"
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class ProlongProcedure(Command):
    """The procedure needs more time, told again in writing before the first time is over.

    Of several that run, `kind` names the one; without it there is only one.
    """

    needs: int
    unit: Literal["working_day", "calendar_day"] = "working_day"
    kind: str | None = None
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class EndProcedure(Command):
    """The procedure is over; the clock goes on."""

    kind: str | None = None
    result_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class ExtendDeadline(Command):
    """The head of the organ gives more time once, and the reason is told (Art 42)."""

    length: int
    reasons_sha256: str | None = None
    instrument: str | None = None
