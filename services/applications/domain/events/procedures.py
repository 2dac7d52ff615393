"""What stops or lengthens the time to decide."""

from dataclasses import dataclass
from datetime import date

from services.applications.domain.clocks import Clock
from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureStarted(CaseEvent):
    """One of the eight procedures of Art 45 runs; the stretch that was told is excluded."""

    kind: str
    # The time needed as it was told: so many days of this unit, the first and the last day included.
    needs: int
    unit: str
    first_on: date
    last_on: date
    approved_by: str
    article: str
    clocks: tuple[Clock, ...]
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureProlonged(CaseEvent):
    """More time was told in writing before the first was over."""

    kind: str
    needs: int
    unit: str
    last_on: date
    approved_by: str
    clocks: tuple[Clock, ...]
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureEnded(CaseEvent):
    """The procedure is over; what was told and not needed counts again."""

    kind: str
    ended_on: date
    clocks: tuple[Clock, ...]
    result_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineExtended(CaseEvent):
    """The time to decide grew, once, by whom the law names."""

    length: int
    approved_by: str
    article: str
    clocks: tuple[Clock, ...]
    reasons_sha256: str | None = None
    # Of the approval of the head of the same-level government, where several organs decide together.
    instrument: str | None = None


EVENTS: tuple[type[CaseEvent], ...] = (
    ProcedureStarted,
    ProcedureProlonged,
    ProcedureEnded,
    DeadlineExtended,
)
