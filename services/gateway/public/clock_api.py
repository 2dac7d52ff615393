"""The public calculator: a clock written down as a scenario, answered as `tongban clock` answers it."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.catalogue import contracts as k
from services.gateway import client, examples
from services.gateway.answers import Answer
from services.gateway.forms import Form
from services.gateway.identity.throttle import CALCULATOR
from services.gateway.operations import ANYBODY, Visit
from services.gateway.public.api import room
from shared.deadlines import Calendar, CalendarYear
from shared.deadlines.records import scenario_record
from shared.deadlines.scenario import LONGEST_TEXT, MOST_OPERATIONS, read_scenario
from shared.deadlines.shipped import shipped_calendar
from shared.errors import Unavailable

Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Moment = Annotated[str, Field(max_length=40, description="2026-09-18, 小时 for hours 2026-09-18T09:00+08:00")]


class _Sources(Form):
    """What an entry rests on; it is told with the days."""

    article: Text | None = None
    reason: Text | None = None
    approver: Text | None = None
    document: Text | None = None


class ScenarioOperation(_Sources):
    """EXCLUDE 扣除 takes `from` and `until` (both ends are left out), RESTART 重新起算 `at`, EXTEND 延长 `length`."""

    operation: Literal["EXCLUDE", "RESTART", "EXTEND"]
    first: Moment | None = Field(default=None, alias="from")
    until: Moment | None = None
    at: Moment | None = None
    length: int | None = None


class ClockScenario(_Sources):
    """A clock: its start, its length, and what happened to it, in the order in which it was recorded."""

    start: Moment
    length: int
    unit: Literal["working_day", "calendar_day", "hour", "month", "year"]
    operations: Annotated[tuple[ScenarioOperation, ...], Field(max_length=MOST_OPERATIONS)] | None = None


class Words(BaseModel):
    """The same in Chinese and in English."""

    zh: str
    en: str


class ExplainedDayView(BaseModel):
    """One day: its number when it was counted, why not when it was not, and what it rests on."""

    model_config = ConfigDict(extra="forbid")

    day: date
    kind: str
    name: str
    counted: bool
    ordinal: int | None
    counted_hours: float | None = None
    article: str = ""
    reason: str = ""
    document: str = ""
    announced: bool
    why: Words


class ClockAnswer(BaseModel):
    """When the period ends (`due_on`, for hours `due_at`) and every day of its way."""

    model_config = ConfigDict(extra="forbid")

    start: str
    length: int
    unit: str
    length_in_all: int
    due_on: date | None = None
    due_at: str | None = None
    provisional: bool
    provisional_because: Words | None
    calendar: str
    days: list[ExplainedDayView]


@room.post(
    "/public/clock",
    who=ANYBODY,
    zh="计算期限，逐日说明（扣除、重新起算、延长）",
    en="When a period ends, every day explained, with what was left out, begun again or added",
    body=ClockScenario,
    reply=ClockAnswer,
    problems=("bad_scenario", "too_many_attempts"),
    example=examples.CLOCK,
)
async def count_clock(visit: Visit) -> Answer:
    await visit.gateway.throttle.count(CALCULATOR, visit.address)
    scenario = read_scenario(visit.body(ClockScenario).model_dump(by_alias=True, exclude_none=True))
    answer: dict[str, Any] = scenario_record(scenario, scenario.replay(await calendar_in_force(visit)))
    return Answer(answer)


async def calendar_in_force(visit: Visit) -> Calendar:
    """The published years; while the catalogue is away, those that came with the program. The answer names them."""
    try:
        known = await visit.gateway.services.ask(visit.visitor, client.LIST_CALENDARS, k.ListCalendars())
    except Unavailable:
        return shipped_calendar()
    years = [CalendarYear.from_record(year.model_dump(mode="json")) for year in known.calendars]
    return Calendar.from_years(years)
