"""Who acts for the applicant."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Mandate:
    """A dated, revocable mandate; an empty scope means the whole case."""

    agent_id: UUID
    valid_from: date
    valid_until: date | None = None
    scope: tuple[str, ...] = ()
    revoked_on: date | None = None

    def holds_on(self, on: date) -> bool:
        """Whether the agent may act on this day."""
        begun = self.valid_from <= on
        over = self.valid_until is not None and on > self.valid_until
        return begun and not over and self.revoked_on is None
