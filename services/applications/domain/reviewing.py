"""The steps between acceptance and decision, as the pinned item version orders them (§4.3, 行政许可法 34)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.authority import Authority, Occasion, authority_for
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.clocks import stop
from services.applications.domain.errors import DomainError, InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.item import ReviewStep
from services.applications.domain.materials import check_materials
from services.applications.domain.parts.reviewing import Opinion, SendingBack, SiteCheck, Urging
from services.applications.domain.steps import (
    DECISION,
    JOINT,
    Progress,
    Standing,
    decision_step,
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
# Why somebody may not act on a case.
RECUSAL_GROUNDS: dict[str, tuple[str, str]] = {
    "party_or_kin": ("是当事人或者当事人近亲属", "a party, or near kin of one"),
    "interest": ("与本办件有直接利害关系", "a direct interest in the case"),
    "other_relation": ("有其他可能影响公正办理的关系", "another relation that may harm fairness"),
}
FEWEST_INSPECTORS = 2


# -- opinions ----------------------------------------------------------------------------------------------------


def give_opinion(case: Case, command: c.GiveOpinion, facts: Facts) -> list[e.CaseEvent]:
    standing = _standing(case, command.step, facts)
    step = standing.step
    last = decision_step(facts.item.review)
    if last is not None and step.code == last.code:
        raise OutcomeNotAllowed(
            "step_is_the_decision",
            f"“{step.name}”是共同决定环节，请直接作出决定。",
            f"“{step.name_en}” is the joint decision itself; please decide.",
        )
    _require_open(standing)
    _require_words(command.opinion, command.words_sha256)
    authority = authority_for(step, facts.by, _occasion(case, facts, command.stand_in_reason), facts.powers)
    return [_opinion(case, step, command.opinion, command.words_sha256, authority, facts)]


def refuse_chair(case: Case, people: Iterable[str]) -> None:
    # LIC-16, Art 48¶1(3): whoever chairs the hearing is none of the reviewing staff, before it and after it.
    chair = case.hearing.chair if case.hearing else None
    if chair is not None and chair in people:
        raise NotAllowed(
            "chair_may_not_review",
            "本办件的听证主持人不得参与审查、核查和决定，请由其他人员办理（行政许可法第四十八条）。",
            "The chair of this case's hearing may not review, check or decide it; another person must (Art. 48).",
            article="行政许可法 48",
        )


def _standing(case: Case, code: str, facts: Facts) -> Standing:
    found = next((one for one in standings(case, facts.item) if one.step.code == code), None)
    if found is None:
        raise InvalidRequest(
            "unknown_step",
            "该事项没有这个审查环节，请刷新办件后重新选择。",
            "The item has no such step of review; read the case again and choose one of its steps.",
            pointer="/step",
        )
    return found


def _require_open(standing: Standing) -> None:
    if standing.progress is Progress.OPEN:
        return
    zh, en = {
        Progress.WAITING: ("前面的环节尚未全部通过", "steps before it are not passed yet"),
        Progress.PASSED: ("该环节已经办结", "it is done"),
        Progress.FAILED: ("该环节已提出反对意见", "an opinion against the application was given"),
    }[standing.progress]
    raise OutcomeNotAllowed(
        "step_not_open",
        f"“{standing.step.name}”现在不能提出意见：{zh}。",
        f"No opinion can be given on “{standing.step.name_en}” now: {en}.",
        step=standing.step.code,
        progress=standing.progress.value,
    )


def _require_words(opinion: str, words_sha256: str | None) -> None:
    # Art 38: a refusal states its reasons, and they begin with the opinion that is against the application.
    if opinion == "fail" and words_sha256 is None:
        raise OutcomeNotAllowed(
            "reasons_required",
            "提出反对意见必须写明理由（行政许可法第三十八条）。",
            "An opinion against the application must state its reasons (Administrative Licence Law, Article 38).",
            pointer="/words",
        )


def _occasion(case: Case, facts: Facts, stand_in_reason: str | None = None) -> Occasion:
    return Occasion(case.unit, case.item_code, facts.now.on, case.review.recused, stand_in_reason)


def _opinion(
    case: Case, step: ReviewStep, opinion: str, words_sha256: str | None, authority: Authority, facts: Facts
) -> e.OpinionGiven | e.ApprovalGiven:
    refuse_chair(case, [facts.by.id])
    _refuse_a_second_voice(case, step, facts.by.id, authority)
    _refuse_own_countersignature(case, step, facts)
    given: dict[str, Any] = {
        "effective_on": facts.now.on,
        "step": step.code,
        "given_by": facts.by.id,
        "authority": authority.kind,
        "post": authority.post,
        "instrument": authority.instrument,
        "in_place_of": authority.in_place_of,
        "stand_in_reason": authority.stand_in_reason,
        "words_sha256": words_sha256,
    }
    if step.kind == JOINT:
        return e.ApprovalGiven(result=opinion, **given)
    return e.OpinionGiven(opinion=opinion, **given)


def _refuse_a_second_voice(case: Case, step: ReviewStep, person: str, authority: Authority) -> None:
    # §4.3 separation of duties: n of m are n different people, and one power speaks once whoever acts for it.
    heard = [one for one in case.review.given if one.step == step.code]
    if any(person == one.given_by for one in heard):
        raise NotAllowed(
            "opinion_given_before",
            f"您已对“{step.name}”提出过意见，应由其他人员提出。",
            f"You have given your opinion on “{step.name_en}”; another person must give the next.",
        )
    voices = {voice for one in heard for voice in (one.given_by, one.voice)}
    if (authority.in_place_of or person) in voices:
        raise NotAllowed(
            "power_used_before",
            "同一职权对同一环节只能行使一次：本人和代行人不能分别提出意见。",
            "One power can be used once in a step: its holder and whoever acts for the holder can't both speak.",
        )


def _refuse_own_countersignature(case: Case, step: ReviewStep, facts: Facts) -> None:
    if step.kind != "countersign":
        return
    before = earlier(facts.item.review, step.code)
    if any(one.given_by == facts.by.id and one.step in before for one in case.review.given):
        raise NotAllowed(
            "own_opinion_countersigned",
            "不得会签本人提出的审查意见，请由其他人员会签。",
            "Nobody countersigns an opinion of their own; another person must.",
        )


# -- the decision ------------------------------------------------------------------------------------------------


def check_review(case: Case, command: c.Decide, facts: Facts) -> None:
    """Refuse a decision that the review does not carry."""
    refuse_chair(case, [facts.by.id])
    standing_in_the_way = readiness(case, facts.item)
    against = objected(case, facts.item)
    if command.result == "grant" and against:
        raise OutcomeNotAllowed(
            "opinion_against",
            f"“{_names(against)}”提出了反对意见，不得作出准予决定；可以退回重新审查，或者说明理由作出不予决定。",
            f"An opinion of “{_names_en(against)}” is against it, so it can't be granted;"
            " send it back, or refuse with reasons.",
        )
    if standing_in_the_way and not against:
        raise OutcomeNotAllowed(
            "review_not_done",
            f"审查环节“{_names(standing_in_the_way)}”尚未完成，不能作出决定。",
            f"The review is not done (“{_names_en(standing_in_the_way)}”), so nothing can be decided.",
            steps=[one.step.code for one in standing_in_the_way],
        )
    if command.result == "grant":
        _require_site_check(case, facts)
        _keep_the_order_of_acceptance(facts)


def _names(found: Iterable[Standing]) -> str:
    return "、".join(one.step.name for one in found)


def _names_en(found: Iterable[Standing]) -> str:
    return ", ".join(one.step.name_en for one in found)


def _require_site_check(case: Case, facts: Facts) -> None:
    # LIC-12, Art 34¶3: where the substance must be checked on site, nothing is granted before at least two have.
    if not facts.item.site_check_required:
        return
    newest = case.review.site_checks[-1] if case.review.site_checks else None
    if newest is None or not newest.passed:
        raise OutcomeNotAllowed(
            "site_check_missing",
            "该事项应当由两名以上工作人员实地核查合格后，才能作出准予决定（行政许可法第三十四条第三款）。",
            "At least two of the staff must have checked on site with success before it is granted (Art. 34).",
            article="行政许可法 34",
        )


def _keep_the_order_of_acceptance(facts: Facts) -> None:
    # LIC-27, Art 57: where the number of licences is limited, the earlier acceptance goes first.
    if facts.item.number_limited and facts.earlier_undecided:
        first = facts.earlier_undecided[0]
        raise OutcomeNotAllowed(
            "earlier_acceptance_undecided",
            f"该许可有数量限制，应当按受理先后顺序作出决定：办件{first}受理在先，尚未决定（行政许可法第五十七条）。",
            f"The number of these licences is limited and case {first} was accepted earlier; decide it first (Art. 57).",
            case_no=first,
            article="行政许可法 57",
        )


def joint_decision(case: Case, command: c.Decide, facts: Facts) -> tuple[tuple[e.ApprovalGiven, ...], bool]:
    """The approval that this decision is where several decide together, and whether it is the last one needed."""
    step = decision_step(facts.item.review)
    if step is None:
        return (), True
    occasion = _occasion(case, facts, command.stand_in_reason)
    authority = authority_for(step, facts.by, occasion, facts.powers)
    opinion = "pass" if command.result == "grant" else "fail"
    given = _opinion(case, step, opinion, command.reasons_sha256, authority, facts)
    assert isinstance(given, e.ApprovalGiven)
    alike = [one for one in case.review.approvals if (one.step, one.opinion) == (step.code, opinion)]
    return (given,), len(alike) + 1 >= step.needs


def check_batch(case: Case, command: c.Decide, facts: Facts) -> None:
    """Refuse to decide together with others what needs to be looked at alone (§4.3): `alike` names the others."""
    alike = facts.alike
    if alike is None:
        return
    if (case.item_code, case.item_version) != alike:
        raise _not_for_a_batch(
            "unlike_case", "与本批其他办件的事项或者版本不同", "its item or version is another"
        )
    if not check_materials(facts.item, case.supplied_codes, case.defects).complete:
        raise _not_for_a_batch("papers_missing_in_batch", "材料尚不齐全", "papers are lacking")
    if case.hearing is not None or case.procedures or case.interested:
        raise _not_for_a_batch(
            "procedure_in_batch",
            "有听证、特别程序或者利害关系人",
            "it has a hearing, a special procedure or an interested party",
        )
    wanted = "pass" if command.result == "grant" else "fail"
    if any(one.opinion != wanted for one in case.review.given):
        raise _not_for_a_batch(
            "dissent_in_batch", "审查意见与批量决定不一致", "an opinion differs from the decision"
        )


def _not_for_a_batch(code: str, zh: str, en: str) -> DomainError:
    return OutcomeNotAllowed(
        code,
        f"该办件{zh}，不能批量决定，请单独办理。",
        f"It can't be decided with others ({en}); decide it alone.",
    )


# -- back, off, on -----------------------------------------------------------------------------------------------


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
    to = _standing(case, command.to_step, facts)
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
                return one.step.code, authority_for(one.step, facts.by, _occasion(case, facts), facts.powers)
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


# -- on site -----------------------------------------------------------------------------------------------------


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


def _opinion_given(case: Case, event: e.OpinionGiven) -> Case:
    opinions = (*case.review.opinions, _as_part(event, event.opinion))
    return replace(case, review=replace(case.review, opinions=opinions))


def _approval_given(case: Case, event: e.ApprovalGiven) -> Case:
    approvals = (*case.review.approvals, _as_part(event, event.result))
    return replace(case, review=replace(case.review, approvals=approvals))


def _as_part(event: e.OpinionGiven | e.ApprovalGiven, opinion: str) -> Opinion:
    return Opinion(
        event.step,
        opinion,
        event.given_by,
        event.authority,
        event.effective_on,
        event.instrument,
        event.in_place_of,
    )


def _sent_back(case: Case, event: e.SentBack) -> Case:
    return _reopened(case, event.reopens, event)


def _recused(case: Case, event: e.Recused) -> Case:
    case = _reopened(case, event.reopens, event) if event.reopens else case
    asked = case.review.recusals_asked - (event.asked_by == "applicant")
    review = replace(case.review, recused=(*case.review.recused, event.person), recusals_asked=asked)
    return replace(case, review=review)


def _reopened(case: Case, steps: tuple[str, ...], event: e.CaseEvent) -> Case:
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


def _recusal_requested(case: Case, _: e.RecusalRequested) -> Case:
    asked = case.review.recusals_asked + 1
    return replace(case, review=replace(case.review, recusals_asked=asked))


def _recusal_declined(case: Case, _: e.RecusalDeclined) -> Case:
    asked = case.review.recusals_asked - 1
    return replace(case, review=replace(case.review, recusals_asked=asked))


def _urged(case: Case, event: e.Urged) -> Case:
    known = case.review.urging
    today = known.by if known.on == event.effective_on else ()
    urging = Urging(known.count + 1, event.effective_on, tuple(dict.fromkeys((*today, event.urged_by))))
    return replace(case, review=replace(case.review, urging=urging))


def _inspectors_assigned(case: Case, event: e.InspectorsAssigned) -> Case:
    review = replace(case.review, inspectors=event.people, inspectors_assigned_on=event.effective_on)
    return replace(case, review=review, clocks=stop(case.clocks, ["inspectors"], event.effective_on))


def _site_checked(case: Case, event: e.SiteChecked) -> Case:
    check = SiteCheck(event.people, event.checked_on, event.passed)
    return replace(case, review=replace(case.review, site_checks=(*case.review.site_checks, check)))


RULES: Mapping[type[c.Command], Rule] = {
    c.GiveOpinion: give_opinion,
    c.SendBack: send_back,
    c.RequestRecusal: request_recusal,
    c.DeclineRecusal: decline_recusal,
    c.Recuse: recuse,
    c.Urge: urge,
    c.AssignInspectors: assign_inspectors,
    c.RecordSiteCheck: record_site_check,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.OpinionGiven: _opinion_given,
    e.ApprovalGiven: _approval_given,
    e.SentBack: _sent_back,
    e.RecusalRequested: _recusal_requested,
    e.RecusalDeclined: _recusal_declined,
    e.Recused: _recused,
    e.Urged: _urged,
    e.InspectorsAssigned: _inspectors_assigned,
    e.SiteChecked: _site_checked,
}
