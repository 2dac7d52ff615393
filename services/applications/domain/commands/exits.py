"""Ways out that are no decision on the application itself."""

from dataclasses import dataclass
from typing import Literal

from services.applications.domain.commands.core import Command


@dataclass(frozen=True, slots=True)
class DeclareNotRequired(Command):
    """The matter needs no licence (行政许可法 32¶1(1))."""

    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class DeclareNotCompetent(Command):
    """The matter is not this organ's; the right one is named (行政许可法 32¶1(2))."""

    competent_organ: str = ""
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class TerminateCase(Command):
    """The case lost its object or its applicant."""

    ground: Literal["applicant_ended", "object_lost"]
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class VoidCase(Command):
    """A record made in error is marked void; only a supervisor does it, with a reason."""

    reasons_sha256: str | None = None
