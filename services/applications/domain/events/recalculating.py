"""A newly announced year moved dates."""

from dataclasses import dataclass

from services.applications.domain.clocks import Clock
from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksRecomputed(CaseEvent):
    """Dates counted again with a newer calendar."""

    before: str
    after: str
    clocks: tuple[Clock, ...]


EVENTS: tuple[type[CaseEvent], ...] = (ClocksRecomputed,)
