"""The values that documents are filled with: none of them is personal data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.applications.domain.case import Case
from services.applications.domain.clocks import Clock
from services.applications.domain.documents import Draft, Secrets
from services.applications.domain.item import Item


@dataclass(frozen=True, slots=True)
class Organ:
    """The words about the organ itself that stand in its documents; all of them are configuration."""

    reconsideration_organ: str
    court: str
    reconsideration_url: str = ""


# The case before the event, the event, the item, the words of the organ, and what only the original shows.
Drafter = Callable[[Case, Any, Item, Organ, Secrets], list[Draft]]


def due_values(clock: Clock) -> dict[str, Any]:
    """When a clock ends, and whether a notice that is not out yet may move that date (§2.1(8))."""
    return {
        f"{clock.name}_due_on": clock.due_on.isoformat(),
        f"{clock.name}_provisional": clock.provisional,
    }


def remedy_values(organ: Organ) -> dict[str, str]:
    """What the block on remedies is made of (domain rules §1.7)."""
    return {
        "reconsideration_organ": organ.reconsideration_organ,
        "court": organ.court,
        "reconsideration_url": organ.reconsideration_url,
    }
