"""Examples of the contracts of dates that a new notice moves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from pydantic import BaseModel

from services.applications.contracts.recalculating import CalendarPreview, OpenDate, Recalculation
from services.applications.domain import events as e
from services.applications.domain.events.recalculating import MovedDate
from services.applications.domain.evolve import evolve
from services.applications.publishing import contract_of
from tests.applications.domain.cases import FRIDAY, ITEM, accepted

_BEFORE, _AFTER = "2024v1 2025v1 2026v1", "2024v1 2025v1 2026v2"


def _recomputed() -> BaseModel:
    case = accepted()
    statutory = case.clock("statutory")
    assert statutory is not None
    moved = replace(statutory, due_on=date(2026, 10, 23), calendar=_AFTER)
    event = e.ClocksRecomputed(
        effective_on=FRIDAY,
        before=_BEFORE,
        after=_AFTER,
        clocks=(moved,),
        dates=(MovedDate("statutory", statutory.due_on, moved.due_on),),
    )
    return contract_of(evolve(case, event), event, ITEM)


EVENTS: dict[str, Callable[[], BaseModel]] = {"clocks_recomputed.v1": _recomputed}
VIEWS: dict[str, Callable[[], BaseModel]] = {
    "calendar_preview": lambda: CalendarPreview(
        edition_before=_BEFORE,
        edition_after=_AFTER,
        lines=(
            OpenDate(
                case_no="11341600762764234C3000180002001202609180001",
                clock="statutory",
                name_zh="法定办结时限",
                name_en="statutory time to decide",
                due_before=date(2026, 10, 22),
                due_after=date(2026, 10, 23),
                provisional_before=False,
                provisional_after=False,
            ),
        ),
        dates=2,
        moved=1,
        open_cases=1,
        next_cursor="2026-10-22_01900000-0000-7000-8000-000000000001",
    ),
    "recalculation": lambda: Recalculation(edition=_AFTER, waiting=3),
}
