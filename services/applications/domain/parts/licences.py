"""The licence that a case gave."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Licence:
    """A certificate with its validity; how it ended is the state of the case."""

    number: str
    valid_from: date
    valid_until: date | None = None
    # The later case that changed or renewed it.
    followed_by: UUID | None = None
