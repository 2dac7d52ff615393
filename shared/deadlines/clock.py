"""What happens to a clock: it starts, stands still for some days, starts anew, is extended (architecture decision 10).

A clock is the fold of its entries.  Only the entries are stored; every date is computed from them again, so that a new
calendar or a corrected entry moves the date and nothing else has to be remembered.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from shared.deadlines.errors import DeadlineError

# China has had one time zone without summer time since 1992.  It is written here too, because a domain imports this
# package and the standard library only.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2199, 12, 31)
LONGEST_DAYS = 3_660

Moment = date | datetime


class Unit(StrEnum):
    """How a period is counted.

    Months and years end on the corresponding day, or on the last day of a month that has none (民法典 202).  Days that
    are left out of them move the end by as many days.
    """

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"
    MONTH = "month"
    YEAR = "year"


LONGEST = {
    Unit.WORKING_DAY: LONGEST_DAYS,
    Unit.CALENDAR_DAY: LONGEST_DAYS,
    Unit.HOUR: LONGEST_DAYS * 24,
    Unit.MONTH: 120,
    Unit.YEAR: 10,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEntry:
    """Why this happened to the clock: the article it rests on, the reason told, who approved it, by which document."""

    article: str = ""
    reason: str = ""
    reason_en: str = ""
    approver: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(ClockEntry):
    """The event from which the period runs.  Its day is not counted (民法典 201); hours run at once (201¶2)."""

    at: Moment
    length: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclude(ClockEntry):
    """The clock stands still on these days, both ends excluded, then goes on (行政许可法 45).

    Stretches may overlap, and a day is left out once; days before the start or after the end change nothing.  There is
    no stretch without an end: the time must be told in writing.
    """

    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart(ClockEntry):
    """The whole period begins again; this day is not counted either (政府信息公开条例 30)."""

    at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(ClockEntry):
    """The period grows by this much of its own unit (行政许可法 42)."""

    length: int


@dataclass(frozen=True, slots=True)
class Clock:
    """The state after some entries.  `counting_from` is the moment of the last RESTART, or of START without one."""

    start: Start
    counting_from: Moment
    length: int
    exclusions: tuple[Exclude, ...] = ()
    restarts: tuple[Restart, ...] = ()

    @property
    def unit(self) -> Unit:
        return self.start.unit

    @property
    def started_on(self) -> date:
        return day_of(self.start.at)

    @property
    def counting_from_on(self) -> date:
        return day_of(self.counting_from)

    def after(self, entry: ClockEntry) -> "Clock":
        """The clock after one more entry."""
        match entry:
            case Exclude():
                return replace(self, exclusions=(*self.exclusions, _checked_exclusion(entry)))
            case Restart():
                return self._restarted(entry)
            case Extend():
                return replace(self, length=checked_length(self.length + _positive(entry.length), self.unit))
        raise DeadlineError(
            "clock_started_twice",
            "同一期限出现了两次“起算”：请只保留第一次，重新起算请用 RESTART。",
            "The clock starts twice: keep the first START and write the second as a RESTART.",
        )

    def _restarted(self, entry: Restart) -> "Clock":
        """The last RESTART wins; what was added by EXTEND stays, and so do the excluded days after it."""
        at = checked_moment(entry.at, self.unit)
        if day_of(at) < self.started_on:
            raise DeadlineError(
                "restart_before_start",
                f"重新起算日{day_of(at)}早于起算日{self.started_on}：请核对日期。",
                f"The clock restarts on {day_of(at)}, before it started on {self.started_on}: check the dates.",
            )
        return replace(self, counting_from=at, restarts=(*self.restarts, entry))

    def exclusion_on(self, on: date) -> Exclude | None:
        """The entry that makes the clock stand still on this day; of several the first recorded."""
        return next((entry for entry in self.exclusions if entry.first_on <= on <= entry.last_on), None)

    def restart_on(self, on: date) -> Restart | None:
        return next((entry for entry in reversed(self.restarts) if day_of(entry.at) == on), None)


def fold(entries: Sequence[ClockEntry]) -> Clock:
    """The clock that these entries, in the order they were recorded, have made."""
    start = entries[0] if entries else None
    if not isinstance(start, Start):
        raise DeadlineError(
            "clock_not_started",
            "期限尚未起算：第一条记录必须是 START。",
            "The clock has not started: its first entry must be a START.",
        )
    at = checked_moment(start.at, start.unit)
    clock = Clock(start, at, checked_length(_positive(start.length), start.unit))
    for entry in entries[1:]:
        clock = clock.after(entry)
    return clock


def corresponding_day(day: date, *, years: int = 0, months: int = 0) -> date:
    """The day of the same number so many years and months later, or the last of a month that has none (民法典 202).

    A ban or a licence lasts until this very day; only a period for doing something moves on when it is a rest day.
    """
    checked_day(day)
    year, month = divmod(day.year * 12 + day.month - 1 + years * 12 + months, 12)
    checked_year(year)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_of(moment: Moment) -> date:
    """The day of a moment in China."""
    return moment.astimezone(SHANGHAI).date() if isinstance(moment, datetime) else moment


def checked_moment(moment: Moment, unit: Unit) -> Moment:
    """A moment that this unit can count from: hours need an instant; days take the day of an instant in China."""
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise DeadlineError(
            "moment_without_offset",
            "起算时刻缺少时区：请写成 2026-09-18T09:00+08:00。",
            "The moment has no time zone: write it like 2026-09-18T09:00+08:00.",
        )
    if unit is Unit.HOUR and not isinstance(moment, datetime):
        raise DeadlineError(
            "hours_need_a_moment",
            "按小时计算的期限须有起算时刻：请写成 2026-09-18T09:00+08:00。",
            "A period in hours starts at a moment: give it like 2026-09-18T09:00+08:00.",
        )
    # The comparison is made on the date as written first, because moving 9999-12-31 to China's time would overflow.
    written_on = moment.date() if isinstance(moment, datetime) else moment
    checked_day(written_on)
    return (
        moment.astimezone(SHANGHAI) if isinstance(moment, datetime) and unit is Unit.HOUR else day_of(moment)
    )


def checked_day(on: date) -> date:
    if FIRST_DAY <= on <= LAST_DAY:
        return on
    raise DeadlineError(
        "day_out_of_range",
        f"日期{on}超出可计算的范围：请给出{FIRST_DAY.year}年至{LAST_DAY.year}年之间的日期。",
        f"The day {on} is out of range: give a day of the years {FIRST_DAY.year} to {LAST_DAY.year}.",
        on=on.isoformat(),
    )


def checked_year(year: int) -> int:
    if FIRST_DAY.year <= year <= LAST_DAY.year:
        return year
    raise DeadlineError(
        "day_out_of_range",
        f"算得的年份{year}超出可计算的范围（{FIRST_DAY.year}年至{LAST_DAY.year}年）：请核对日期和期限。",
        f"The year {year} is out of the range {FIRST_DAY.year} to {LAST_DAY.year}: check the day and the period.",
    )


def checked_length(length: int, unit: Unit) -> int:
    longest = LONGEST[unit]
    if length <= longest:
        return length
    raise DeadlineError(
        "length_too_long",
        f"期限过长：最多 {longest}，请核对。",
        f"The period is too long: at most {longest}, check its length.",
        longest=longest,
    )


def _positive(length: int) -> int:
    if type(length) is int and length > 0:
        return length
    raise DeadlineError(
        "length_not_positive",
        "期限必须是大于零的整数：请核对。",
        "The length of a period is a whole number above zero: check it.",
    )


def _checked_exclusion(entry: Exclude) -> Exclude:
    checked_day(entry.first_on)
    checked_day(entry.last_on)
    if entry.first_on <= entry.last_on:
        return entry
    raise DeadlineError(
        "exclusion_ends_before_it_begins",
        f"扣除期间的止日{entry.last_on}早于起日{entry.first_on}：请核对日期。",
        f"The excluded time ends on {entry.last_on}, before it begins on {entry.first_on}: check the dates.",
    )
