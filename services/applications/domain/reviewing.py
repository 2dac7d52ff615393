"""The steps between acceptance and decision, as the pinned item version orders them."""

from collections.abc import Mapping
from dataclasses import replace

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, unchanged
from services.applications.domain.facts import Rule
from services.applications.domain.parts.reviewing import Opinion, SiteCheck


def _opinion_given(case: Case, event: e.OpinionGiven) -> Case:
    opinion = Opinion(
        event.step,
        event.opinion,
        event.given_by,
        event.authority,
        event.effective_on,
        event.instrument,
        event.in_place_of,
    )
    opened = tuple(one.step for one in event.opens)
    still = tuple(step for step in case.review.open_steps if step != event.step)
    review = replace(case.review, opinions=(*case.review.opinions, opinion), open_steps=(*still, *opened))
    return replace(case, review=review)


def _sent_back(case: Case, event: e.SentBack) -> Case:
    return replace(case, review=replace(case.review, open_steps=(event.to_step,)))


def _recused(case: Case, event: e.Recused) -> Case:
    return replace(case, review=replace(case.review, recused=(*case.review.recused, event.person)))


def _inspectors_assigned(case: Case, event: e.InspectorsAssigned) -> Case:
    review = replace(case.review, inspectors=event.people, inspectors_assigned_on=event.effective_on)
    return replace(case, review=review)


def _site_checked(case: Case, event: e.SiteChecked) -> Case:
    check = SiteCheck(event.people, event.checked_on, event.passed)
    return replace(case, review=replace(case.review, site_checks=(*case.review.site_checks, check)))


def _approval_given(case: Case, event: e.ApprovalGiven) -> Case:
    approval = Opinion(
        event.step,
        event.result,
        event.given_by,
        event.authority,
        event.effective_on,
        event.instrument,
        event.in_place_of,
    )
    return replace(case, review=replace(case.review, approvals=(*case.review.approvals, approval)))


RULES: Mapping[type[c.Command], Rule] = {}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.OpinionGiven: _opinion_given,
    e.SentBack: _sent_back,
    e.Recused: _recused,
    e.Urged: unchanged,
    e.InspectorsAssigned: _inspectors_assigned,
    e.SiteChecked: _site_checked,
    e.ApprovalGiven: _approval_given,
}
