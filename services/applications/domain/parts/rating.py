"""What the applicant thought of how the case was handled."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Rating:
    """A level from 1 (very dissatisfied) to 5 (very satisfied), with what was good or wrong; the words by digest."""

    level: int
    rated_on: date
    tags: tuple[str, ...] = ()
    words_sha256: str | None = None
