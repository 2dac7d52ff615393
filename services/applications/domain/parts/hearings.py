"""Hearings and the people whose interests a case touches."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class InterestedParty:
    """Somebody whose major interests the matter concerns (行政许可法 36, 47); the person is a pseudonym."""

    party_id: UUID
    named_on: date
    told_on: date | None = None
    statement_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """A hearing from the telling of the right to its minutes (行政许可法 46–48)."""

    told: tuple[UUID, ...] = ()
    told_on: date | None = None
    requested_by: UUID | None = None
    requested_on: date | None = None
    called_on: date | None = None
    scheduled_on: date | None = None
    held_on: date | None = None
    chair: str | None = None
    minutes_sha256: str | None = None
    closed_because: str | None = None
    announced_on: date | None = None
    # Who said that no hearing is wanted, of those who were told.
    waived: tuple[UUID, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether one was asked for or called and is still to be held."""
        asked = self.requested_on is not None or self.called_on is not None
        return asked and self.held_on is None and self.closed_because is None

    @property
    def waived_by_all(self) -> bool:
        """Whether everybody who was told does without."""
        return bool(self.told) and set(self.told) <= set(self.waived)
