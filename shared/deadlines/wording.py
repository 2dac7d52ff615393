"""Deadlines in words, the same on pages, in documents, over the API and in the terminal."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.deadlines.clock import SHANGHAI, Unit
from shared.deadlines.counting import Deadline, ExplainedDay, ExplainedKind

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_HOLIDAYS_EN = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Qingming",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
    "国庆节、中秋节": "National Day and Mid-Autumn Festival",
}

UNIT_WORDS = {
    Unit.WORKING_DAY: ("个工作日", "working days"),
    Unit.CALENDAR_DAY: ("日（自然日）", "calendar days"),
    Unit.HOUR: ("小时", "hours"),
    Unit.MONTH: ("个月", "months"),
    Unit.YEAR: ("年", "years"),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """One sentence in Chinese and in English."""

    zh: str
    en: str


def weekday_zh(on: date) -> str:
    return f"周{_WEEKDAYS_ZH[on.weekday()]}"


def weekday_en(on: date) -> str:
    return _WEEKDAYS_EN[on.weekday()]


def day_zh(on: date) -> str:
    """A day as pages, documents and the terminal write it: 2026年10月22日(周四)."""
    return f"{on.year}年{on.month}月{on.day}日({weekday_zh(on)})"


def moment_zh(at: datetime) -> str:
    """An instant in China: 2026年9月19日(周六)09:00."""
    local = at.astimezone(SHANGHAI)
    return f"{day_zh(local.date())}{_clock_time(local)}"


def moment_en(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.date().isoformat()} ({weekday_en(local)}) {_clock_time(local)} +08:00"


def _clock_time(local: datetime) -> str:
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


def holiday_en(name: str) -> str:
    """The English name of a holiday; an unusual one keeps its official Chinese name."""
    return _HOLIDAYS_EN.get(name, name)


def explain_day(day: ExplainedDay) -> Wording:
    """Why this day was counted or not."""
    sources = [source for source in (day.article, day.document) if source]
    article = f"（{'，'.join(sources)}）" if sources else ""
    told = f"：{day.reason}" if day.reason else ""
    told_en = f": {day.reason_en or day.reason}" if day.reason else ""
    source_en = f" ({', '.join(sources)})" if sources else ""
    holiday, holiday_in_english = day.name or "节假日", holiday_en(day.name) or "holiday"
    match day.kind:
        case ExplainedKind.EVENT_DAY if day.counted_time is not None:
            zh, en = (
                "起算当日，自该时刻起算（民法典201）",
                "day of the event, hours run at once (Civil Code 201)",
            )
        case ExplainedKind.EVENT_DAY:
            zh, en = "起算当日，不计入（民法典201）", "day of the event, not counted (Civil Code 201)"
        case ExplainedKind.RESTART_DAY:
            zh, en = f"重新起算{told}{article}", f"the count begins again{told_en}{source_en}"
        case ExplainedKind.SET_ASIDE:
            zh, en = "重新起算前，不再计入", "before the count began again"
        case ExplainedKind.EXCLUDED:
            zh, en = f"依法扣除{told}{article}", f"excluded by law{told_en}{source_en}"
        case ExplainedKind.WORKING_DAY:
            zh, en = "工作日", "working day"
        case ExplainedKind.MAKE_UP_WORKDAY:
            zh, en = f"{holiday}调休上班", f"make-up working day for {holiday_in_english}"
        case ExplainedKind.REST_DAY:
            zh, en = "周末", "weekend"
        case ExplainedKind.HOLIDAY:
            zh, en = f"{holiday}放假", holiday_in_english
        case ExplainedKind.MOVED_DUE_DAY:
            zh, en = (
                "末日遇休息日，顺延至此（民法典203）",
                "the last day was a rest day: moved here (Civil Code 203)",
            )
        case ExplainedKind.KEPT_AS_TOLD:
            zh, en = "已告知的日期不缩短", "a date that was told is not cut short"
    return Wording(zh, en)


def provisional_note(deadline: Deadline) -> Wording | None:
    """What a provisional date rests on; nothing for a settled one."""
    if not deadline.provisional:
        return None
    years = sorted({day.day.year for day in deadline.days if not day.announced})
    zh, en = "、".join(f"{year}年" for year in years), ", ".join(map(str, years))
    return Wording(
        f"暂定日期：尚无{zh}的放假安排，按周末规则推算，安排公布并载入后重新计算。",
        f"Provisional: the holidays of {en} are not loaded; counted by the weekend rule, to be computed again when they are.",
    )
