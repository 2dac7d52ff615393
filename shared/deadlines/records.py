"""A deadline as JSON values: the same for a program at the terminal and over the API."""

from typing import Any

from shared.deadlines.clock import Unit
from shared.deadlines.counting import Deadline, ExplainedDay
from shared.deadlines.scenario import Scenario
from shared.deadlines.wording import explain_day, provisional_note


def end_record(deadline: Deadline) -> dict[str, Any]:
    """When the period ends: `due_on` for periods in days, months and years, `due_at` for hours."""
    if deadline.unit is Unit.HOUR:
        return {"due_at": deadline.due_at.isoformat()}
    return {"due_on": deadline.due_on.isoformat()}


def deadline_record(deadline: Deadline) -> dict[str, Any]:
    """The end, what a provisional one rests on, and every day with its reason."""
    note = provisional_note(deadline)
    return {
        **end_record(deadline),
        "provisional": deadline.provisional,
        "provisional_because": {"zh": note.zh, "en": note.en} if note else None,
        "calendar": deadline.calendar_edition,
        "days": [day_record(day) for day in deadline.days],
    }


def scenario_record(scenario: Scenario, deadline: Deadline) -> dict[str, Any]:
    """The answer to a scenario; `length_in_all` counts its extensions too."""
    return {
        "start": scenario.start.at.isoformat(),
        "length": scenario.start.length,
        "unit": scenario.start.unit.value,
        "length_in_all": deadline.length,
        **deadline_record(deadline),
    }


def day_record(day: ExplainedDay) -> dict[str, Any]:
    """One day; what made it special is named when something did, and hours are told only by a clock in hours."""
    why = explain_day(day)
    used = (
        {}
        if day.counted_time is None
        else {"counted_hours": round(day.counted_time.total_seconds() / 3600, 4)}
    )
    by = {"article": day.article, "reason": day.reason, "document": day.document}
    return {
        "day": day.day.isoformat(),
        "kind": day.kind.value,
        "name": day.name,
        "counted": day.counted,
        "ordinal": day.ordinal,
        **used,
        **{name: text for name, text in by.items() if text},
        "announced": day.announced,
        "why": {"zh": why.zh, "en": why.en},
    }
