"""How days are laid out and said."""

from datetime import date, datetime

import pytest

from shared.deadlines import SHANGHAI, DayKind, DeadlineError, ExplainedDay, ExplainedKind, Unit, due
from shared.deadlines.months import month_sheets
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import day_zh, explain_day, moment_en, moment_zh, provisional_note

CALENDAR = shipped_calendar()


def test_a_month_is_laid_out_from_monday_with_empty_cells_around_it() -> None:
    (sheet,) = month_sheets(date(2026, 9, 10), date(2026, 9, 11), CALENDAR)
    assert (sheet.year, sheet.month, len(sheet.weeks)) == (2026, 9, 5)
    assert sheet.weeks[0][0] is None
    first = sheet.weeks[0][1]
    assert first is not None
    assert (first.on, first.kind) == (date(2026, 9, 1), DayKind.WORKING_DAY)
    assert [cell.on.day if cell else None for cell in sheet.weeks[-1]] == [28, 29, 30, None, None, None, None]


def test_months_run_over_the_turn_of_the_year_and_february_may_have_four_weeks() -> None:
    sheets = month_sheets(date(2026, 11, 30), date(2027, 2, 1), CALENDAR)
    assert [(sheet.year, sheet.month) for sheet in sheets] == [(2026, 11), (2026, 12), (2027, 1), (2027, 2)]
    assert len(sheets[-1].weeks) == 4


@pytest.mark.parametrize("last", [date(2026, 8, 31), date(2190, 1, 1)])
def test_absurd_month_ranges_are_refused(last: date) -> None:
    with pytest.raises(DeadlineError, match="months_out_of_range"):
        month_sheets(date(2026, 9, 1), last, CALENDAR)


def test_days_and_moments_are_written_as_the_pages_write_them() -> None:
    assert day_zh(date(2026, 10, 22)) == "2026年10月22日(周四)"
    assert moment_zh(datetime(2026, 9, 19, 9, tzinfo=SHANGHAI)) == "2026年9月19日(周六)09:00"
    assert moment_en(datetime(2026, 9, 19, 9, 0, 5, tzinfo=SHANGHAI)) == "2026-09-19 (Sat) 09:00:05 +08:00"


@pytest.mark.parametrize("kind", list(ExplainedKind))
def test_every_kind_of_day_has_words_in_both_languages(kind: ExplainedKind) -> None:
    words = explain_day(ExplainedDay(date(2026, 10, 1), kind, "", counted=False))
    assert words.zh
    assert words.en.isascii()


def test_an_excluded_day_says_by_what_and_under_which_article() -> None:
    day = ExplainedDay(
        date(2026, 9, 8), ExplainedKind.EXCLUDED, "", counted=False, article="行政许可法45", reason="听证"
    )
    assert explain_day(day).zh == "依法扣除：听证（行政许可法45）"


def test_a_provisional_date_names_the_years_it_waits_for() -> None:
    waiting = provisional_note(due(date(2026, 12, 30), 5, Unit.WORKING_DAY, CALENDAR))
    assert waiting is not None
    assert "2027年" in waiting.zh
    assert "2027" in waiting.en
    assert provisional_note(due(date(2026, 9, 18), 5, Unit.WORKING_DAY, CALENDAR)) is None
