"""Checks on site, by two of the staff at least (行政许可法 34, 55)."""

from collections.abc import Mapping

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.clocks import stop
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, NotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.hearings import refuse_chair
from services.applications.domain.parts.reviewing import SiteCheck

FEWEST_INSPECTORS = 2


def assign_inspectors(case: Case, command: c.AssignInspectors, facts: Facts) -> list[e.CaseEvent]:
    # LIC-12, Art 34¶3 and 55¶2: at least two of the staff.
    _require_two(case, command.people)
    return [e.InspectorsAssigned(effective_on=facts.now.on, people=command.people, assigned_by=facts.by.id)]


def record_site_check(case: Case, command: c.RecordSiteCheck, facts: Facts) -> list[e.CaseEvent]:
    # LIC-12, Art 34¶3: at least two; and the visit stops no clock (Art 45 does not name it).
    _require_two(case, command.people)
    if not case.received_on <= command.checked_on <= facts.now.on:
        raise InvalidRequest(
            "site_check_date",
            "核查日期不能早于收件之日，也不能晚于今天。",
            "The day of the check lies between the receipt and today.",
            pointer="/checked_on",
        )
    return [
        e.SiteChecked(
            effective_on=facts.now.on,
            people=command.people,
            checked_on=command.checked_on,
            findings_sha256=command.findings_sha256,
            passed=command.passed,
        )
    ]


def _require_two(case: Case, people: tuple[str, ...]) -> None:
    if len(set(people)) < FEWEST_INSPECTORS:
        raise InvalidRequest(
            "too_few_inspectors",
            "实地核查、检验检测应当指派两名以上工作人员（行政许可法第三十四条第三款、第五十五条第二款）。",
            "A check on site or an inspection needs at least two of the staff (Art. 34 and 55).",
            pointer="/people",
            article="行政许可法 34, 55",
        )
    refuse_chair(case, people)
    if any(person in case.review.recused for person in people):
        raise NotAllowed(
            "inspector_recused",
            "其中有人已回避本办件，请改派他人。",
            "One of them was taken off this case; please assign somebody else.",
            pointer="/people",
        )


# -- what the events change --------------------------------------------------------------------------------------


def _inspectors_assigned(case: Case, event: e.InspectorsAssigned) -> Case:
    review = replace(case.review, inspectors=event.people, inspectors_assigned_on=event.effective_on)
    return replace(case, review=review, clocks=stop(case.clocks, ["inspectors"], event.effective_on))


def _site_checked(case: Case, event: e.SiteChecked) -> Case:
    check = SiteCheck(event.people, event.checked_on, event.passed)
    return replace(case, review=replace(case.review, site_checks=(*case.review.site_checks, check)))


RULES: Mapping[type[c.Command], Rule] = {
    c.AssignInspectors: assign_inspectors,
    c.RecordSiteCheck: record_site_check,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.InspectorsAssigned: _inspectors_assigned,
    e.SiteChecked: _site_checked,
}
