"""Deadlines under Chinese law, computed from a clock's entries and explained day by day (architecture decision 10).

Pure: no clock, no settings, no log; the standard library only, so that a domain may import it.  Whoever asks hands in
the calendar.  `calendar` says what a day is, `clock` folds what happened, `counting` counts and explains, `working_days`
does arithmetic, `months` lays days out, `wording` says them in Chinese and English, `shipped` reads the shipped calendar.
"""

from shared.deadlines.calendar import (
    AnnouncedDay,
    Calendar,
    CalendarDay,
    CalendarYear,
    Change,
    DayKind,
    Notice,
)
from shared.deadlines.clock import (
    SHANGHAI,
    Clock,
    ClockEntry,
    Exclude,
    Extend,
    Restart,
    Start,
    Unit,
    corresponding_day,
    fold,
)
from shared.deadlines.counting import (
    Deadline,
    ExplainedDay,
    ExplainedKind,
    due,
    evaluate,
    in_time,
    kept_until,
    midnight_after,
)
from shared.deadlines.errors import DeadlineError
from shared.deadlines.working_days import (
    add_working_days,
    announced_working_days_ahead,
    remaining,
    subtract_working_days,
    working_days_between,
)

__all__ = [
    "SHANGHAI",
    "AnnouncedDay",
    "Calendar",
    "CalendarDay",
    "CalendarYear",
    "Change",
    "Clock",
    "ClockEntry",
    "DayKind",
    "Deadline",
    "DeadlineError",
    "Exclude",
    "ExplainedDay",
    "ExplainedKind",
    "Extend",
    "Notice",
    "Restart",
    "Start",
    "Unit",
    "add_working_days",
    "announced_working_days_ahead",
    "corresponding_day",
    "due",
    "evaluate",
    "fold",
    "in_time",
    "kept_until",
    "midnight_after",
    "remaining",
    "subtract_working_days",
    "working_days_between",
]
