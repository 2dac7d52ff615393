"""Commitments and results that were given before everything was there."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PostCheck:
    """The check of one commitment after the decision (国办发〔2020〕42号)."""

    material_code: str
    finding: str | None = None
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """A result given before completion that is being recalled; its holder is heard first."""

    noticed_on: date
    recalled_on: date | None = None
