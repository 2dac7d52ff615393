"""The keeper's calendars: which years are announced, what a new notice would move, loading it, how far it has come."""

from pydantic import Field

from services.applications.contracts.recalculating import (
    AskRecalculation,
    CalendarPreview,
    PreviewCalendar,
    Recalculation,
)
from services.catalogue import contracts as k
from services.gateway import client, examples
from services.gateway.answers import Answer
from services.gateway.keeper.api import WHO, room
from services.gateway.operations import PageQuery, Visit


class PreviewQuery(PageQuery):
    """Which page of the open dates; `limit` counts cases."""

    limit: int = Field(default=100, ge=1, le=500, description="每页办件数 cases a page")
    only_moved: bool = False


@room.get(
    "/calendars",
    who=WHO,
    zh="已载入的放假安排及其覆盖范围",
    en="The loaded years with their sources, and how far ahead they reach",
    reply=k.CalendarList,
)
async def list_calendars(visit: Visit) -> Answer:
    return Answer(await visit.gateway.services.ask(visit.visitor, client.LIST_CALENDARS, k.ListCalendars()))


@room.post(
    "/calendars/preview",
    who=WHO,
    zh="载入前对比：各在办期限变动前后",
    en="Every open date before and after a notice; nothing is stored",
    body=k.GivenCalendar,
    query=PreviewQuery,
    reply=CalendarPreview,
    problems=("invalid_cursor", "bad_calendar", "calendar_not_newer"),
    example=examples.CALENDAR,
)
async def preview_calendar(visit: Visit) -> Answer:
    query, calendar = visit.query(PreviewQuery), visit.body(k.GivenCalendar)
    filters = {"only_moved": query.only_moved, "year": calendar.year, "version": calendar.version}
    request = PreviewCalendar(
        calendar=calendar,
        only_moved=query.only_moved,
        cursor=visit.cursor_in(query.cursor, **filters),
        limit=query.limit,
    )
    page = await visit.gateway.services.ask(visit.visitor, client.PREVIEW_CALENDAR, request)
    if page.next_cursor is not None:
        sealed = visit.gateway.cursors.seal(page.next_cursor, visit.scope_of_list(**filters))
        page = page.model_copy(update={"next_cursor": sealed})
    return Answer(page)


@room.post(
    "/calendars",
    who=WHO,
    zh="载入一年的放假安排：在办期限随即重新计算",
    en="Load the notice of a year: open dates are counted again at once",
    body=k.GivenCalendar,
    reply=k.CalendarReceipt,
    idempotent=True,
    problems=("calendar_refused",),
    example=examples.CALENDAR,
)
async def load_calendar(visit: Visit) -> Answer:
    command = k.PublishCalendar(calendar=visit.body(k.GivenCalendar))
    return Answer(
        await visit.gateway.services.ask(visit.visitor, client.PUBLISH_CALENDAR, command, visit.command)
    )


@room.get(
    "/recalculation",
    who=WHO,
    zh="期限重新计算的进度",
    en="How many cases wait to be counted again",
    reply=Recalculation,
)
async def get_recalculation(visit: Visit) -> Answer:
    return Answer(
        await visit.gateway.services.ask(visit.visitor, client.ASK_RECALCULATION, AskRecalculation())
    )
