"""What step each kind of event is in the statutory record: the one table, a line for every event.

`act` is the standard's 业务动作 (通过, 退回, 其他), or how an event tells it.  `takes_time` says that the step lasted since the
one before it ended; the others happen in a moment beside the way of the case.  `words` tells the 办理意见 in standard
phrases: what a person wrote freely stands in the encrypted documents, and its digest in the event.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from services.applications.domain import events as e
from services.applications.domain.events import CaseEvent
from services.applications.domain.recusing import RECUSAL_GROUNDS
from services.applications.domain.sending_back import SEND_BACK_REASONS

Act = Literal["通过", "退回", "其他"]
PASSED: Act = "通过"
RETURNED: Act = "退回"
OTHER: Act = "其他"


@dataclass(frozen=True, slots=True)
class Step:
    """How an event stands in `up_pro_process`."""

    process_name: str
    act: Act | Callable[[Any], Act]
    words: str | Callable[[Any], str]
    takes_time: bool = False

    def act_of(self, event: CaseEvent) -> Act:
        """The standard's action."""
        return self.act(event) if callable(self.act) else self.act

    def words_of(self, event: CaseEvent) -> str:
        """The opinion in standard phrases."""
        return self.words(event) if callable(self.words) else self.words


_BASES = {
    "ordinary": "予以受理",
    "tolerant": "容缺受理",
    "deemed": "逾期未告知，视为受理（行政许可法第三十二条）",
}
_METHODS = {"window": "窗口领取", "post": "邮寄送达", "electronic": "电子送达"}
_ANSWERS = {"correction": "补正材料", "tolerance": "补交容缺材料", "deemed": "补充材料"}
_ENDS = {
    "undertaking_broken": "容缺承诺逾期未履行，终止办理",
    "applicant_ended": "申请人死亡、丧失行为能力或者终止，终止办理",
    "object_lost": "申请事项已无法办理，终止办理",
}


def _decided(event: e.Decided) -> Act:
    return PASSED if event.result == "grant" else RETURNED


def _decision_words(event: e.Decided) -> str:
    late = "" if event.within_statute else "（超过法定期限）"
    return ("准予" if event.result == "grant" else "不予") + late


def _opinion(event: e.OpinionGiven) -> Act:
    return PASSED if event.opinion == "pass" else RETURNED


# By which right an opinion was given, when it was not the role's own.
_AUTHORITIES = {"holder": "（A岗）", "stand_in": "（B岗代办）", "delegate": "（受权办理）"}


def _opinion_words(event: e.OpinionGiven) -> str:
    return ("同意" if event.opinion == "pass" else "不同意") + _AUTHORITIES.get(event.authority, "")


def _approval_words(event: e.ApprovalGiven) -> str:
    return ("同意" if event.result == "pass" else "不同意") + _AUTHORITIES.get(event.authority, "")


def _approval(event: e.ApprovalGiven) -> Act:
    return PASSED if event.result == "pass" else RETURNED


def _sent_back_words(event: e.SentBack) -> str:
    zh, _ = SEND_BACK_REASONS.get(event.reason_code, (event.reason_code, ""))
    return f"退回前一环节（{zh}）"


def _recused_words(event: e.Recused) -> str:
    zh, _ = RECUSAL_GROUNDS.get(event.ground, (event.ground, ""))
    return f"回避（{zh}）"


STEPS: Mapping[str, Step] = {
    # -- the way of every case
    "Submitted": Step("申请与收件", PASSED, "收到申请材料，出具收件凭证"),
    "Accepted": Step("受理", PASSED, lambda event: _BASES.get(event.basis, "予以受理"), takes_time=True),
    "CorrectionRequested": Step("受理", RETURNED, "材料不齐全或者不符合法定形式，一次性告知补正", takes_time=True),
    "MaterialsSupplied": Step("补正", PASSED, lambda event: _ANSWERS.get(event.answers, "补充材料"), takes_time=True),
    "SupplyReminded": Step("容缺提醒", OTHER, lambda event: f"提醒补交容缺材料，剩余{event.working_days_left}个工作日"),
    "ToleranceExpired": Step("容缺补交", RETURNED, "容缺承诺逾期未履行", takes_time=True),
    "Terminated": Step("办结", RETURNED, lambda event: _ENDS.get(event.reason, "终止办理"), takes_time=True),
    "Lapsed": Step("办结", RETURNED, "申请人逾期未补正，视为放弃申请", takes_time=True),
    "Decided": Step("决定", _decided, _decision_words, takes_time=True),
    "Delivered": Step("送达", PASSED, lambda event: _METHODS.get(event.method, "送达"), takes_time=True),
    "Withdrawn": Step("办结", OTHER, "申请人撤回申请", takes_time=True),
    "DutyBreached": Step("期限监察", OTHER, lambda event: f"期限违反记录（{event.rule}，{event.article}）"),
    # -- ways out
    "NotRequired": Step("受理", RETURNED, "申请事项依法不需要取得行政许可，即时告知不受理", takes_time=True),
    "NotCompetent": Step("受理", RETURNED, "申请事项依法不属于本机关职权范围，不予受理", takes_time=True),
    "Voided": Step("办结", OTHER, "登记有误，作废", takes_time=True),
    # -- review
    "OpinionGiven": Step("审查", _opinion, _opinion_words, takes_time=True),
    "ApprovalGiven": Step("共同审批", _approval, _approval_words, takes_time=True),
    "SentBack": Step("审查", RETURNED, _sent_back_words, takes_time=True),
    "Recused": Step("回避", OTHER, _recused_words),
    "Urged": Step("催办", OTHER, "催办"),
    "InspectorsAssigned": Step("实地核查", OTHER, lambda event: f"指派{len(event.people)}名工作人员核查"),
    "SiteChecked": Step(
        "实地核查",
        lambda event: PASSED if event.passed else RETURNED,
        lambda event: "核查合格" if event.passed else "核查不合格",
    ),
    # -- what stops or lengthens the time
    "ProcedureStarted": Step("特别程序", OTHER, lambda event: f"启动特别程序（{event.article}）"),
    "ProcedureProlonged": Step("特别程序", OTHER, "延长特别程序时间"),
    "ProcedureEnded": Step("特别程序", PASSED, "特别程序结束"),
    "DeadlineExtended": Step("延长审批", PASSED, lambda event: f"经批准延长办理期限（{event.article}）"),
    "InterestedPartyNamed": Step("利害关系人", OTHER, "登记利害关系人"),
    "HearingRightsTold": Step("听证", OTHER, "告知听证权利"),
    "HearingRequested": Step("听证", OTHER, "申请听证"),
    "HearingCalled": Step("听证", OTHER, lambda event: f"依职权决定听证（{event.article}）"),
    "HearingScheduled": Step("听证", OTHER, "通知听证时间、地点和主持人"),
    "HearingHeld": Step("听证", PASSED, "举行听证，制作听证笔录"),
    "HearingClosed": Step("听证", OTHER, "不再听证"),
    "StatementRecorded": Step("陈述申辩", OTHER, "记录陈述意见"),
    # -- tolerated papers and commitments
    "SupplyConfirmed": Step("容缺补交", PASSED, "补交材料审查合格"),
    "SupplyFaulted": Step("容缺补交", RETURNED, "补交材料不合格，告知补正"),
    "SupplyExtended": Step("容缺补交", OTHER, "因不可抗力延长补交期限"),
    "RecallNoticed": Step("收回结果", OTHER, "告知拟收回办理结果"),
    "ResultRecalled": Step("收回结果", RETURNED, "收回办理结果"),
    "PostChecked": Step("承诺核查", OTHER, "承诺事项事后核查"),
    # -- the licence
    "LicenceIssued": Step("制证", PASSED, "制作证件", takes_time=True),
    "Closed": Step("归档", PASSED, "办结归档", takes_time=True),
    "Revoked": Step("撤销", RETURNED, "撤销行政许可（行政许可法第六十九条）"),
    "LicenceWithdrawn": Step("撤回许可", RETURNED, "为公共利益撤回行政许可（行政许可法第八条）"),
    "LicenceCancelled": Step("注销", OTHER, "注销行政许可（行政许可法第七十条）"),
    "LicenceChanged": Step("变更", OTHER, "许可由另一办件变更"),
    "LicenceRenewed": Step("延续", OTHER, "许可由另一办件延续"),
    "LicenceExpired": Step("注销", OTHER, "有效期届满未延续，应当注销（行政许可法第七十条）"),
    "LicenseeHeard": Step(
        "陈述申辩", OTHER, lambda event: "放弃陈述申辩" if event.waived else "听取被许可人陈述申辩"
    ),
    "NotRevoked": Step("撤销", OTHER, "撤销可能对公共利益造成重大损害，不予撤销（行政许可法第六十九条）"),
    "RenewalDeemed": Step("决定", PASSED, "逾期未作决定，视为准予延续（行政许可法第五十条）", takes_time=True),
    "HearingWaived": Step("听证", OTHER, "放弃听证"),
    "RecusalRequested": Step("回避", OTHER, "申请回避"),
    "RecusalDeclined": Step("回避", OTHER, "不同意回避"),
    "SupplyExtensionRequested": Step("容缺补交", OTHER, "申请延长补交期限"),
    "SupplyExtensionDeclined": Step("容缺补交", RETURNED, "不同意延长补交期限"),
    "RecallHeard": Step("收回结果", OTHER, "听取当事人陈述申辩"),
    "RecallDropped": Step("收回结果", OTHER, "不再收回办理结果"),
    "RevocationDue": Step("承诺核查", OTHER, "承诺不实，应当撤销"),
    "PostCheckOverdue": Step("承诺核查", OTHER, "承诺核查逾期"),
    # -- who acts, through what, and when dates moved
    "MandateGiven": Step("委托", OTHER, "登记委托代理"),
    "MandateRevoked": Step("委托", OTHER, "撤销委托"),
    "ChannelChanged": Step("渠道转换", OTHER, "转换办理渠道"),
    "Rated": Step("评价", OTHER, "申请人对办理情况作出评价"),
    "ClocksRecomputed": Step("期限重算", OTHER, "按新公布的放假安排重新计算期限"),
}  # fmt: skip
