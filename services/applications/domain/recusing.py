"""Who may not act on a case: stepping aside and being taken off (§4.3, 行政许可法 48)."""

from collections.abc import Mapping

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.sending_back import reopened
from services.applications.domain.steps import with_later

# Why somebody may not act on a case.
RECUSAL_GROUNDS: dict[str, tuple[str, str]] = {
    "party_or_kin": ("是当事人或者当事人近亲属", "a party, or near kin of one"),
    "interest": ("与本办件有直接利害关系", "a direct interest in the case"),
    "other_relation": ("有其他可能影响公正办理的关系", "another relation that may harm fairness"),
}


def request_recusal(case: Case, command: c.RequestRecusal, facts: Facts) -> list[e.CaseEvent]:
    # LIC-16, Art 48¶1(3): the applicant may ask that somebody with an interest be taken off; the request is recorded.
    return [
        e.RecusalRequested(
            effective_on=facts.now.on, requested_by=facts.by.id, words_sha256=command.words_sha256
        )
    ]


def decline_recusal(case: Case, command: c.DeclineRecusal, facts: Facts) -> list[e.CaseEvent]:
    _require_open_request(case)
    return [
        e.RecusalDeclined(
            effective_on=facts.now.on, declined_by=facts.by.id, words_sha256=command.words_sha256
        )
    ]


def _require_open_request(case: Case) -> None:
    if not case.review.recusals_asked:
        raise OutcomeNotAllowed(
            "no_recusal_asked",
            "申请人没有提出尚未答复的回避申请。",
            "No request of the applicant to take somebody off the case is open.",
        )


def recuse(case: Case, command: c.Recuse, facts: Facts) -> list[e.CaseEvent]:
    # §4.3, Art 48¶1(3): anybody may withdraw from a case; about others the head of the organ decides.
    if command.ground not in RECUSAL_GROUNDS:
        raise InvalidRequest(
            "ground_unknown",
            "请从列出的情形中选择回避情形。",
            "Please choose one of the listed grounds.",
            pointer="/ground",
            allowed=sorted(RECUSAL_GROUNDS),
        )
    if command.person in case.review.recused:
        raise OutcomeNotAllowed(
            "recused_before", "该人员已经回避。", "This person is off the case already.", pointer="/person"
        )
    if command.asked_by == "applicant":
        _require_open_request(case)
    is_self = command.person == facts.by.id
    if (command.asked_by == "self") != is_self:
        raise InvalidRequest(
            "recusal_of_somebody_else",
            "自行回避只能由本人提出；决定他人回避请写明由申请人提出还是由单位决定。",
            "Only the person withdraws from a case; about another, say whether the applicant or the organ asked.",
            pointer="/asked_by",
        )
    if not is_self and "organ_head" not in facts.by.roles:
        raise NotAllowed(
            "recusal_needs_the_head",
            "他人的回避由本机关负责人决定。",
            "Whether somebody else is taken off a case is decided by the head of the organ.",
        )
    opinions = [one.step for one in case.review.given if command.person in (one.given_by, one.in_place_of)]
    return [
        e.Recused(
            effective_on=facts.now.on,
            person=command.person,
            ground=command.ground,
            recused_by=facts.by.id,
            asked_by=command.asked_by,
            # The opinion of somebody who may not act carries no decision: it is given again, and what rests on it.
            reopens=with_later(facts.item.review, opinions),
        )
    ]


def refuse_recused(case: Case, facts: Facts) -> None:
    """Whoever was taken off a case can do nothing more on it."""
    if facts.by.id in case.review.recused:
        raise NotAllowed(
            "recused",
            "您已回避本办件，不能再办理其中任何环节。",
            "You were taken off this case and can do nothing more on it.",
        )


# -- what the events change --------------------------------------------------------------------------------------


def _recused(case: Case, event: e.Recused) -> Case:
    case = reopened(case, event.reopens, event) if event.reopens else case
    asked = case.review.recusals_asked - (event.asked_by == "applicant")
    review = replace(case.review, recused=(*case.review.recused, event.person), recusals_asked=asked)
    return replace(_unexamined_again(case, event.person), review=review)


def _unexamined_again(case: Case, person: str) -> Case:
    # §5.3(6): late papers that were examined by somebody who may not act are examined again, before the decision.
    promise = case.promise
    if promise is None or promise.confirmed_by != person or case.verdict is not None:
        return case
    return replace(case, promise=replace(promise, confirmed_on=None, confirmed_by=None))


def _recusal_requested(case: Case, _: e.RecusalRequested) -> Case:
    asked = case.review.recusals_asked + 1
    return replace(case, review=replace(case.review, recusals_asked=asked))


def _recusal_declined(case: Case, _: e.RecusalDeclined) -> Case:
    asked = case.review.recusals_asked - 1
    return replace(case, review=replace(case.review, recusals_asked=asked))


RULES: Mapping[type[c.Command], Rule] = {
    c.RequestRecusal: request_recusal,
    c.DeclineRecusal: decline_recusal,
    c.Recuse: recuse,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.RecusalRequested: _recusal_requested,
    e.RecusalDeclined: _recusal_declined,
    e.Recused: _recused,
}
