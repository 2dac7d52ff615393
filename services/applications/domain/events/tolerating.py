"""Tolerated papers, results before completion and commitments, afterwards."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.applications.domain.clocks import Clock
from services.applications.domain.events.core import CaseEvent
from services.applications.domain.materials import Defect


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyConfirmed(CaseEvent):
    """The late papers were examined and are right; a result given before is no longer marked as incomplete."""

    examined_by: str
    lifts_mark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyFaulted(CaseEvent):
    """A late paper is wrong; with a clock one more notice went out, without one the time is over."""

    defects: tuple[Defect, ...]
    examined_by: str
    supply: Clock | None = None
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyExtensionRequested(CaseEvent):
    """More time to supply was asked for because of force majeure."""

    until: date
    requested_by: str
    reasons_sha256: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyExtended(CaseEvent):
    """Force majeure gave more time."""

    supply: Clock
    approved_by: str
    reasons_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyExtensionDeclined(CaseEvent):
    """The supply date stands."""

    declined_by: str
    reasons_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallNoticed(CaseEvent):
    """A result given before completion is to be recalled; until the end of the clock its holder can speak."""

    hear_until: Clock
    noticed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallHeard(CaseEvent):
    """The holder spoke against the recall."""

    recorded_by: str
    statement_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRecalled(CaseEvent):
    """The result was recalled, and the recall is to be made public as the result was."""

    recalled_by: str
    reasons_sha256: str | None = None
    to_publish: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallDropped(CaseEvent):
    """The result stands."""

    dropped_by: str
    reasons_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostChecked(CaseEvent):
    """The check after a commitment."""

    material_code: str
    finding: str
    checked_by: str
    findings_sha256: str | None = None
    default_id: UUID | None = None
    mend: Clock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCheckOverdue(CaseEvent):
    """Nobody checked these commitments in time."""

    due_on: date
    materials: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationDue(CaseEvent):
    """A grant rests on a false commitment: the organ has to examine its revocation."""

    material_code: str
    rule: str = "LIC-22"
    article: str = "行政许可法 69(2)"


EVENTS: tuple[type[CaseEvent], ...] = (
    SupplyConfirmed,
    SupplyFaulted,
    SupplyExtensionRequested,
    SupplyExtended,
    SupplyExtensionDeclined,
    RecallNoticed,
    RecallHeard,
    ResultRecalled,
    RecallDropped,
    PostChecked,
    PostCheckOverdue,
    RevocationDue,
)
