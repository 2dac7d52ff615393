"""Arithmetic on working days, for limits that hang on another date, and the days that are left of a clock."""

from datetime import date, timedelta

from shared.deadlines.calendar import Calendar
from shared.deadlines.clock import LAST_DAY, LONGEST_DAYS, Unit, checked_day
from shared.deadlines.counting import ONE_DAY, Deadline
from shared.deadlines.errors import DeadlineError


def add_working_days(day: date, number: int, calendar: Calendar) -> date:
    """The `number`-th working day after this day; the day itself for none."""
    return _nth_working_day(day, number, ONE_DAY, calendar)


def subtract_working_days(day: date, number: int, calendar: Calendar) -> date:
    """The `number`-th working day before this day; the day itself for none."""
    return _nth_working_day(day, number, -ONE_DAY, calendar)


def _nth_working_day(day: date, number: int, step: timedelta, calendar: Calendar) -> date:
    if not 0 <= number <= LONGEST_DAYS:
        raise DeadlineError(
            "length_too_long",
            f"工作日数超出范围：请给出 0 至 {LONGEST_DAYS} 之间的整数。",
            f"The number of working days is out of range: give 0 to {LONGEST_DAYS}.",
            longest=LONGEST_DAYS,
        )
    checked_day(day)
    for _ in range(number):
        day += step
        while not calendar.is_working_day(day):
            day += step
    return day


def working_days_between(earlier: date, later: date, calendar: Calendar) -> int:
    """Working days after the earlier day up to and with the later one; negative when they are the other way round."""
    if later < earlier:
        return -working_days_between(later, earlier, calendar)
    checked_day(earlier)
    checked_day(later)
    distance = range(1, (later - earlier).days + 1)
    return sum(calendar.is_working_day(earlier + timedelta(days=days)) for days in distance)


def announced_working_days_ahead(today: date, calendar: Calendar) -> int:
    """Working days after today up to the first day that no notice covers: so far can a date be told for certain."""
    announced, day = 0, checked_day(today) + ONE_DAY
    while (known := calendar.day(day)).announced and day <= LAST_DAY:
        announced += known.is_working
        day += ONE_DAY
    return announced


def remaining(deadline: Deadline, today: date, calendar: Calendar) -> int:
    """Days of the clock's own kind that are left after today: 0 on the last day, negative when overdue."""
    if deadline.unit is not Unit.WORKING_DAY:
        return (deadline.due_on - today).days
    if today > deadline.due_on:
        return -working_days_between(deadline.due_on, today, calendar)
    return sum(day.counted for day in deadline.days if day.day > today)
