"""Dates that a new notice moves: the methods."""

from services.applications import recalculating
from services.applications.contracts.recalculating import (
    AskRecalculation,
    CalendarPreview,
    OpenDate,
    PreviewCalendar,
    Recalculation,
)
from services.applications.domain.clocks import CLOCK_NAMES, TOLD_TO_THE_APPLICANT, Clock
from services.applications.domain.errors import InvalidRequest
from services.applications.domain.recalculating import counted_again
from services.applications.handlers import Doing
from services.applications.methods.base import Methods
from services.applications.store import recalculating as rows
from services.applications.store.recalculating import OpenCase, cursor_after
from shared.deadlines import Calendar, CalendarYear
from shared.identity import Role
from shared.runtime import Call, rpc, timer


class RecalculatingMethods(Methods):
    """Dates that a new notice moves."""

    @rpc(Role.KEEPER)
    async def preview_calendar(self, call: Call, request: PreviewCalendar) -> CalendarPreview:
        """What a notice would do to every open date; nothing is stored."""
        return await self._ask(call, request, preview_calendar)

    @rpc(Role.KEEPER, Role.OPERATOR)
    async def ask_recalculation(self, call: Call, request: AskRecalculation) -> Recalculation:
        """How many cases wait to be counted again."""
        return await self._ask(call, request, ask_recalculation)

    @timer(seconds=1)
    async def count_again(self) -> None:
        """Count the cases again that wait since a notice arrived."""
        await recalculating.work(self._office, self.runtime.actor)


async def preview_calendar(doing: Doing, request: PreviewCalendar) -> CalendarPreview:
    """A page of open dates before and after the notice."""
    known = doing.office.calendar
    candidate = _with(known, CalendarYear.from_record(request.calendar.model_dump(mode="json")))
    cases = await rows.open_cases(doing.connection, request.cursor, request.limit + 1)
    page = cases[: request.limit]
    dates = [
        _line(case, before, after) for case in page for before, after in counted_again(case.clocks, candidate)
    ]
    moved = [line for line in dates if line.due_before != line.due_after]
    return CalendarPreview(
        edition_before=known.edition,
        edition_after=candidate.edition,
        lines=tuple(moved if request.only_moved else dates),
        dates=len(dates),
        moved=len(moved),
        open_cases=await rows.count_open(doing.connection),
        next_cursor=cursor_after(page[-1]) if len(cases) > request.limit else None,
    )


def _with(known: Calendar, year: CalendarYear) -> Calendar:
    candidate = known.with_year(year)
    if candidate is known:
        raise InvalidRequest(
            "calendar_not_newer",
            f"{year.year}年放假安排第{year.version}版已经载入，或者已有更新的版本。",
            f"Version {year.version} of the calendar of {year.year}, or a newer one, is loaded already.",
            pointer="/calendar/version",
        )
    return candidate


def _line(case: OpenCase, before: Clock, after: Clock) -> OpenDate:
    zh, en, *_ = CLOCK_NAMES[before.name]
    return OpenDate(
        case_no=case.case_no,
        clock=before.name,
        name_zh=zh,
        name_en=en,
        due_before=before.due_on,
        due_after=after.due_on,
        provisional_before=before.provisional,
        provisional_after=after.provisional,
        kept_as_told=before.name in TOLD_TO_THE_APPLICANT and after.due_on == before.due_on,
    )


async def ask_recalculation(doing: Doing, request: AskRecalculation) -> Recalculation:
    """How many cases wait."""
    return Recalculation(
        edition=doing.office.calendar.edition, waiting=await rows.count_waiting(doing.connection)
    )
