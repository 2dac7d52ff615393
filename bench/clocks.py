"""How fast a clock is explained: 60 working days with an exclusion and an extension, every day with its reason.

`.venv/bin/python -m bench.clocks` prints the figure and fails when the median is over `MOST_MILLISECONDS`;
`explained_per_second` is the row of `make bench`.  Nothing is remembered between the rounds, for each of them counts the
whole clock.
"""

import statistics
import sys
import time
from datetime import date, timedelta

from shared.deadlines import ClockEntry, Exclude, Extend, Start, Unit, evaluate
from shared.deadlines.shipped import shipped_calendar
from shared.deadlines.wording import explain_day

MOST_MILLISECONDS = 1.0
_FIRST = date(2026, 1, 5)


def clock_of_60_working_days(begun_on: date) -> list[ClockEntry]:
    """A joint licence case (行政许可法 42¶2), 45 days and 15 more, that had a hearing on the way."""
    return [
        Start(at=begun_on, length=45, unit=Unit.WORKING_DAY),
        Exclude(
            first_on=begun_on + timedelta(days=30),
            last_on=begun_on + timedelta(days=40),
            article="行政许可法 45",
            reason="听证",
        ),
        Extend(length=15, article="行政许可法 42"),
    ]


def explained_per_second(seconds: float = 1.0) -> tuple[float, float]:
    """Explained clocks per second, and the median of one in milliseconds."""
    calendar = shipped_calendar()
    rounds: list[float] = []
    end = time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        entries = clock_of_60_working_days(_FIRST + timedelta(days=len(rounds) % 120))
        for day in evaluate(entries, calendar).days:
            explain_day(day)
        rounds.append(time.perf_counter() - began)
    return len(rounds) / sum(rounds), statistics.median(rounds) * 1000


def row(seconds: float = 1.0) -> str:
    """The row of the table of measured figures."""
    rate, median_ms = explained_per_second(seconds)
    return f"| 60 个工作日的期限逐日说明 a clock of 60 working days explained | {median_ms:.3f} ms | {rate:,.0f}/s |"


if __name__ == "__main__":
    print(row())
    sys.exit(explained_per_second()[1] > MOST_MILLISECONDS)
