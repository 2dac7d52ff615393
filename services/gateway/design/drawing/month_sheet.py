"""The month sheet: why this date. Every day of a time limit in its month: counted, rest, holiday, make-up, excluded."""

from datetime import date

from markupsafe import Markup

from services.applications.contracts import ClockView, DayView
from services.gateway.design.language import N_, _, chosen, spoken
from services.gateway.design.words import day_said, length
from shared.deadlines import DayKind
from shared.deadlines.counting import ExplainedKind
from shared.deadlines.months import MonthSheet, SheetDay, month_sheets
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import weekday_en, weekday_zh

_LEGEND = (
    ("day--first", N_("起算日（不计入）")),
    ("day--counted", N_("计入的工作日")),
    ("day--makeup", N_("调休上班，计入")),
    ("day--rest", N_("周末，不计入")),
    ("day--holiday", N_("节假日，不计入")),
    ("day--excluded", N_("依法扣除")),
    ("day--last", N_("最后一天")),
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
        '<ul class="legend">{}</ul><details><summary>{}</summary>{}</details></figure>'
    ).format(
        reading(clock),
        Markup("").join(_month(month, days, clock) for month in months),
        _legend(used),
        _("逐日说明"),
        _table(clock),
    )


def reading(clock: ClockView) -> str:
    """What the sheet shows, in one sentence."""
    counted = [day for day in clock.days if day.counted]
    skipped = len(clock.days) - len(counted) - 1
    extended = sum(one.length or 0 for one in clock.operations if one.operation == "EXTEND")
    return "".join(
        (
            _(
                "{clock}：自{day}的次日起计算{length}",
                clock=spoken(clock, "name"),
                day=day_said(clock.started_on),
                length=length(clock.length, clock.unit),
            ),
            _("，延长{length}", length=length(extended, clock.unit)) if extended else "",
            _("，最后一天是{day}", day=day_said(clock.due_on)),
            _("；其间有{count}天不计入。", count=skipped) if skipped > 0 else _("。"),
            _("所涉年度的放假安排尚未公布，公布后重新计算。") if clock.provisional else "",
        )
    )


def _cells(month: MonthSheet) -> list[SheetDay]:
    return [cell for week in month.weeks for cell in week if cell is not None]


def _style(day: DayView, cell: SheetDay, clock: ClockView) -> str:
    if day.day == clock.due_on:
        return "day--last"
    if day.day == clock.started_on:
        return "day--first"
    if day.counted:
        return "day--makeup" if cell.kind is DayKind.MAKE_UP_WORKDAY else "day--counted"
    if day.kind in (ExplainedKind.EXCLUDED, ExplainedKind.SET_ASIDE):
        return "day--excluded"
    return "day--holiday" if cell.kind is DayKind.HOLIDAY else "day--rest"


def _month(month: MonthSheet, days: dict[date, DayView], clock: ClockView) -> Markup:
    weeks = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(_cell(cell, days, clock) for cell in week))
        for week in month.weeks
        if any(cell is not None for cell in week)
    )
    first = date(month.year, month.month, 1)
    return Markup(
        '<table class="month"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(chosen(f"{month.year}年{month.month}月", f"{first:%B %Y}"), _weekdays(), weeks)


def _weekdays() -> Markup:
    """Monday to Sunday, as short as they are written over a month."""
    # The first of June 2026 is a Monday.
    week = [date(2026, 6, number) for number in range(1, 8)]
    return Markup("").join(
        Markup("<th scope=col>{}</th>").format(chosen(weekday_zh(on)[1:], weekday_en(on)[:2])) for on in week
    )


def _cell(cell: SheetDay | None, days: dict[date, DayView], clock: ClockView) -> Markup:
    if cell is None:
        return Markup("<td></td>")
    day = days.get(cell.on)
    if day is None:
        return Markup('<td><span class="day day--outside">{}</span></td>').format(cell.on.day)
    style = _style(day, cell, clock)
    why = _("{day}：{why}", day=day_said(day.day), why=_why(day, clock))
    special = style not in ("day--counted", "day--rest")
    below = _("第{number}", number=day.number) if day.counted and day.number else _short(style)
    return Markup(
        '<td><span class="day {}" data-why="{}"{}>{}<small>{}</small><span class="visually-hidden">{}</span></span></td>'
    ).format(style, why, Markup(' tabindex="0"') if special else "", cell.on.day, below, why)


def _short(style: str) -> str:
    return {
        "day--rest": _("休"),
        "day--holiday": _("假"),
        "day--first": _("起"),
        "day--excluded": _("扣"),
    }.get(style, "")


def _why(day: DayView, clock: ClockView) -> str:
    counted = _("，第{number}个", number=day.number) if day.counted and day.number else ""
    last = _("，最后一天") if day.day == clock.due_on else ""
    return f"{spoken(day, 'why')}{counted}{last}"


def _legend(used: set[str]) -> Markup:
    return Markup("").join(
        Markup('<li><span class="day {}" aria-hidden="true"></span>{}</li>').format(style, _(words))
        for style, words in _LEGEND
        if style in used
    )


def _table(clock: ClockView) -> Markup:
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td><td>{}</td></tr>").format(
            day_said(day.day), day.number if day.counted and day.number else _("不计"), spoken(day, "why")
        )
        for day in clock.days
    )
    return Markup(
        "<table><thead><tr><th scope=col>{}</th><th scope=col>{}</th><th scope=col>{}</th></tr></thead>"
        "<tbody>{}</tbody></table>"
    ).format(_("日期"), _("计数"), _("原因"), rows)
