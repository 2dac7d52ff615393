"""What a rule may know besides the case and the command: all of it is handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.applications.domain.authority import NO_POWERS, Powers
from services.applications.domain.case import Case
from services.applications.domain.commands import By, Instant
from services.applications.domain.credit import CreditFacts
from services.applications.domain.events import CaseEvent
from services.applications.domain.item import Item, Limit
from shared.deadlines.calendar import Calendar


@dataclass(frozen=True, slots=True)
class HearingLimits:
    """How long a hearing may be asked for, and within what time it is held (LIC-15, 行政许可法 47).

    The law writes 日.  Art 82 counts the organ's limits in working days; whether it also means the applicant's five days
    is a doubt, in which counting working days favours the applicant.  So the unit is data.
    """

    request: Limit
    hold: Limit


AS_WORKING_DAYS = HearingLimits(Limit(5, "working_day"), Limit(20, "working_day"))


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
    hearing: HearingLimits = AS_WORKING_DAYS
    # Posts, delegations and absences of the case's unit.
    powers: Powers = NO_POWERS
    # Numbers of cases of the same item that were accepted earlier and are not decided (Art 57).
    earlier_undecided: tuple[str, ...] = ()
    # Item and version of the other cases, when several are decided together.
    alike: tuple[str, int] | None = None

    # The earlier licence that a follow-up is about, and whether somebody asked for the renewal of this one.
    licence_case: Case | None = None
    renewal_pending: bool = False


# The second argument is the command; each topic names its own type.
Rule = Callable[[Case, Any, Facts], list[CaseEvent]]
