"""What the organ has missed."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Breach:
    """A clock of the organ that ran out: each is put on record once."""

    rule: str
    due_on: date
    clock: str = ""
