"""What a case waits for, and from whom: the work lists follow from the fold and the pinned item alone, like the timers."""

from dataclasses import dataclass, replace
from datetime import date

from services.applications.domain.case import Case
from services.applications.domain.item import Item
from services.applications.domain.state import DECIDABLE_STATES
from services.applications.domain.steps import (
    DECISION,
    Progress,
    Standing,
    decision_step,
    earlier,
    internal_clock,
    objected,
    readiness,
    reviewable,
    standings,
)
from shared.deadlines.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be done for a case.

    `role` or `post` says whose it is; `barred` names those of them who may not do it in this case: they were taken off,
    have spoken already, or would countersign or decide what they began themselves.
    """

    step: str
    section: str | None
    role: str
    post: str | None
    internal_due_on: date | None
    barred: tuple[str, ...] = ()

    @property
    def lane(self) -> str:
        """Whose list it stands in."""
        return lane_of_post(self.post) if self.post else lane_of_role(self.role)


def lane_of_role(role: str) -> str:
    """The list of everybody with this role in the unit."""
    return f"role:{role}"


def lane_of_post(post: str) -> str:
    """The list of whoever acts for this post of the unit."""
    return f"post:{post}"


def tasks_of(case: Case, item: Item, calendar: Calendar) -> tuple[Task, ...]:
    """The tasks that should be open for this case: none before the acceptance and none after the decision."""
    if not reviewable(case):
        return ()
    last = decision_step(item.review)
    steps = [
        _of_step(case, item, one, calendar)
        for one in standings(case, item)
        if one.progress is Progress.OPEN and (last is None or one.step.code != last.code)
    ]
    return (*steps, *_decision(case, item, calendar))


def _barred_from_all(case: Case) -> tuple[str, ...]:
    """Whoever was taken off the case, and the chair of its hearing (Art 48), may do nothing of this."""
    chair = case.hearing.chair if case.hearing else None
    return case.review.recused if chair is None else (*case.review.recused, chair)


def _of_step(case: Case, item: Item, standing: Standing, calendar: Calendar) -> Task:
    step = standing.step
    clock = internal_clock(standing, calendar)
    barred = {*_barred_from_all(case), *(one.given_by for one in standing.opinions)}
    if step.kind == "countersign":
        before = earlier(item.review, step.code)
        barred |= {one.given_by for one in case.review.given if one.step in before}
    due_on = None if clock is None else clock.due_on
    return Task(step.code, step.section, step.role, step.post, due_on, tuple(sorted(barred)))


def _decision(case: Case, item: Item, calendar: Calendar) -> tuple[Task, ...]:
    if case.state not in DECIDABLE_STATES or (readiness(case, item) and not objected(case, item)):
        return ()
    last = decision_step(item.review)
    task = Task(DECISION, None, "approver", None, None, _barred_from_all(case))
    if last is not None:
        standing = next(one for one in standings(case, item) if one.step == last)
        task = _of_step(case, item, standing, calendar)
    # §4.3: whoever received or accepted the application does not decide it.
    return (replace(task, barred=tuple(sorted({*task.barred, *case.handled_by}))),)
