"""The clocks of a case in a word: from when, until when, how many days were counted and which were skipped."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from deploy.demo.story import Step
from deploy.demo.visitors import Json
from shared.deadlines.wording import day_zh, weekday_en

UNITS = {
    "working_day": ("个工作日", "working days"),
    "calendar_day": ("日", "calendar days"),
    "hour": ("小时", "hours"),
}


def tell_clocks(step: Step, case: Json, names: tuple[str, ...]) -> None:
    """A line for each of these clocks, and the same as values."""
    clocks = [clock for name in names for clock in case["clocks"] if clock["name"] == name]
    for clock in clocks:
        step.detail(_zh(clock), _en(clock))
    step.facts["clocks"] = [_facts(clock) for clock in clocks]


def tell_days(step: Step, case: Json, name: str) -> None:
    """Day by day in a few lines: which runs of days were left out and why, and where each counted day stands."""
    clock = next(clock for clock in case["clocks"] if clock["name"] == name)
    runs = list(_runs(clock["days"]))
    for run in runs:
        if run[0]["document"]:
            step.detail(f"{_span(run)}：{run[0]['why_zh']}", f"{_span(run)}: {run[0]['why_en']}")
    counted = "  ".join(f"{_span(run)} [{_numbers(run)}]" for run in runs if run[0]["counted"])
    step.detail(f"{clock['name_zh']}计入的日子 days that count: {counted}")


def _runs(days: list[Json]) -> Iterator[list[Json]]:
    """Neighbouring days that are counted, or left out by the same document, or rest days."""
    for _, run in groupby(days, key=lambda day: (day["counted"], day["document"])):
        yield list(run)


def _span(run: list[Json]) -> str:
    first, last = run[0]["day"], run[-1]["day"]
    return first[5:] if first == last else f"{first[5:]}…{last[5:]}"


def _numbers(run: list[Json]) -> str:
    first, last = run[0]["number"], run[-1]["number"]
    return str(first) if first == last else f"{first}–{last}"


def day(text: str) -> str:
    """A day as it stands in documents: 2026年12月1日(周二)."""
    return day_zh(date.fromisoformat(text))


def _zh(clock: Json) -> str:
    skipped = _skipped(clock, "why_zh")
    over = f"，跳过 {sum(skipped.values())} 天（{'、'.join(skipped)}）" if skipped else ""
    article = f"（{clock['article']}）" if clock["article"] else ""
    unit, _ = UNITS[clock["unit"]]
    tentative = "，暂定" if clock["provisional"] else ""
    return (
        f"{clock['name_zh']}{article}：{day(clock['due_on'])}，"
        f"自 {day(clock['started_on'])} 的次日起计 {clock['length']}{_added(clock)} {unit}{over}{tentative}"
    )


def _en(clock: Json) -> str:
    skipped = _skipped(clock, "why_en")
    over = f", {sum(skipped.values())} skipped ({', '.join(skipped)})" if skipped else ""
    unit = UNITS[clock["unit"]][1]
    if clock["length"] == 1 and not _added(clock):
        unit = unit.removesuffix("s")
    due = date.fromisoformat(clock["due_on"])
    tentative = ", provisional" if clock["provisional"] else ""
    return (
        f"{clock['name_en']}: {due} ({weekday_en(due)}), {clock['length']}{_added(clock)} {unit} counted"
        f" from the day after {clock['started_on']}{over}{tentative}"
    )


def _added(clock: Json) -> str:
    """By how much the clock was extended, as it stands behind its length: 20 + 10."""
    added = sum(one["length"] for one in clock["operations"] if one["operation"] == "EXTEND")
    return f" + {added}" if added else ""


def _skipped(clock: Json, why: str) -> Counter[str]:
    """Why how many days were not counted; that the first day is not counted is said in words."""
    return Counter(
        day[why] for day in clock["days"] if not day["counted"] and day["day"] != clock["started_on"]
    )


def _facts(clock: Json) -> dict[str, Any]:
    facts = {name: clock[name] for name in ("name", "started_on", "length", "unit", "due_on", "provisional")}
    counted = sum(1 for day in clock["days"] if day["counted"])
    return {**facts, "counted": counted, "skipped": dict(_skipped(clock, "why_en"))}
