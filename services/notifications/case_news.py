"""What an applicant is told when a case takes one of the less usual ways: a headline and a few sentences for each event.

All of them share two wordings: `case_document` where a formal document came, whose being served counts, and `case_news`
for the rest.  A function that gives nothing has nothing to tell: the event is of no concern to the applicant.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from services.applications.contracts import CaseFacts, MaterialV1
from services.applications.contracts import exits as x
from services.applications.contracts import hearings as h
from services.applications.contracts import licences as li
from services.applications.contracts import mandates as m
from services.applications.contracts import procedures as p
from services.applications.contracts import recalculating as r
from services.applications.contracts import reviewing as v
from services.applications.contracts import tolerating as t
from services.notifications.domain.wording import day

PROCEDURES = {
    "hearing": "听证",
    "bidding": "招标",
    "auction": "拍卖",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert_review": "专家评审",
}
CHANNELS = {
    "online": "网上",
    "counter": "窗口",
    "service_point": "服务点",
    "home_visit": "上门",
    "province": "省级平台",
}
PROVISIONAL = "（暂定日期：所涉年度放假安排尚未公布，公布后可能调整，届时另行告知。）"


@dataclass(frozen=True, slots=True)
class News:
    """What is said, and the number of the document that says it formally."""

    headline: str
    sentences: tuple[str, ...]
    document_no: str | None = None

    @property
    def template_id(self) -> str:
        """The wording it is put into."""
        return "case_document" if self.document_no else "case_news"

    @property
    def facts(self) -> dict[str, Any]:
        """What the wording is filled with."""
        return {
            "headline": self.headline,
            "sentences": list(self.sentences),
            "document_no": self.document_no,
        }


Tell = Callable[[CaseFacts], News | None]


def _limits(event: Any) -> tuple[str, ...]:
    """The two dates by which the organ decides, as they are now."""
    dates = [
        f"{name}：{day(on)}"
        for name, on in (("承诺办结日期", event.promised_due_on), ("法定办结日期", event.statutory_due_on))
        if on is not None
    ]
    return (*dates, *((PROVISIONAL,) if event.provisional and dates else ()))


def _by(on: date, provisional: bool) -> str:
    return f"{day(on)}{PROVISIONAL if provisional else ''}"


def _names(materials: tuple[MaterialV1, ...]) -> str:
    return "、".join(material.name for material in materials)


# -- ways out ------------------------------------------------------------------------------------------------


def _not_required(event: x.CaseNotRequiredV1) -> News:
    return News(
        "您申请的事项无需许可", ("该事项依法不需要取得行政许可，不予受理的说明见告知书。",), event.document_no
    )


def _not_competent(event: x.CaseNotCompetentV1) -> News:
    sentences = (
        f"该事项不属于本机关职权，请向{event.competent_organ}申请。",
        "如不服，可以申请行政复议或者提起行政诉讼，期限和机关见决定书。",
    )
    return News("您的申请不予受理", sentences, event.document_no)


def _voided(event: x.CaseVoidedV1) -> News:
    return News(
        "办件记录已作废", ("这是错误登记的记录，原因见告知书；不影响您重新申请。",), event.document_no
    )


# -- time ----------------------------------------------------------------------------------------------------


def _procedure_started(event: p.ProcedureStartedV1) -> News:
    name = PROCEDURES[event.kind]
    sentences = (
        f"您的办件需要进行{name}，所需时间为{day(event.first_on)}至{day(event.last_on)}，不计入办理期限。",
        *_limits(event),
    )
    return News(f"办件进入特别程序（{name}）", sentences, event.document_no)


def _procedure_prolonged(event: p.ProcedureProlongedV1) -> News:
    name = PROCEDURES[event.kind]
    sentences = (f"{name}所需时间延长至{day(event.last_on)}，不计入办理期限。", *_limits(event))
    return News(f"特别程序时间延长（{name}）", sentences, event.document_no)


def _procedure_ended(event: p.ProcedureEndedV1) -> News:
    name = PROCEDURES[event.kind]
    sentences = (f"{name}已于{day(event.ended_on)}结束，办理期限继续计算。", *_limits(event))
    return News(f"特别程序已结束（{name}）", sentences)


def _deadline_extended(event: p.DeadlineExtendedV1) -> News:
    return News(
        "办理期限已延长", ("经批准，办理期限延长一次，理由见告知书。", *_limits(event)), event.document_no
    )


def _clocks_recomputed(event: r.ClocksRecomputedV1) -> News | None:
    moved = [one for one in event.dates if one.told_to_applicant and one.due_before != one.due_after]
    if not moved:
        return None
    sentences = (
        "新一年的放假安排已经公布，以下日期随之调整：",
        *(f"{one.name_zh}：由{day(one.due_before)}调整为{day(one.due_after)}。" for one in moved),
    )
    return News("办件日期有调整", sentences)


# -- hearings ------------------------------------------------------------------------------------------------


def _hearing_rights(event: h.HearingRightsToldV1) -> News:
    last = _by(event.request_due_on, event.provisional)
    sentences = (f"您有要求听证的权利，如需听证，请最迟于{last}提出；听证不收取费用。",)
    return News("您可以要求听证", sentences, event.document_no)


def _hearing_requested(event: h.HearingRequestedV1) -> News:
    last = _by(event.hold_due_on, event.provisional)
    return News("将举行听证", (f"已收到听证申请，本机关最迟于{last}组织听证，时间地点另行通知。",))


def _hearing_called(event: h.HearingCalledV1) -> News:
    return News("将举行听证", ("本机关依职权决定就本办件举行听证，时间地点另行通知。",))


def _hearing_scheduled(event: h.HearingScheduledV1) -> News:
    sentences = (f"听证定于{day(event.held_on)}举行，具体时间、地点和主持人见听证通知书。",)
    return News("听证通知", sentences, event.document_no)


def _hearing_closed(event: h.HearingClosedV1) -> News:
    words = {"not_requested": "期限内无人要求听证", "withdrawn": "听证申请已撤回", "absent": "申请人未到场"}
    return News("不再举行听证", (f"{words[event.ground]}，办件继续审查。",))


# -- tolerated papers ----------------------------------------------------------------------------------------


def _supply_confirmed(event: t.SupplyConfirmedV1) -> News:
    return News("补交材料审查合格", ("您补交的材料已经审查合格，办件继续办理。",), event.document_no)


def _supply_faulted(event: t.SupplyFaultedV1) -> News:
    papers = "、".join(defect.material_name for defect in event.defects)
    if event.supply_due_on is None:
        sentences = (f"补交的{papers}不合格，补交期限已满，处理结果另行书面告知。",)
    else:
        sentences = (f"补交的{papers}不合格，请最迟于{day(event.supply_due_on)}重新补交。",)
    return News("补交材料不合格", sentences, event.document_no)


def _supply_extended(event: t.SupplyExtendedV1) -> News:
    last = _by(event.supply_due_on, event.provisional)
    return News("补交期限已延长", (f"补交期限延长至{last}。",), event.document_no)


def _supply_extension_declined(event: t.SupplyExtensionDeclinedV1) -> News:
    return News("补交期限不予延长", ("您延长补交期限的申请未获同意，理由见文书。",), event.document_no)


def _recall_noticed(event: t.RecallNoticedV1) -> News:
    last = _by(event.hear_until, event.provisional)
    sentences = (f"因承诺补交的材料未按期补齐，拟收回办理结果；您可以最迟于{last}陈述、申辩。",)
    return News("拟收回办理结果", sentences, event.document_no)


def _result_recalled(event: t.ResultRecalledV1) -> News:
    sentences = ("办理结果已收回，理由和救济途径见决定书。",)
    return News("办理结果已收回", sentences, event.document_no)


def _recall_dropped(event: t.RecallDroppedV1) -> News:
    return News("办理结果继续有效", ("经审查，办理结果不再收回。",), event.document_no)


def _commitment_checked(event: t.CommitmentCheckedV1) -> News:
    words = {
        "true": "承诺内容经核查属实。",
        "false": "承诺内容经核查不实，处理结果另行书面告知。",
        "mendable": "承诺内容需要改正。",
    }
    mend = () if event.mend_by is None else (f"请最迟于{day(event.mend_by)}改正。",)
    sentences = (f"{event.material.name}：{words[event.finding]}", *mend)
    return News("告知承诺核查结果", sentences, event.document_no)


# -- the licence afterwards ----------------------------------------------------------------------------------


def _licence_issued(event: li.LicenceIssuedV1) -> News:
    until = "" if event.valid_until is None else f"，有效期至{day(event.valid_until)}"
    return News("证件已制作", (f"证件自{day(event.valid_from)}起有效{until}。",), event.document_no)


def _licence_revoked(event: li.LicenceRevokedV1) -> News:
    ban = (
        () if event.banned_until is None else (f"{day(event.banned_until)}（含当日）前不得再次申请该许可。",)
    )
    sentences = ("许可已被撤销，理由和救济途径见决定书。", *ban)
    return News("许可已撤销", sentences, event.document_no)


def _licence_not_revoked(event: li.LicenceNotRevokedV1) -> News:
    return News("许可不予撤销", ("经审查，许可不予撤销，理由见决定书。",), event.document_no)


def _licence_withdrawn(event: li.LicenceWithdrawnV1) -> News:
    return News("许可已撤回", ("许可已依法撤回，理由、补偿和救济途径见决定书。",), event.document_no)


def _licence_cancelled(event: li.LicenceCancelledV1) -> News:
    return News("许可已注销", ("许可已注销，原因见告知书。",), event.document_no)


def _licence_changed(_: li.LicenceChangedV1) -> News:
    return News("许可已变更", ("原许可已由新的办件变更。",))


def _licence_renewed(event: li.LicenceRenewedV1) -> News:
    until = "" if event.valid_until is None else f"，新的有效期至{day(event.valid_until)}"
    return News("许可已延续", (f"原许可已延续{until}。",))


def _licence_expired(event: li.LicenceExpiredV1) -> News:
    return News("许可有效期已满", (f"许可有效期于{day(event.expired_on)}届满，未申请延续。",))


def _renewal_deemed(event: li.RenewalDeemedV1) -> News:
    until = "" if event.valid_until is None else f"，新的有效期至{day(event.valid_until)}"
    sentences = (f"本机关未在{day(event.expired_on)}许可届满前作出决定，视为准予延续{until}。",)
    return News("视为准予延续", sentences, event.document_no)


# -- people and channels -------------------------------------------------------------------------------------


def _mandate_given(event: m.MandateGivenV1) -> News:
    until = "" if event.valid_until is None else f"至{day(event.valid_until)}"
    sentences = (f"委托自{day(event.valid_from)}起{until}有效。如非您本人所为，请立即联系我们。",)
    return News("已登记委托代理人", sentences)


def _mandate_revoked(_: m.MandateRevokedV1) -> News:
    return News("委托已撤销", ("本办件不再有代理人。",))


def _channel_changed(event: m.ChannelChangedV1) -> News:
    sentences = (f"办件由{CHANNELS[event.before]}转为{CHANNELS[event.channel]}办理，办件编号不变。",)
    return News("办理渠道已转换", sentences)


def _recusal_declined(_: v.RecusalDeclinedV1) -> News:
    return News("回避申请未获同意", ("经审查，没有应当回避的情形，理由已记录在案。",))


NEWS = cast(
    Mapping[type[CaseFacts], Tell],
    {
        x.CaseNotRequiredV1: _not_required,
        x.CaseNotCompetentV1: _not_competent,
        x.CaseVoidedV1: _voided,
        p.ProcedureStartedV1: _procedure_started,
        p.ProcedureProlongedV1: _procedure_prolonged,
        p.ProcedureEndedV1: _procedure_ended,
        p.DeadlineExtendedV1: _deadline_extended,
        r.ClocksRecomputedV1: _clocks_recomputed,
        h.HearingRightsToldV1: _hearing_rights,
        h.HearingRequestedV1: _hearing_requested,
        h.HearingCalledV1: _hearing_called,
        h.HearingScheduledV1: _hearing_scheduled,
        h.HearingClosedV1: _hearing_closed,
        t.SupplyConfirmedV1: _supply_confirmed,
        t.SupplyFaultedV1: _supply_faulted,
        t.SupplyExtendedV1: _supply_extended,
        t.SupplyExtensionDeclinedV1: _supply_extension_declined,
        t.RecallNoticedV1: _recall_noticed,
        t.ResultRecalledV1: _result_recalled,
        t.RecallDroppedV1: _recall_dropped,
        t.CommitmentCheckedV1: _commitment_checked,
        li.LicenceIssuedV1: _licence_issued,
        li.LicenceRevokedV1: _licence_revoked,
        li.LicenceNotRevokedV1: _licence_not_revoked,
        li.LicenceWithdrawnV1: _licence_withdrawn,
        li.LicenceCancelledV1: _licence_cancelled,
        li.LicenceChangedV1: _licence_changed,
        li.LicenceRenewedV1: _licence_renewed,
        li.LicenceExpiredV1: _licence_expired,
        li.RenewalDeemedV1: _renewal_deemed,
        m.MandateGivenV1: _mandate_given,
        m.MandateRevokedV1: _mandate_revoked,
        m.ChannelChangedV1: _channel_changed,
        v.RecusalDeclinedV1: _recusal_declined,
    },
)
