"""The applicant said how the case was handled."""

from dataclasses import dataclass

from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(CaseEvent):
    """One of five levels, once; the words themselves are encrypted elsewhere."""

    level: int
    tags: tuple[str, ...] = ()
    words_sha256: str | None = None


EVENTS: tuple[type[CaseEvent], ...] = (Rated,)
