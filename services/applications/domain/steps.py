"""The order of the review's steps, and how far a case has come in it.

Everything follows from the pinned item version and the opinions on record, so nothing about open steps is stored: a
step opens when all steps that it waits for are done, whatever the order in which parallel sections answered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from services.applications.domain.case import Case
from services.applications.domain.clocks import Clock, start
from services.applications.domain.item import Item, ReviewStep
from services.applications.domain.parts.reviewing import Opinion, Review
from services.applications.domain.state import ACCEPTED_STATES
from shared.deadlines.calendar import Calendar

JOINT = "joint_approval"
# The name under which the decision itself stands in work lists and sendings back.
DECISION = "decision"


class Progress(StrEnum):
    """How far a step is."""

    WAITING = "waiting"
    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """One step of a case: how far it is, since when it is open, and when it was done."""

    step: ReviewStep
    progress: Progress
    opinions: tuple[Opinion, ...]
    opened_on: date | None = None
    done_on: date | None = None


@cache
def earlier(steps: tuple[ReviewStep, ...], code: str) -> frozenset[str]:
    """The steps that come before this one, directly or through others."""
    after = {step.code: step.after for step in steps}
    found: set[str] = set()
    frontier = set(after.get(code, ()))
    while frontier:
        one = frontier.pop()
        found.add(one)
        frontier |= set(after.get(one, ())) - found
    return frozenset(found)


@cache
def later(steps: tuple[ReviewStep, ...], code: str) -> frozenset[str]:
    """The steps that wait for this one, directly or through others."""
    return frozenset(step.code for step in steps if code in earlier(steps, step.code))


def with_later(steps: tuple[ReviewStep, ...], codes: Iterable[str]) -> tuple[str, ...]:
    """These steps and all that wait for them, in the order of the item."""
    reached = {one for code in codes for one in (code, *later(steps, code))}
    return tuple(step.code for step in steps if step.code in reached)


@cache
def decision_step(steps: tuple[ReviewStep, ...]) -> ReviewStep | None:
    """The step in which several decide together: the one joint approval with which the review ends."""
    last = [step for step in steps if not later(steps, step.code)]
    return last[0] if len(last) == 1 and last[0].kind == JOINT else None


def step_of(item: Item, code: str) -> ReviewStep | None:
    """The step of this code."""
    return next((step for step in item.review if step.code == code), None)


def standings(case: Case, item: Item) -> tuple[Standing, ...]:
    """Every step of the review in the order of the item."""
    found: dict[str, Standing] = {}
    while len(found) < len(item.review):
        ready = [
            step
            for step in item.review
            if step.code not in found and all(code in found for code in step.after)
        ]
        if not ready:
            raise ValueError(f"the steps of {item.code} wait for each other")
        for step in ready:
            found[step.code] = _standing(case, step, [found[code] for code in step.after])
    return tuple(found[step.code] for step in item.review)


def _standing(case: Case, step: ReviewStep, before: list[Standing]) -> Standing:
    opinions = tuple(one for one in case.review.given if one.step == step.code)
    opened_on = _opened_on(case, step, before)
    if opened_on is None:
        return Standing(step, Progress.WAITING, opinions)
    passed, failed = (_enough(step, opinions, wanted) for wanted in ("pass", "fail"))
    if failed or passed:
        progress = Progress.FAILED if failed else Progress.PASSED
        return Standing(step, progress, opinions, opened_on, max(one.given_on for one in opinions))
    return Standing(step, Progress.OPEN, opinions, opened_on)


def _opened_on(case: Case, step: ReviewStep, before: list[Standing]) -> date | None:
    if case.accepted_on is None or any(one.progress is not Progress.PASSED for one in before):
        return None
    again = [one.sent_on for one in case.review.sent_back if step.code in one.steps]
    done = [one.done_on for one in before if one.done_on is not None]
    return max([case.accepted_on, *again, *done])


def _enough(step: ReviewStep, opinions: tuple[Opinion, ...], wanted: str) -> bool:
    # Of several who approve together as many must object as must agree; elsewhere one objection is one too many.
    count = len({one.voice for one in opinions if one.opinion == wanted})
    return count >= (1 if wanted == "fail" and step.kind != JOINT else step.needs)


def internal_clock(standing: Standing, calendar: Calendar) -> Clock | None:
    """The limit inside the organ for an open step: for its management only, no right depends on it."""
    limit = standing.step.internal_limit
    if limit is None or standing.opened_on is None:
        return None
    return start("internal", standing.opened_on, limit, calendar)


def readiness(case: Case, item: Item) -> tuple[Standing, ...]:
    """The steps before the decision that still stand in its way: none when all are passed."""
    last = decision_step(item.review)
    return tuple(
        one
        for one in standings(case, item)
        if (last is None or one.step.code != last.code) and one.progress is not Progress.PASSED
    )


def objected(case: Case, item: Item) -> tuple[Standing, ...]:
    """The steps before the decision whose opinion is against the application."""
    return tuple(one for one in readiness(case, item) if one.progress is Progress.FAILED)


def reviewable(case: Case) -> bool:
    """Whether there is a review to go on with."""
    return case.state in ACCEPTED_STATES


def opinions_without(review: Review, codes: Iterable[str]) -> tuple[tuple[Opinion, ...], tuple[Opinion, ...]]:
    """The opinions and approvals of all other steps."""
    gone = frozenset(codes)
    return (
        tuple(one for one in review.opinions if one.step not in gone),
        tuple(one for one in review.approvals if one.step not in gone),
    )
