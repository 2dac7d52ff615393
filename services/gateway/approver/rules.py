"""What an approver looks at before deciding: the rules as far as they compute, each with its article."""

from dataclasses import dataclass
from typing import Literal

from services.applications.contracts import CaseView
from services.gateway.approver.laws import LICENCE_LAW
from services.gateway.design.language import N_, Words, _, chosen, language
from services.gateway.design.words import day_said
from services.gateway.progress import clock_of
from shared.time import today

Verdict = Literal["pass", "fail", "eye"]
_BASES = Words({"ordinary": N_("普通受理"), "tolerant": N_("容缺受理"), "deemed": N_("逾期未告知，视为受理")})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: passed, failed, or to be judged by a person; `law` and `article` lead to its text."""

    title: str
    verdict: Verdict
    words: str
    law: str = ""
    article: str = ""


def checklist(case: CaseView) -> list[Rule]:
    """The rules of this case; what only a person can judge is said to need an eye."""
    rules: list[Rule | None] = [_papers(case), _acceptance(case), _tolerance(case)]
    rules += [_hearing(case), _procedures(case), _site_check(case), _steps(case), _recusal(case)]
    rules += [
        _clock(case, "promised", _("承诺办结时限")),
        _clock(case, "statutory", _("法定办结时限")),
        Rule(_("实质条件"), "eye", _("请核对材料内容是否符合办理条件"), LICENCE_LAW, "34"),
    ]
    return [rule for rule in rules if rule is not None]


def joined(names: list[str]) -> str:
    """Names in a row, as the language of the page writes them."""
    return (", " if language() == "en" else "、").join(names)


def _papers(case: CaseView) -> Rule:
    papers = case.check.materials
    lacking = [
        chosen(one.name, one.name_en) for one in papers if one.status in ("missing", "tolerated", "defective")
    ]
    if lacking:
        words = _("尚缺：{names}。补齐前不得作出准予决定", names=joined(lacking))
        return Rule(_("材料齐全"), "fail", words, LICENCE_LAW, "38")
    shared = [chosen(one.name, one.name_en) for one in papers if one.status == "shared"]
    if shared:
        # Nothing records yet that the organ has fetched these, so a person has to see them.
        words = _("申请人应交的材料都已提交；由本机关共享取得的请核对：{names}", names=joined(shared))
        return Rule(_("材料齐全"), "eye", words, LICENCE_LAW, "34")
    return Rule(_("材料齐全"), "pass", _("清单上的材料都已提交"), LICENCE_LAW, "34")


def _acceptance(case: CaseView) -> Rule:
    if case.accepted_on is None:
        return Rule(_("已经受理"), "fail", _("尚未受理"), LICENCE_LAW, "32")
    words = _(
        "{basis}，{day}",
        basis=_BASES.get(case.acceptance_basis or "ordinary", ""),
        day=day_said(case.accepted_on),
    )
    return Rule(_("已经受理"), "pass", words, LICENCE_LAW, "32")


def _tolerance(case: CaseView) -> Rule:
    promise, title = case.tolerance, _("容缺承诺")
    if promise is None:
        return Rule(title, "pass", _("没有容缺材料"))
    if promise.fulfilled_on is None:
        due = day_said(promise.supply_due_on)
        return Rule(title, "fail", _("等待申请人在{day}前补齐", day=due))
    supplied = day_said(promise.fulfilled_on)
    if promise.confirmed_on is None:
        return Rule(
            title,
            "eye",
            _("已于{day}补齐，请审查补交的材料，合格后才能准予", day=supplied),
            LICENCE_LAW,
            "34",
        )
    return Rule(title, "pass", _("已于{day}补齐并审查合格", day=supplied))


_HEARINGS: dict[str, tuple[Verdict, str]] = {
    "not_told": ("eye", N_("尚未告知听证权利；涉及重大利益关系的，决定前必须告知")),
    "told": ("fail", N_("已告知听证权利，申请期限未满或者等待答复")),
    "lapsed": ("pass", N_("已告知听证权利，逾期未申请")),
    "waived": ("pass", N_("申请人、利害关系人放弃听证")),
    "due": ("fail", N_("应当举行听证，尚未通知时间和地点")),
    "scheduled": ("fail", N_("已通知听证，尚未举行")),
    "held": ("pass", N_("已举行听证，应当根据听证笔录作出决定")),
    "withdrawn": ("pass", N_("听证申请已撤回")),
    "absent": ("pass", N_("申请人无正当理由缺席，不再听证")),
}


def _hearing(case: CaseView) -> Rule | None:
    if case.hearing is None:
        return None
    verdict, words = _HEARINGS[case.hearing.state]
    article = "48" if case.hearing.state in ("scheduled", "held") else "47"
    return Rule(_("听证"), verdict, _(words), LICENCE_LAW, article)


def _procedures(case: CaseView) -> Rule | None:
    running = [one for one in case.procedures if one.ended_on is None]
    if not case.procedures:
        return None
    if not running:
        return Rule(_("特别程序"), "pass", _("已结束"), LICENCE_LAW, "45")
    told = "; ".join(
        _("{name}，告知至{day}", name=chosen(one.kind_zh, one.kind_en), day=day_said(one.told_until))
        for one in running
    )
    return Rule(_("特别程序"), "fail", told, LICENCE_LAW, "45")


def _site_check(case: CaseView) -> Rule | None:
    review = case.review
    if review is None or not (review.site_check_required or review.site_checks):
        return None
    if not review.site_checks:
        return Rule(_("实地核查"), "fail", _("须由两名以上工作人员核查，尚未登记"), LICENCE_LAW, "34")
    newest = review.site_checks[-1]
    words = _("{day}，{count}人核查", day=day_said(newest.checked_on), count=newest.inspectors)
    return Rule(_("实地核查"), "pass" if newest.passed else "fail", words, LICENCE_LAW, "34")


def _steps(case: CaseView) -> Rule | None:
    steps = case.review.steps if case.review else ()
    if not steps:
        return None
    against = [chosen(one.name_zh, one.name_en) for one in steps if one.progress == "failed"]
    if against:
        words = _("{names}提出了反对意见，不得准予", names=joined(against))
        return Rule(_("审查环节"), "fail", words, LICENCE_LAW, "38")
    open_ones = [chosen(one.name_zh, one.name_en) for one in steps if one.progress in ("open", "waiting")]
    if open_ones:
        return Rule(_("审查环节"), "fail", _("尚未完成：{names}", names=joined(open_ones)), LICENCE_LAW, "34")
    return Rule(_("审查环节"), "pass", _("各环节都已通过"), LICENCE_LAW, "34")


def _recusal(case: CaseView) -> Rule | None:
    if case.review is None or not case.review.recusals_asked:
        return None
    words = _("申请人的回避申请尚未答复，答复前不能作出决定")
    return Rule(_("回避"), "fail", words, LICENCE_LAW, "48")


def _clock(case: CaseView, name: str, title: str) -> Rule:
    clock = clock_of(case, name)
    if clock is None:
        return Rule(title, "eye", _("尚未起算"))
    late = (clock.stopped_on or today()) > clock.due_on
    words = (
        _("{day}止，已超过", day=day_said(clock.due_on)) if late else _("{day}止", day=day_said(clock.due_on))
    )
    law, _space, article = clock.article.partition(" ")
    return Rule(title, "fail" if late else "pass", words, law, article)
