"""A newly announced year moved dates."""

from dataclasses import dataclass
from datetime import date

from services.applications.domain.clocks import Clock
from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True)
class MovedDate:
    """A date that was counted again; one that did not move is settled now."""

    clock: str
    before: date
    after: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksRecomputed(CaseEvent):
    """Dates counted again with a newer calendar; `before` and `after` are the editions."""

    before: str
    after: str
    clocks: tuple[Clock, ...]
    dates: tuple[MovedDate, ...] = ()


EVENTS: tuple[type[CaseEvent], ...] = (ClocksRecomputed,)
