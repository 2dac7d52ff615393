"""Limits of time: a promise may never outlast the law, and a tolerated paper must leave time to decide."""

import math
from dataclasses import dataclass

# The longest block of rest days that a yearly notice has given so far (Spring Festival 2026: nine days).
LONGEST_REST_DAYS = 9


@dataclass(frozen=True, slots=True)
class Limit:
    """A length in one of the units working_day, calendar_day, hour, month, year."""

    amount: int
    unit: str


def outlasts(promised: Limit, statutory: Limit) -> bool:
    """Whether the promise could end after the statutory limit on any day of any year.

    The same unit compares directly; two units compare as the longest calendar span of the promise with the shortest
    of the law, so that no holiday can turn a lawful promise into an unlawful one.
    """
    if promised.unit == statutory.unit:
        return promised.amount > statutory.amount
    return longest_days(promised) > shortest_days(statutory)


def longest_days(limit: Limit) -> float:
    """The most calendar days that the limit can last."""
    match limit.unit:
        case "working_day":
            weekends = 2 * math.ceil(limit.amount / 5)
            return limit.amount + weekends + LONGEST_REST_DAYS
        case "month":
            return 31 * limit.amount
        case "year":
            return 366 * limit.amount
    return shortest_days(limit)


def shortest_days(limit: Limit) -> float:
    """The fewest calendar days that the limit can last: working days in a row without a weekend are at least that."""
    match limit.unit:
        case "hour":
            return limit.amount / 24
        case "month":
            return 28 * limit.amount
        case "year":
            return 365 * limit.amount
    return limit.amount


def supply_working_days(promised: Limit, reserve: int, most: int) -> int | None:
    """How many working days an applicant has for tolerated papers; None when the promise leaves no time.

    Waiting for them is not excluded time (行政许可法 Art 45 is a closed list), so the reserve is kept for the decision.
    """
    if promised.unit != "working_day" or promised.amount <= reserve:
        return None
    return min(promised.amount - reserve, most)
