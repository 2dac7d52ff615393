"""A clock of a case: when it ends, what happened to it, and day by day why."""

from datetime import date

from services.applications.contracts import ClockView, DayView
from services.applications.contracts.views import OperationView
from services.applications.domain.clocks import (
    CLOCK_NAMES,
    Clock,
    ClockOperation,
    article_of,
    explain,
    reason_names,
)
from services.applications.domain.item import Item
from shared.deadlines import Calendar
from shared.deadlines.wording import explain_day


def clock_view(clock: Clock, item: Item, today: date, calendar: Calendar, *, explained: bool) -> ClockView:
    """One clock, told day by day when asked; the days are counted again with the newest calendar."""
    zh, en, _ = CLOCK_NAMES[clock.name]
    return ClockView(
        name=clock.name,
        name_zh=zh,
        name_en=en,
        article=article_of(clock.name, is_licence=item.is_licence),
        started_on=clock.started_on,
        length=clock.length,
        unit=clock.unit,
        due_on=clock.due_on,
        provisional=clock.provisional,
        stopped_on=clock.stopped_on,
        overdue=(clock.stopped_on or today) > clock.due_on,
        days=_days(clock, calendar) if explained else (),
        operations=tuple(_operation(entry) for entry in clock.entries),
    )


def _operation(entry: ClockOperation) -> OperationView:
    """What happened to a clock, as everybody may know it: who approved it stands in the document."""
    zh, en = reason_names(entry.reason)
    return OperationView(
        operation=entry.kind.value,
        first_on=entry.first_on,
        last_on=entry.last_on,
        told_until=entry.told_until,
        at=entry.at,
        length=entry.length or None,
        article=entry.article,
        reason=entry.reason,
        reason_zh=zh,
        reason_en=en,
        document=entry.document_no,
    )


def _days(clock: Clock, calendar: Calendar) -> tuple[DayView, ...]:
    return tuple(
        DayView(
            day=day.day,
            counted=day.counted,
            number=day.ordinal,
            why_zh=(words := explain_day(day)).zh,
            why_en=words.en,
            kind=day.kind.value,
            article=day.article,
            reason=day.reason,
            document=day.document,
        )
        for day in explain(clock, calendar).days
    )
