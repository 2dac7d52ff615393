"""Tolerated papers after they came or did not come, results before completion, commitments (domain rules §5.3, §5.4)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.applications.domain.commands.core import Command
from services.applications.domain.materials import Defect


@dataclass(frozen=True, slots=True)
class ConfirmSupply(Command):
    """The papers that came late were examined and are right."""


@dataclass(frozen=True, slots=True)
class FaultSupply(Command):
    """A late paper is wrong: one more notice if time remains; `ends` says that whoever examined it ends the case.

    With a result that was given before completion, the recall begins instead of an end.
    """

    defects: tuple[Defect, ...]
    ends: bool = False
    reasons_sha256: str | None = None
    default_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RequestSupplyExtension(Command):
    """Force majeure: the applicant asks for more time to supply, with what proves it."""

    until: date
    reasons_sha256: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtendSupply(Command):
    """More time to supply, approved by somebody else than whoever entered the request."""

    due_on: date
    reasons_sha256: str


@dataclass(frozen=True, slots=True)
class DeclineSupplyExtension(Command):
    """No more time; when the supply date has passed meanwhile, the case ends by the same decision."""

    reasons_sha256: str
    default_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GrantBeforeCompletion(Command):
    """容缺审批: grant although secondary papers are still to come."""

    reasons_sha256: str | None = None
    minutes_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeRecall(Command):
    """A result given before completion is to be recalled; its holder is heard first."""


@dataclass(frozen=True, slots=True)
class HearOnRecall(Command):
    """What the holder of the result says against the recall."""

    statement_sha256: str


@dataclass(frozen=True, slots=True)
class RecallResult(Command):
    """The result is recalled."""

    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class DropRecall(Command):
    """The result stands after all."""

    reasons_sha256: str


@dataclass(frozen=True, slots=True)
class RecordPostCheck(Command):
    """What the check after a commitment found; what can be mended is mended by a date."""

    material_code: str
    finding: Literal["true", "false", "mendable"]
    findings_sha256: str | None = None
    mend_by: date | None = None
    default_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NotePostCheckOverdue(Command):
    """The time to check the commitments ran out and nobody checked."""
