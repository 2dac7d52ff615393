"""Tolerated papers and commitments, afterwards."""

from dataclasses import dataclass
from uuid import UUID

from services.applications.domain.clocks import Clock
from services.applications.domain.events.core import CaseEvent
from services.applications.domain.materials import Defect


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyConfirmed(CaseEvent):
    """The late papers were examined and are right."""

    examined_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyFaulted(CaseEvent):
    """A late paper is wrong; one more notice went out."""

    defects: tuple[Defect, ...]
    examined_by: str
    supply: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyExtended(CaseEvent):
    """Force majeure gave more time."""

    supply: Clock
    approved_by: str
    reasons_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallNoticed(CaseEvent):
    """A result given before completion is to be recalled."""

    hear_until: Clock
    noticed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRecalled(CaseEvent):
    """The result was recalled."""

    recalled_by: str
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostChecked(CaseEvent):
    """The check after a commitment."""

    material_code: str
    finding: str
    checked_by: str
    findings_sha256: str | None = None
    default_id: UUID | None = None


EVENTS: tuple[type[CaseEvent], ...] = (
    SupplyConfirmed,
    SupplyFaulted,
    SupplyExtended,
    RecallNoticed,
    ResultRecalled,
    PostChecked,
)
