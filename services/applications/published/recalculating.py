"""Events of dates that a new notice moves, as they leave."""

from typing import Any

from services.applications.contracts.recalculating import ClocksRecomputedV1, MovedDateV1
from services.applications.domain import events as e
from services.applications.domain.clocks import CLOCK_NAMES, NAMED_TO_THE_APPLICANT
from services.applications.domain.item import Item
from services.applications.published.fields import Published


def _clocks_recomputed(event: e.ClocksRecomputed, _: Item) -> dict[str, Any]:
    provisional = {clock.name: clock.provisional for clock in event.clocks}
    dates = tuple(
        MovedDateV1.model_construct(
            clock=moved.clock,
            name_zh=CLOCK_NAMES[moved.clock][0],
            name_en=CLOCK_NAMES[moved.clock][1],
            due_before=moved.before,
            due_after=moved.after,
            provisional=provisional[moved.clock],
            told_to_applicant=moved.clock in NAMED_TO_THE_APPLICANT,
        )
        for moved in event.dates
    )
    return {"before": event.before, "after": event.after, "dates": dates}


FIELDS: Published = {
    e.ClocksRecomputed: (ClocksRecomputedV1, _clocks_recomputed),
}
