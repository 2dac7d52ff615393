"""The one source of time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shared import time


@pytest.fixture(autouse=True)
def real_time_again() -> Iterator[None]:
    yield
    time.follow_clock_file(None)


def test_now_is_aware_and_in_utc() -> None:
    assert time.now().utcoffset() == timedelta()
    assert abs(time.now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_the_day_in_china_begins_at_sixteen_hours_utc() -> None:
    assert time.shanghai(datetime(2026, 9, 30, 15, 59, tzinfo=UTC)).date() == date(2026, 9, 30)
    assert time.shanghai(datetime(2026, 9, 30, 16, 0, tzinfo=UTC)).date() == date(2026, 10, 1)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        time.shanghai(datetime(2026, 9, 30, tzinfo=UTC).replace(tzinfo=None))


def test_the_clock_file_moves_the_time_and_every_change_is_noticed(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    time.follow_clock_file(clock)
    assert abs(time.now() - datetime.now(UTC)) < timedelta(seconds=1), "no file yet means no offset"

    for offset in (86_400, -3_600, 10, 99):
        replacement = tmp_path / "next"
        replacement.write_text(str(offset))
        replacement.rename(clock)
        moved = time.now() - datetime.now(UTC)
        assert abs(moved - timedelta(seconds=offset)) < timedelta(seconds=1)


def test_today_follows_the_clock_file(tmp_path: Path) -> None:
    before = time.today()
    (tmp_path / "clock").write_text("172800")
    time.follow_clock_file(tmp_path / "clock")
    assert time.today() == before + timedelta(days=2)
