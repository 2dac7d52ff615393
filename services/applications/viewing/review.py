"""The review as the staff see it: the steps, what was said and by which authority; never who said it."""

from collections.abc import Mapping, Sequence

from asyncpg import Record

from services.applications.contracts import CaseLine
from services.applications.contracts.case_view import (
    ReviewOpinionView,
    ReviewStepView,
    ReviewView,
    SiteCheckView,
)
from services.applications.domain.case import Case
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.parts.reviewing import Opinion
from services.applications.domain.steps import (
    Progress,
    Standing,
    decision_step,
    internal_clock,
    standings,
    step_of,
)

AUTHORITY_NAMES = {
    "role": ("本岗位职责", "own role"),
    "holder": ("A岗", "holder of the post"),
    "stand_in": ("B岗代办", "stand-in"),
    "delegate": ("受权办理", "by delegation"),
}
DECISION_NAMES = ("作出决定", "decision")


def review_view(case: Case, facts: Facts, events: Sequence[Record], words: Mapping[str, str]) -> ReviewView:
    """How far the review is; `words` are those that the reader may read, by their digest."""
    review = case.review
    return ReviewView(
        steps=tuple(_step(one, facts, events, words) for one in standings(case, facts.item)),
        decided_jointly=decision_step(facts.item.review) is not None,
        sent_back=sum(row["name"] == "SentBack" for row in events),
        urged=review.urging.count,
        inspectors=len(set(review.inspectors)),
        inspectors_assigned_on=review.inspectors_assigned_on,
        site_check_required=facts.item.site_check_required,
        site_checks=tuple(
            SiteCheckView(inspectors=len(set(check.people)), checked_on=check.checked_on, passed=check.passed)
            for check in review.site_checks
        ),
        recusals_asked=review.recusals_asked,
    )


def _step(
    standing: Standing, facts: Facts, events: Sequence[Record], words: Mapping[str, str]
) -> ReviewStepView:
    step = standing.step
    clock = internal_clock(standing, facts.calendar)
    still = standing.progress is Progress.OPEN
    return ReviewStepView.model_validate(
        {
            "code": step.code,
            "name_zh": step.name,
            "name_en": step.name_en,
            "kind": step.kind,
            "section": step.section,
            "post": step.post,
            "role": step.role,
            "after": step.after,
            "progress": standing.progress.value,
            "needs": step.needs,
            "opened_on": standing.opened_on,
            "done_on": standing.done_on,
            "internal_due_on": None if clock is None else clock.due_on,
            "internal_overdue": clock is not None and still and facts.now.on > clock.due_on,
            "opinions": [_opinion(one, events, words) for one in standing.opinions],
        }
    )


def _opinion(opinion: Opinion, events: Sequence[Record], words: Mapping[str, str]) -> ReviewOpinionView:
    zh, en = AUTHORITY_NAMES[opinion.authority]
    data: Mapping[str, str | None] = next(
        (
            row["data"]
            for row in reversed(events)
            if row["name"] in ("OpinionGiven", "ApprovalGiven")
            and (row["data"]["step"], row["data"]["given_by"]) == (opinion.step, opinion.given_by)
        ),
        {},
    )
    return ReviewOpinionView.model_validate(
        {
            "opinion": opinion.opinion,
            "authority": opinion.authority,
            "authority_zh": zh,
            "authority_en": en,
            "post": data.get("post"),
            "instrument": opinion.instrument,
            "in_place_of_another": opinion.in_place_of is not None,
            "given_on": opinion.given_on,
            "words": words.get(data.get("words_sha256") or ""),
        }
    )


def task_line(line: CaseLine, task: Record, item: Item) -> CaseLine:
    """A line of a work list with the step that waits."""
    step = step_of(item, task["step"])
    zh, en = (step.name, step.name_en) if step else DECISION_NAMES
    return line.model_copy(
        update={
            "step": task["step"],
            "step_zh": zh,
            "step_en": en,
            "section": task["section"],
            "internal_due_on": task["internal_due_on"],
            # Without steps the decision is any approver's.
            "waits_for_role": step.role if step else "approver",
            "waits_for_post": step.post if step else None,
        }
    )
