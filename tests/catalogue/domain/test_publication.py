"""Versions count published changes; a version that exists never changes."""

from typing import Any

import pytest

from services.catalogue.domain import calendars
from services.catalogue.domain.errors import CalendarRefused, ItemStale, ItemWithdrawnAlready
from services.catalogue.domain.publication import Published, may_withdraw, next_version


@pytest.mark.parametrize(
    "last,sha256,version",
    [
        (None, "a", 1),
        (Published(1, "a"), "a", None),
        (Published(1, "a"), "b", 2),
        (Published(2, "b"), "a", 3),  # going back to an older content is a change too
        (Published(2, "b", withdrawn=True), "b", 3),  # published again after a withdrawal
    ],
)
def test_each_published_change_has_the_next_version(
    last: Published | None, sha256: str, version: int | None
) -> None:
    assert next_version(last, sha256) == version


def test_withdrawing_needs_the_last_version_and_happens_once() -> None:
    may_withdraw(Published(2, "a"), 2)
    with pytest.raises(ItemStale) as stale:
        may_withdraw(Published(2, "a"), 1)
    assert stale.value.facts == {"expected_version": 1, "actual_version": 2}
    with pytest.raises(ItemWithdrawnAlready):
        may_withdraw(Published(2, "a", withdrawn=True), 2)


def year(**changes: Any) -> dict[str, Any]:
    record = {
        "year": 2026,
        "version": 1,
        "notice": {"title": "通知", "number": "1号", "issued_on": "2025-11-04", "url": ""},
        "holidays": [{"holiday": "元旦", "off": ["2026-01-01"], "work": ["2026-01-04"]}],
    }
    return record | changes


def test_a_calendar_is_published_once_for_each_version_of_its_notice() -> None:
    assert calendars.is_new(None, year(), "a")
    assert calendars.is_new(Published(1, "a"), year(version=2), "b")
    assert not calendars.is_new(Published(1, "a"), year(), "a")
    assert not calendars.is_new(Published(2, "b"), year(version=1), "a")


def test_a_published_calendar_version_does_not_change() -> None:
    with pytest.raises(CalendarRefused, match="needs a new version"):
        calendars.is_new(Published(1, "a"), year(), "b")


def test_a_make_up_workday_on_a_weekday_is_refused() -> None:
    wrong = year(holidays=[{"holiday": "元旦", "off": [], "work": ["2026-01-05"]}])
    with pytest.raises(CalendarRefused):
        calendars.is_new(None, wrong, "a")
