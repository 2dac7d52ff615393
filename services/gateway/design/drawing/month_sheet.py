"""The month sheet: why this date. Every day of a time limit in its month: counted, rest, holiday, make-up, excluded."""

from datetime import date

from markupsafe import Markup

from services.applications.contracts import ClockView, DayView
from shared.deadlines import DayKind
from shared.deadlines.months import MonthSheet, SheetDay, month_sheets
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import day_zh

_LEGEND = (
    ("day--first", "起算日（不计入）"),
    ("day--counted", "计入的工作日"),
    ("day--makeup", "调休上班，计入"),
    ("day--rest", "周末，不计入"),
    ("day--holiday", "节假日，不计入"),
    ("day--excluded", "依法扣除"),
    ("day--last", "最后一天"),
)


def month_sheet(clock: ClockView) -> Markup:
    """The months of this clock and the table of its days; nothing when the clock was not explained."""
    if not clock.days:
        return Markup("")
    days = {day.day: day for day in clock.days}
    months = month_sheets(clock.days[0].day, clock.due_on, shipped_calendar())
    used = {
        _style(days[cell.on], cell, clock) for month in months for cell in _cells(month) if cell.on in days
    }
    return Markup(
        '<figure class="drawing"><figcaption>{}</figcaption><div class="months">{}</div>'
        '<ul class="legend">{}</ul><details><summary>逐日说明</summary>{}</details></figure>'
    ).format(
        reading(clock),
        Markup("").join(_month(month, days, clock) for month in months),
        _legend(used),
        _table(clock),
    )


def reading(clock: ClockView) -> str:
    """What the sheet shows, in one sentence."""
    counted = [day for day in clock.days if day.counted]
    skipped = len(clock.days) - len(counted) - 1
    units = {"working_day": "个工作日", "calendar_day": "日"}
    unit = units.get(clock.unit, "")
    extended = sum(one.length or 0 for one in clock.operations if one.operation == "EXTEND")
    more = f"，延长{extended}{unit}" if extended else ""
    sentence = (
        f"{clock.name_zh}：自{day_zh(clock.started_on)}的次日起计算{clock.length}{unit}{more}，"
        f"最后一天是{day_zh(clock.due_on)}"
    )
    sentence += f"；其间有{skipped}天不计入。" if skipped > 0 else "。"
    if clock.provisional:
        sentence += "所涉年度的放假安排尚未公布，公布后重新计算。"
    return sentence


def _cells(month: MonthSheet) -> list[SheetDay]:
    return [cell for week in month.weeks for cell in week if cell is not None]


def _style(day: DayView, cell: SheetDay, clock: ClockView) -> str:
    if day.day == clock.due_on:
        return "day--last"
    if day.day == clock.started_on:
        return "day--first"
    if day.counted:
        return "day--makeup" if cell.kind is DayKind.MAKE_UP_WORKDAY else "day--counted"
    if "扣除" in day.why_zh:
        return "day--excluded"
    return "day--holiday" if cell.kind is DayKind.HOLIDAY else "day--rest"


def _month(month: MonthSheet, days: dict[date, DayView], clock: ClockView) -> Markup:
    weeks = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(_cell(cell, days, clock) for cell in week))
        for week in month.weeks
        if any(cell is not None for cell in week)
    )
    names = Markup("").join(Markup("<th scope=col>{}</th>").format(name) for name in "一二三四五六日")
    return Markup(
        '<table class="month"><caption>{}年{}月</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(month.year, month.month, names, weeks)


def _cell(cell: SheetDay | None, days: dict[date, DayView], clock: ClockView) -> Markup:
    if cell is None:
        return Markup("<td></td>")
    day = days.get(cell.on)
    if day is None:
        return Markup('<td><span class="day day--outside">{}</span></td>').format(cell.on.day)
    style = _style(day, cell, clock)
    why = f"{day_zh(day.day)}：{_why(day, clock)}"
    special = style not in ("day--counted", "day--rest")
    below = f"第{day.number}" if day.counted and day.number else _short(style)
    return Markup(
        '<td><span class="day {}" data-why="{}"{}>{}<small>{}</small><span class="visually-hidden">{}</span></span></td>'
    ).format(style, why, Markup(' tabindex="0"') if special else "", cell.on.day, below, why)


def _short(style: str) -> str:
    return {"day--rest": "休", "day--holiday": "假", "day--first": "起", "day--excluded": "扣"}.get(style, "")


def _why(day: DayView, clock: ClockView) -> str:
    counted = f"，第{day.number}个" if day.counted and day.number else ""
    last = "，最后一天" if day.day == clock.due_on else ""
    return f"{day.why_zh}{counted}{last}"


def _legend(used: set[str]) -> Markup:
    return Markup("").join(
        Markup('<li><span class="day {}" aria-hidden="true"></span>{}</li>').format(style, words)
        for style, words in _LEGEND
        if style in used
    )


def _table(clock: ClockView) -> Markup:
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td><td>{}</td></tr>").format(
            day_zh(day.day), day.number if day.counted and day.number else "不计", day.why_zh
        )
        for day in clock.days
    )
    return Markup(
        "<table><thead><tr><th scope=col>日期</th><th scope=col>计数</th><th scope=col>原因</th></tr></thead>"
        "<tbody>{}</tbody></table>"
    ).format(rows)
