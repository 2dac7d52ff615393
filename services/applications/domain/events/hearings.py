"""Hearings and interested parties."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.applications.domain.clocks import Clock
from services.applications.domain.events.core import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestedPartyNamed(CaseEvent):
    """Somebody whose major interests the matter concerns."""

    party_id: UUID
    named_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingRightsTold(CaseEvent):
    """The applicant and the interested parties were told of the right to a hearing."""

    told: tuple[UUID, ...]
    request_by: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingRequested(CaseEvent):
    """A hearing has to be held within twenty days."""

    party_id: UUID
    hold_by: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingWaived(CaseEvent):
    """Somebody who was told of the right does without a hearing."""

    party_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingCalled(CaseEvent):
    """The organ holds a hearing on its own motion."""

    called_by: str
    article: str
    reasons_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingScheduled(CaseEvent):
    """Time, place and chair were told."""

    held_on: date
    chair: str
    told_on: date
    place_sha256: str | None = None
    announced_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingHeld(CaseEvent):
    """The hearing took place; the decision rests on its minutes."""

    held_on: date
    chair: str
    minutes_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingClosed(CaseEvent):
    """No hearing is held after all."""

    ground: str
    words_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRecorded(CaseEvent):
    """A statement of the applicant or of an interested party."""

    party_id: UUID
    statement_sha256: str


EVENTS: tuple[type[CaseEvent], ...] = (
    InterestedPartyNamed,
    HearingRightsTold,
    HearingRequested,
    HearingWaived,
    HearingCalled,
    HearingScheduled,
    HearingHeld,
    HearingClosed,
    StatementRecorded,
)
