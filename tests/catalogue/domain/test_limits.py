"""A promise is never longer than the law, in whatever units the two are written."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalogue.domain.limits import Limit, longest_days, outlasts, supply_working_days
from shared.deadlines.shipped import shipped_calendar

CALENDAR = shipped_calendar()


@pytest.mark.parametrize(
    "promised,statutory,too_long",
    [
        ((20, "working_day"), (20, "working_day"), False),
        ((21, "working_day"), (20, "working_day"), True),
        ((7, "calendar_day"), (10, "calendar_day"), False),
        ((20, "calendar_day"), (20, "working_day"), False),  # calendar days are never longer
        ((5, "working_day"), (10, "calendar_day"), True),  # a holiday week would carry it past the law
        ((1, "working_day"), (12, "calendar_day"), False),
        ((48, "hour"), (2, "calendar_day"), False),
        ((49, "hour"), (2, "working_day"), True),
        ((1, "month"), (30, "calendar_day"), True),  # months of 31 days
        ((1, "month"), (31, "working_day"), False),
        ((30, "calendar_day"), (1, "month"), True),  # February
        (
            (1, "year"),
            (12, "month"),
            True,
        ),  # as months are shortest 28 days, the comparison stays on the safe side
        ((11, "month"), (1, "year"), False),
    ],
)
def test_a_promise_compares_with_the_law_after_conversion(
    promised: tuple[int, str], statutory: tuple[int, str], too_long: bool
) -> None:
    assert outlasts(Limit(*promised), Limit(*statutory)) is too_long


@given(
    start=st.dates(date(2024, 1, 1), date(2026, 6, 30)),
    amount=st.integers(1, 30),
)
def test_no_announced_holiday_makes_working_days_longer_than_assumed(start: date, amount: int) -> None:
    day, left = start, amount
    while left:
        day += timedelta(days=1)
        left -= CALENDAR.is_working_day(day)
    assert (day - start).days <= longest_days(Limit(amount, "working_day"))


@pytest.mark.parametrize(
    "promised,expected",
    [
        (Limit(20, "working_day"), 5),  # the default is min(promise − 2, 5)
        (Limit(7, "working_day"), 5),
        (Limit(5, "working_day"), 3),
        (Limit(3, "working_day"), 1),
        (Limit(2, "working_day"), None),  # nothing is left to decide in
        (Limit(1, "working_day"), None),
        (Limit(10, "calendar_day"), None),
    ],
)
def test_time_to_supply_papers_leaves_time_to_decide(promised: Limit, expected: int | None) -> None:
    assert supply_working_days(promised, reserve=2, most=5) == expected
