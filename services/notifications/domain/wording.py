"""How dates and times are written in a notice."""

from datetime import date, datetime

_WEEKDAYS = "一二三四五六日"


def day(on: date) -> str:
    """A day as people read it: 2026年12月22日(周二)."""
    return f"{on.year}年{on.month}月{on.day}日(周{_WEEKDAYS[on.weekday()]})"


def moment(at: datetime) -> str:
    """An instant, already in local time: 2026年12月22日(周二)09:05."""
    return f"{day(at)}{at:%H:%M}"
