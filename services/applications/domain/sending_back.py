"""Back to an earlier step with its reason, and urging those who are slow (§4.3)."""

from collections.abc import Mapping

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.authority import Authority, authority_for
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.copying import replace
from services.applications.domain.errors import DomainError, InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.item import ReviewStep
from services.applications.domain.parts.reviewing import SendingBack, Urging
from services.applications.domain.reviewing import occasion_of, standing_of
from services.applications.domain.steps import (
    DECISION,
    Progress,
    earlier,
    objected,
    opinions_without,
    readiness,
    standings,
    step_of,
    with_later,
)

# Why a case goes back to an earlier step.
SEND_BACK_REASONS: dict[str, tuple[str, str]] = {
    "facts_unclear": ("事实不清", "the facts are not clear"),
    "basis_wrong": ("适用依据不准确", "the legal basis is not right"),
    "opinion_incomplete": ("审查意见不完整", "the opinion is incomplete"),
    "procedure_missed": ("遗漏法定程序", "a procedure of the law was missed"),
    "new_facts": ("出现新的情况", "new facts came up"),
    "other": ("其他", "other"),
}


def send_back(case: Case, command: c.SendBack, facts: Facts) -> list[e.CaseEvent]:
    if command.reason_code not in SEND_BACK_REASONS:
        raise InvalidRequest(
            "reason_unknown",
            "请从列出的原因中选择退回原因。",
            "Please choose one of the listed reasons.",
            pointer="/reason_code",
            allowed=sorted(SEND_BACK_REASONS),
        )
    if command.reason_code == "other" and command.words_sha256 is None:
        raise InvalidRequest(
            "reasons_required", "请写明退回原因。", "Please say why it goes back.", pointer="/words"
        )
    to = standing_of(case, command.to_step, facts)
    if not to.opinions:
        raise OutcomeNotAllowed(
            "step_not_done",
            f"“{to.step.name}”尚未提出意见，不能退回到该环节。",
            f"No opinion was given on “{to.step.name_en}”, so nothing can go back to it.",
            pointer="/to_step",
        )
    source, authority = _sender(case, to.step, facts)
    return [
        e.SentBack(
            effective_on=facts.now.on,
            from_step=source,
            to_step=to.step.code,
            reason_code=command.reason_code,
            sent_by=facts.by.id,
            authority=authority.kind,
            instrument=authority.instrument,
            in_place_of=authority.in_place_of,
            words_sha256=command.words_sha256,
            reopens=with_later(facts.item.review, [to.step.code]),
        )
    ]


def _sender(case: Case, to: ReviewStep, facts: Facts) -> tuple[str, Authority]:
    """From which step it goes back: an open one after `to` that is this person's, or the decision itself."""
    refused: DomainError | None = None
    for one in standings(case, facts.item):
        if one.progress is Progress.OPEN and to.code in earlier(facts.item.review, one.step.code):
            try:
                return one.step.code, authority_for(
                    one.step, facts.by, occasion_of(case, facts), facts.powers
                )
            except NotAllowed as error:
                refused = error
    if not readiness(case, facts.item) or objected(case, facts.item):
        if facts.by.id in case.handled_by:
            raise NotAllowed(
                "separation_of_duties",
                "收件或受理本办件的人员不能单独作出决定，请由其他审批人员决定。",
                "Whoever received or accepted the case can't be its sole decider; another approver must decide.",
            )
        return DECISION, Authority("role")
    raise refused or OutcomeNotAllowed(
        "not_an_earlier_step",
        f"“{to.name}”不在当前环节之前，不能退回到该环节。",
        f"“{to.name_en}” does not come before any step that is open now.",
        pointer="/to_step",
    )


def urge(case: Case, command: c.Urge, facts: Facts) -> list[e.CaseEvent]:
    if command.step is not None and command.step != DECISION and step_of(facts.item, command.step) is None:
        raise InvalidRequest(
            "unknown_step",
            "该事项没有这个审查环节，请刷新办件后重新选择。",
            "The item has no such step of review; read the case again and choose one of its steps.",
            pointer="/step",
        )
    urging = case.review.urging
    if facts.by.role == "applicant" and urging.on == facts.now.on and facts.by.id in urging.by:
        raise OutcomeNotAllowed(
            "urged_today",
            "您今天已经催办过本办件，已记录在案；明天可以再次催办。",
            "You have urged this case today, and it is on record; you can urge it again tomorrow.",
        )
    return [
        e.Urged(effective_on=facts.now.on, step=command.step, urged_by=facts.by.id, urger_role=facts.by.role)
    ]


# -- what the events change --------------------------------------------------------------------------------------


def _sent_back(case: Case, event: e.SentBack) -> Case:
    return reopened(case, event.reopens, event)


def reopened(case: Case, steps: tuple[str, ...], event: e.CaseEvent) -> Case:
    gone = tuple(one.given_by for one in case.review.given if one.step in steps)
    opinions, approvals = opinions_without(case.review, steps)
    review = replace(
        case.review,
        opinions=opinions,
        approvals=approvals,
        sent_back=(*case.review.sent_back, SendingBack(steps, event.effective_on)),
        overtaken=tuple(dict.fromkeys((*case.review.overtaken, *gone))),
    )
    return replace(case, review=review)


def _urged(case: Case, event: e.Urged) -> Case:
    known = case.review.urging
    today = known.by if known.on == event.effective_on else ()
    urging = Urging(known.count + 1, event.effective_on, tuple(dict.fromkeys((*today, event.urged_by))))
    return replace(case, review=replace(case.review, urging=urging))


RULES: Mapping[type[c.Command], Rule] = {
    c.SendBack: send_back,
    c.Urge: urge,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.SentBack: _sent_back,
    e.Urged: _urged,
}
