"""Tolerated papers after they came or did not come, and commitments (domain rules §5.3, §5.4)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.applications.domain.commands.core import Command
from services.applications.domain.materials import Defect


@dataclass(frozen=True, slots=True)
class ConfirmSupply(Command):
    """The papers that came late were examined and are right."""


@dataclass(frozen=True, slots=True)
class FaultSupply(Command):
    """A late paper is wrong: one more notice, if time remains."""

    defects: tuple[Defect, ...]


@dataclass(frozen=True, slots=True)
class ExtendSupply(Command):
    """Force majeure: more time to supply, approved by somebody else than who asked."""

    due_on: date
    reasons_sha256: str


@dataclass(frozen=True, slots=True)
class NoticeRecall(Command):
    """A result given before completion is to be recalled; its holder is heard first."""


@dataclass(frozen=True, slots=True)
class RecallResult(Command):
    """The result is recalled."""

    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class RecordPostCheck(Command):
    """What the check after a commitment found."""

    material_code: str
    finding: Literal["true", "false", "mendable"]
    findings_sha256: str | None = None
