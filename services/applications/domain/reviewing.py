"""The steps between acceptance and decision, as the pinned item version orders them (§4.3, 行政许可法 34)."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.authority import Authority, Occasion, authority_for
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.copying import replace
from services.applications.domain.errors import DomainError, InvalidRequest, NotAllowed, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.hearings import refuse_chair
from services.applications.domain.item import ReviewStep
from services.applications.domain.materials import check_materials
from services.applications.domain.parts.reviewing import Opinion
from services.applications.domain.steps import (
    JOINT,
    Progress,
    Standing,
    decision_step,
    earlier,
    objected,
    readiness,
    standings,
)

# -- opinions ----------------------------------------------------------------------------------------------------


def give_opinion(case: Case, command: c.GiveOpinion, facts: Facts) -> list[e.CaseEvent]:
    standing = standing_of(case, command.step, facts)
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
    authority = authority_for(step, facts.by, occasion_of(case, facts, command.stand_in_reason), facts.powers)
    return [_opinion(case, step, command.opinion, command.words_sha256, authority, facts)]


def standing_of(case: Case, code: str, facts: Facts) -> Standing:
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


def occasion_of(case: Case, facts: Facts, stand_in_reason: str | None = None) -> Occasion:
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
    _refuse_unanswered_recusal(case)
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


def _refuse_unanswered_recusal(case: Case) -> None:
    # LIC-16, Art 48¶1(3): a right to ask is a right to an answer, and the answer may take the decider off the case.
    if case.review.recusals_asked:
        raise OutcomeNotAllowed(
            "recusal_not_answered",
            "申请人的回避申请尚未答复，不能作出决定，请先由本机关负责人决定是否回避（行政许可法第四十八条）。",
            "A request of the applicant to take somebody off the case is not answered yet; the head of the organ decides"
            " on it first (Art. 48).",
            article="行政许可法 48",
        )


def _names(found: Iterable[Standing]) -> str:
    return "、".join(one.step.name for one in found)


def _names_en(found: Iterable[Standing]) -> str:
    return ", ".join(one.step.name_en for one in found)


def _require_site_check(case: Case, facts: Facts) -> None:
    # LIC-12, Art 34¶3: where the substance must be checked on site, nothing is granted before at least two have.
    if not facts.item.site_check_required:
        return
    newest = case.review.site_checks[-1] if case.review.site_checks else None
    # What somebody found who was taken off the case since carries no decision.
    if newest is None or not newest.passed or set(newest.people) & set(case.review.recused):
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
    occasion = occasion_of(case, facts, command.stand_in_reason)
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


RULES: Mapping[type[c.Command], Rule] = {
    c.GiveOpinion: give_opinion,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.OpinionGiven: _opinion_given,
    e.ApprovalGiven: _approval_given,
}
