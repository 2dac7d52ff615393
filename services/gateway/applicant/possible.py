"""What an applicant can do with a case now: told by what the case allows, in the words of somebody who has not read the law."""

from dataclasses import dataclass

from services.applications.contracts import CaseView
from services.gateway.design.language import _
from services.gateway.progress import OPEN_STATES
from services.gateway.supplying import asked_for


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to do: where, in which words, what comes of it, and the article that gives the right."""

    place: str
    words: str
    more: str
    sign: str
    # The article of the licensing law.
    law: str = ""


def choices(case: CaseView) -> list[Choice]:
    """Everything, what is waited for first; what ends the case is no choice among others and stands apart."""
    offers = (_supply, _rate, _hearing, _waiver, _recall, _more_time, _urge, _recusal, _helper, _call_back)
    place = f"/my/cases/{case.case_id}"
    return [choice for offer in offers if (choice := offer(case, place)) is not None]


def withdrawable(case: CaseView) -> bool:
    """Whether the application can still be taken back."""
    return case.state in OPEN_STATES and "withdraw_case" in case.allowed


def hearing_offered(case: CaseView) -> bool:
    """Whether the right to a hearing was told and is still to be used."""
    return case.hearing is not None and case.hearing.state == "told" and "request_hearing" in case.allowed


def more_time_offered(case: CaseView) -> bool:
    """Whether more time to supply can be asked for: nothing asked for is still unanswered."""
    promise = case.tolerance
    unanswered = promise is not None and promise.request is not None and promise.request.answered_on is None
    return "request_supply_extension" in case.allowed and promise is not None and not unanswered


def recall_to_be_answered(case: CaseView) -> bool:
    """Whether the holder has been told of a recall and has not said anything yet."""
    recall = case.recall
    if recall is None or "hear_on_recall" not in case.allowed:
        return False
    return recall.heard_on is None and recall.recalled_on is None and recall.dropped_on is None


def _supply(case: CaseView, place: str) -> Choice | None:
    if "supply_materials" not in case.allowed or not asked_for(case):
        return None
    if case.state == "CORRECTION_NOTICED":
        more = _("只列出需要补正的材料和原因；重新提交后才会继续办理。")
        return Choice(f"{place}/papers", _("去补正材料"), more, "upload", "32")
    return Choice(f"{place}/papers", _("补交材料"), _("可以一次补齐，也可以分几次补交。"), "upload")


def _rate(case: CaseView, place: str) -> Choice | None:
    if "rate_case" not in case.allowed:
        return None
    return Choice(f"{place}/rate", _("评价这次服务"), _("五个等级，每个办件评价一次。"), "circle-check")


def _hearing(case: CaseView, place: str) -> Choice | None:
    if not hearing_offered(case):
        return None
    more = _("您有权要求听证，不收费用；请在告知书写明的期限内提出。")
    return Choice(f"{place}/ask/hearing", _("申请听证"), more, "users", "47")


def _waiver(case: CaseView, place: str) -> Choice | None:
    if not hearing_offered(case):
        return None
    more = _("放弃以后可以早一些作出决定。")
    return Choice(f"{place}/ask/no-hearing", _("我放弃听证"), more, "x", "47")


def _recall(case: CaseView, place: str) -> Choice | None:
    if not recall_to_be_answered(case):
        return None
    more = _("收回办理结果以前，您可以说明情况、提出意见。")
    return Choice(f"{place}/ask/recall", _("陈述意见"), more, "pencil")


def _more_time(case: CaseView, place: str) -> Choice | None:
    if not more_time_offered(case):
        return None
    more = _("因自然灾害等不可抗力不能按时补交的，可以申请延长。")
    return Choice(f"{place}/ask/more-time", _("因不可抗力申请延长补交期限"), more, "hourglass")


def _urge(case: CaseView, place: str) -> Choice | None:
    if "urge" not in case.allowed or asked_for(case):
        return None
    return Choice(f"{place}/ask/urge", _("催办"), _("提醒工作人员尽快办理，每天一次。"), "bell")


def _recusal(case: CaseView, place: str) -> Choice | None:
    if "request_recusal" not in case.allowed:
        return None
    more = _("工作人员与本办件有利害关系、可能影响公正的，可以申请换人。")
    return Choice(f"{place}/ask/recusal", _("申请回避"), more, "scale", "48")


def _helper(case: CaseView, place: str) -> Choice | None:
    if "give_mandate" not in case.allowed:
        return None
    words = _("查看或撤销委托") if case.mandate and case.mandate.holds else _("请人帮我办")
    return Choice(f"{place}/helper", words, _("写明帮什么、到哪一天为止，随时可以撤销。"), "users")


def _call_back(case: CaseView, _place: str) -> Choice:
    more = _("不会操作、看不明白时，我们打给您。")
    return Choice(f"/call-me?case={case.case_id}", _("请给我回电话"), more, "phone")
