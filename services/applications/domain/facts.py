"""What a rule may know besides the case and the command: all of it is handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.applications.domain.case import Case
from services.applications.domain.commands import By, Instant
from services.applications.domain.credit import CreditFacts
from services.applications.domain.events import CaseEvent
from services.applications.domain.item import Item
from shared.deadlines.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Facts:
    """What the world says at the moment of a command."""

    now: Instant
    by: By
    item: Item
    calendar: Calendar
    credit: CreditFacts | None = None
    # Whether decisions name an address at which a reconsideration can be asked for on line.
    online_reconsideration: bool = True

    # The earlier licence that a follow-up is about, and whether somebody asked for the renewal of this one.
    licence_case: Case | None = None
    renewal_pending: bool = False


# The second argument is the command; each topic names its own type.
Rule = Callable[[Case, Any, Facts], list[CaseEvent]]
