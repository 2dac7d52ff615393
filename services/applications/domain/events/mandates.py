"""Who acts for the applicant, and through which channel."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateGiven(CaseEvent):
    """The applicant named an agent."""

    agent_id: UUID
    valid_from: date
    valid_until: date | None
    scope: tuple[str, ...]
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRevoked(CaseEvent):
    """The applicant took the mandate back."""

    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChanged(CaseEvent):
    """The case goes on through another channel."""

    channel: str
    before: str
    recorded_by: str
    # How the result is to come; None leaves that open.
    delivery: str | None = None


EVENTS: tuple[type[CaseEvent], ...] = (
    MandateGiven,
    MandateRevoked,
    ChannelChanged,
)
