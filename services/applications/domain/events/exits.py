"""Ways out that are no decision on the application itself."""

from dataclasses import dataclass

from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRequired(CaseEvent):
    """The matter needs no licence; the applicant was told so at once."""

    declared_by: str
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompetent(CaseEvent):
    """Another organ is competent; a written decision names it and the remedies."""

    declared_by: str
    competent_organ: str
    remedy: str = "R-STD"
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided(CaseEvent):
    """A record made in error, kept and marked void."""

    voided_by: str
    reasons_sha256: str | None = None


EVENTS: tuple[type[CaseEvent], ...] = (
    NotRequired,
    NotCompetent,
    Voided,
)
