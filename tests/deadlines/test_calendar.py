"""The shipped calendar against a second source and the published totals, and how a new notice changes a calendar."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from shared.deadlines import Calendar, CalendarYear, Change, DayKind, DeadlineError, Unit, due
from shared.deadlines.shipped import shipped_calendar, shipped_records


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def year_record(version: int = 1, **change: list[str]) -> dict[str, object]:
    """The notice of 2027, with these days changed."""
    notice = {
        "title": "关于2027年部分节假日安排的通知",
        "number": "测试〔2026〕1号",
        "issued_on": "2026-11-10",
    }
    holiday = {"holiday": "元旦", "off": ["2027-01-01"], "work": [], **change}
    return {"year": 2027, "version": version, "notice": notice, "holidays": [holiday]}


@pytest.mark.parametrize("year, working_days, make_up_days", [(2024, 251, 8), (2025, 248, 5), (2026, 248, 6)])
def test_working_days_of_a_year_add_up_to_the_published_total(
    year: int, working_days: int, make_up_days: int
) -> None:
    kinds = [shipped_calendar().day(on).kind for on in days_of(year)]
    assert kinds.count(DayKind.MAKE_UP_WORKDAY) == make_up_days
    assert kinds.count(DayKind.WORKING_DAY) + make_up_days == working_days


@pytest.mark.parametrize("year", shipped_calendar().years, ids=lambda year: str(year.year))
def test_every_day_and_every_row_agrees_with_chinesecalendar(year: CalendarYear) -> None:
    """Every year that is shipped is one that a second, independent source has too."""
    calendar = shipped_calendar()
    differing = [
        on for on in days_of(year.year) if calendar.is_working_day(on) != chinese_calendar.is_workday(on)
    ]
    assert differing == []
    for change, theirs in (
        (Change.OFF, chinese_calendar.holidays),
        (Change.WORK, chinese_calendar.workdays),
    ):
        ours = {day.on for day in year.days if day.change is change}
        assert ours == {on for on in theirs if on.year == year.year}


def test_every_shipped_year_names_its_notice() -> None:
    for year in shipped_calendar().years:
        assert f"{year.year}年" in year.notice.title
        assert year.notice.number.startswith("国办发明电")
        assert year.notice.issued_on.year == year.year - 1
        assert year.notice.url.startswith("https://www.gov.cn/")
    assert [record["year"] for record in shipped_records()] == [2024, 2025, 2026]


def test_lunar_new_years_eve_is_worked_in_2024_and_off_since_the_amendment_of_2025() -> None:
    assert shipped_calendar().is_working_day(date(2024, 2, 9))
    assert shipped_calendar().day(date(2025, 1, 28)).name == "春节"


def test_make_up_days_belong_to_their_holiday() -> None:
    day = shipped_calendar().day(date(2026, 9, 20))
    assert (day.kind, day.name, day.is_working) == (DayKind.MAKE_UP_WORKDAY, "国庆节", True)


def test_beyond_the_last_notice_the_weekend_rule_holds_and_says_so() -> None:
    calendar = shipped_calendar()
    assert calendar.announced_until == date(2026, 12, 31)
    assert calendar.day(date(2027, 1, 1)).kind is DayKind.WORKING_DAY
    assert not calendar.day(date(2027, 1, 1)).announced
    assert calendar.day(date(2027, 1, 2)).kind is DayKind.REST_DAY


def test_loading_a_notice_makes_a_new_calendar_and_settles_the_date() -> None:
    before = shipped_calendar()
    after = before.with_year(CalendarYear.from_record(year_record()))
    assert due(date(2026, 12, 30), 5, Unit.WORKING_DAY, before).due_on == date(2027, 1, 6)
    settled = due(date(2026, 12, 30), 5, Unit.WORKING_DAY, after)
    assert (settled.due_on, settled.provisional) == (date(2027, 1, 7), False)
    assert settled.calendar_edition == "2024v1 2025v1 2026v1 2027v1"
    assert before.edition == "2024v1 2025v1 2026v1"


def test_notices_may_arrive_in_any_order_and_the_newest_version_holds() -> None:
    first = CalendarYear.from_record(year_record(version=1))
    second = CalendarYear.from_record(year_record(version=2, off=["2027-01-01", "2027-01-04"]))
    assert Calendar.from_years([first, second]) == Calendar.from_years([second, first])
    assert not Calendar.from_years([second, first]).is_working_day(date(2027, 1, 4))


def test_a_notice_may_reach_back_into_december() -> None:
    year = CalendarYear.from_record(year_record(off=["2026-12-31", "2027-01-01"], work=["2026-12-27"]))
    calendar = shipped_calendar().with_year(year)
    assert not calendar.is_working_day(date(2026, 12, 31))
    assert calendar.is_working_day(date(2026, 12, 27))


@pytest.mark.parametrize(
    "change, code",
    [
        ({"work": ["2027-01-04"]}, "bad_calendar"),  # a Monday
        ({"work": ["2027-01-02"], "off": ["2027-01-02"]}, "bad_calendar"),
        ({"off": ["2028-01-01"]}, "bad_calendar"),
        ({"off": ["2026-11-30"]}, "bad_calendar"),
        ({"off": ["1 January"]}, "unreadable_calendar"),
        ({"off": None}, "unreadable_calendar"),
    ],
)
def test_a_wrong_notice_is_refused(change: dict[str, list[str]], code: str) -> None:
    with pytest.raises(DeadlineError) as refused:
        CalendarYear.from_record(year_record(1, **change))
    assert refused.value.code == code


def test_two_versions_of_a_year_never_stand_beside_each_other() -> None:
    versions = tuple(CalendarYear.from_record(year_record(version=version)) for version in (1, 2))
    with pytest.raises(DeadlineError, match="bad_calendar"):
        Calendar(versions)
