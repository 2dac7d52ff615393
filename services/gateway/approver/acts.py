"""What an approver or the head can do with a case beside deciding it: one row for each act.

A row says which article the act rests on, what has to be filled in, and by which method it is done; page, preview and API
send the same form.  Whether the act is possible for this case and this person is the service's to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from services.applications.contracts import CaseView, hearings, procedures, tolerating
from services.gateway import client, exits_forms, licences_api, reviewing_forms
from services.gateway.approver.laws import LICENCE_LAW
from services.gateway.client import Method
from services.gateway.design.language import N_, _, chosen
from services.gateway.design.words import CERTIFICATES, DEFECTS

Options = Callable[[CaseView], list[tuple[str, str]]]
Values = Mapping[str, str]


class Nothing(BaseModel):
    """Nothing has to be filled in."""


@dataclass(frozen=True, slots=True)
class Input:
    """One question of an act; `options` are its answers, `first` what stands there at the beginning."""

    name: str
    label_text: str
    kind: str = "text"
    hint_text: str = ""
    options: Options | None = None
    first: str = ""

    @property
    def label(self) -> str:
        return _(self.label_text)

    @property
    def hint(self) -> str:
        return _(self.hint_text) if self.hint_text else ""


def _as_typed(values: Values, inputs: tuple[Input, ...]) -> dict[str, Any]:
    typed = {one.name: text for one in inputs if (text := values.get(one.name, "").strip())}
    return typed | {
        one.name: _number(typed[one.name]) for one in inputs if one.kind == "number" if one.name in typed
    }


def _number(text: str) -> int | str:
    """A whole number as people write it, full-width digits too; anything else is left to be refused."""
    return int(text) if text.isdecimal() and len(text) < 10 else text


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its method, its article, its questions."""

    name: str
    title_text: str
    method: Method[Any, Any]
    form: type[BaseModel]
    inputs: tuple[Input, ...] = ()
    law: str = ""
    article: str = ""
    more_text: str = ""
    group: str = "review"
    # An act without a document and without a date has nothing to be shown before.
    rehearsed: bool = True
    typed: Callable[[Values, tuple[Input, ...]], dict[str, Any]] = field(default=_as_typed)

    @property
    def title(self) -> str:
        return _(self.title_text)

    @property
    def more(self) -> str:
        return _(self.more_text) if self.more_text else ""


def _table(table: Mapping[str, str]) -> Options:
    return lambda _case: [(code, _(text)) for code, text in table.items()]


GROUPS: Mapping[str, str] = {
    "review": N_("审查"),
    "time": N_("期限"),
    "hearing": N_("听证"),
    "supply": N_("容缺和补交"),
    "licence": N_("证件和结果"),
    "end": N_("终止办件"),
}
PROCEDURES: Mapping[str, str] = {
    "hearing": N_("听证"),
    "bidding": N_("招标"),
    "auction": N_("拍卖"),
    "inspection": N_("检验"),
    "testing": N_("检测"),
    "quarantine": N_("检疫"),
    "appraisal": N_("鉴定"),
    "expert_review": N_("专家评审"),
}
UNITS: Mapping[str, str] = {"working_day": N_("工作日"), "calendar_day": N_("自然日")}
VERDICTS: Mapping[str, str] = {"pass": N_("同意"), "fail": N_("不同意")}
STAND_IN: Mapping[str, str] = {
    "on_duty_elsewhere": N_("因公外出"),
    "on_leave": N_("请假"),
    "ill": N_("患病"),
    "conflict": N_("与本办件有利害关系"),
}
SEND_BACK: Mapping[str, str] = {
    "facts_unclear": N_("事实不清"),
    "basis_wrong": N_("适用依据不准确"),
    "opinion_incomplete": N_("审查意见不完整"),
    "procedure_missed": N_("遗漏法定程序"),
    "new_facts": N_("出现新的情况"),
    "other": N_("其他（须写明）"),
}
RECUSAL: Mapping[str, str] = {
    "party_or_kin": N_("是当事人或者当事人近亲属"),
    "interest": N_("与本办件有直接利害关系"),
    "other_relation": N_("有其他可能影响公正办理的关系"),
}
REVOCATION: Mapping[str, str] = {
    "abuse_or_dereliction": N_("工作人员滥用职权、玩忽职守"),
    "beyond_powers": N_("超越法定职权"),
    "procedure_violated": N_("违反法定程序"),
    "unqualified_applicant": N_("申请人不具备资格或者不符合条件"),
    "other_by_law": N_("依法可以撤销的其他情形"),
    "fraud_or_bribery": N_("以欺骗、贿赂等不正当手段取得"),
}
WITHDRAWAL: Mapping[str, str] = {
    "law_changed": N_("所依据的法律、法规、规章修改或者废止"),
    "circumstances_changed": N_("所依据的客观情况发生重大变化"),
}
CANCELLATION: Mapping[str, str] = {
    "expired_without_renewal": N_("有效期届满未延续"),
    "holder_dead_or_incapable": N_("公民死亡或者丧失行为能力"),
    "holder_ended": N_("法人或者其他组织依法终止"),
    "certificate_withdrawn_as_penalty": N_("证件依法被吊销"),
    "force_majeure": N_("因不可抗力无法实施"),
    "other_by_law": N_("依法应当注销的其他情形"),
}
TERMINATION: Mapping[str, str] = {
    "applicant_ended": N_("申请人死亡或者终止"),
    "object_lost": N_("办理对象已经不存在"),
}
CLOSING: Mapping[str, str] = {
    "withdrawn": N_("申请人撤回听证申请"),
    "absent": N_("申请人无正当理由缺席"),
}
ASKED_BY: Mapping[str, str] = {
    "self": N_("本人提出"),
    "applicant": N_("申请人申请"),
    "organ": N_("本机关决定"),
}
KINDS: Mapping[str, str] = {"natural": N_("自然人"), "legal": N_("法人或其他组织")}
YES_NO: Mapping[str, str] = {"true": N_("是"), "false": N_("否")}


def _open_steps(case: CaseView) -> list[tuple[str, str]]:
    steps = case.review.steps if case.review else ()
    return [(one.code, chosen(one.name_zh, one.name_en)) for one in steps if one.progress == "open"]


def _done_steps(case: CaseView) -> list[tuple[str, str]]:
    steps = case.review.steps if case.review else ()
    return [(one.code, chosen(one.name_zh, one.name_en)) for one in steps if one.opinions]


def _interested(case: CaseView) -> list[tuple[str, str]]:
    return [(str(one.party_id), one.name) for one in case.interested]


def lagging(case: CaseView) -> list[tuple[str, str]]:
    """The papers that came late, one of which may be wrong."""
    codes = case.tolerance.lacking if case.tolerance else ()
    return [(one.code, chosen(one.name, one.name_en)) for one in case.check.materials if one.code in codes]


def _people(values: Values, inputs: tuple[Input, ...]) -> dict[str, Any]:
    typed = _as_typed(values, inputs)
    if "people" in typed:
        typed["people"] = typed["people"].replace("，", " ").replace("、", " ").replace(",", " ").split()
    return typed


DEFECT = "defect."
EXPLANATION = "explanation."


def _faulty(values: Values, inputs: tuple[Input, ...]) -> dict[str, Any]:
    defects = [
        {
            "material_code": name.removeprefix(DEFECT),
            "reason": reason,
            "explanation": values.get(name.replace(DEFECT, EXPLANATION, 1), "").strip() or None,
        }
        for name, reason in values.items()
        if name.startswith(DEFECT) and reason in DEFECTS
    ]
    return _as_typed(values, inputs) | {"defects": defects}


_REASONS = Input("reasons", N_("理由"), "long", N_("写入文书，申请人看得到"))
_ACTS: tuple[Act, ...] = (
    Act("give_opinion", N_("提出审查意见"), client.GIVE_OPINION, reviewing_forms.Opinion,
        (Input("step", N_("环节"), "select", options=_open_steps),
         Input("opinion", N_("意见"), "radio", options=_table(VERDICTS)),
         Input("words", N_("意见说明"), "long", N_("不同意时必须写明理由")),
         Input("stand_in_reason", N_("B岗代办的原因"), "select", N_("仅B岗在A岗在岗时填写"),
               options=_table(STAND_IN))),
        LICENCE_LAW, "34"),
    Act("send_back", N_("退回前一环节"), client.SEND_BACK, reviewing_forms.Return,
        (Input("to_step", N_("退回到"), "select", options=_done_steps),
         Input("reason_code", N_("退回原因"), "select", options=_table(SEND_BACK)),
         Input("words", N_("说明"), "long")),
        more_text=N_("该环节和它之后的意见不再有效，须重新提出。")),
    Act("assign_inspectors", N_("指派核查人员"), client.ASSIGN_INSPECTORS, reviewing_forms.Inspection,
        (Input("people", N_("核查人员账号"), "text", N_("两人以上，用空格隔开，例如 staff:zhang staff:li")),),
        LICENCE_LAW, "34", rehearsed=False, typed=_people),
    Act("record_site_check", N_("登记实地核查"), client.RECORD_SITE_CHECK, reviewing_forms.SiteCheck,
        (Input("people", N_("核查人员账号"), "text", N_("两人以上，用空格隔开，例如 staff:zhang staff:li")),
         Input("checked_on", N_("核查日期"), "date"),
         Input("passed", N_("是否符合"), "radio", options=_table(YES_NO)),
         Input("findings", N_("核查发现的情况"), "long")),
        LICENCE_LAW, "34", rehearsed=False, typed=_people),
    Act("recuse", N_("回避"), client.RECUSE, reviewing_forms.Recusal,
        (Input("person", N_("回避人员账号"), "person", N_("本人回避不用改；他人回避由机关负责人决定")),
         Input("ground", N_("回避事由"), "radio", options=_table(RECUSAL)),
         Input("asked_by", N_("由谁提出"), "select", options=_table(ASKED_BY), first="self")),
        LICENCE_LAW, "48", N_("回避后不能再办理这个办件，已提出的意见不再有效。"), rehearsed=False),
    Act("decline_recusal", N_("驳回回避申请"), client.DECLINE_RECUSAL, reviewing_forms.Statement,
        (Input("words", N_("驳回理由"), "long"),), LICENCE_LAW, "48", rehearsed=False),
    Act("extend_deadline", N_("延长办理的期限"), client.EXTEND_DEADLINE, procedures.ExtensionToGive,
        (Input("length", N_("延长天数"), "number",
               N_("与法定期限同一单位；法律规定不超过10日，联合办理不超过15日，事项另有规定的从其规定")),
         Input("instrument", N_("批准文号"), "text", N_("须由本级人民政府负责人批准的填写")),
         _REASONS),
        LICENCE_LAW, "42", N_("只能在期限届满前延长一次，并告知申请人理由。"), "time"),
    Act("start_procedure", N_("启动特别程序"), client.START_PROCEDURE, procedures.ProcedureToStart,
        (Input("kind", N_("程序种类"), "select", options=_table(PROCEDURES)),
         Input("needs", N_("所需时间"), "number"),
         Input("unit", N_("计算方式"), "radio", options=_table(UNITS), first="working_day"),
         _REASONS),
        LICENCE_LAW, "45", N_("所需时间书面告知申请人，不计入办理期限。"), "time"),
    Act("prolong_procedure", N_("延长特别程序时间"), client.PROLONG_PROCEDURE, procedures.ProcedureToProlong,
        (Input("needs", N_("还需时间"), "number"),
         Input("unit", N_("计算方式"), "radio", options=_table(UNITS), first="working_day"),
         _REASONS),
        LICENCE_LAW, "45", group="time"),
    Act("end_procedure", N_("结束特别程序"), client.END_PROCEDURE, procedures.ProcedureToEnd,
        (Input("result", N_("程序的结果"), "long"),), LICENCE_LAW, "45", N_("没有用完的时间恢复计算。"), "time"),
    Act("name_interested_party", N_("登记利害关系人"), client.NAME_INTERESTED_PARTY, hearings.PartyToName,
        (Input("kind", N_("类型"), "radio", options=_table(KINDS), first="natural"),
         Input("name", N_("姓名或者名称")),
         Input("certificate_type", N_("证件种类"), "select", options=lambda _case: list(CERTIFICATES.items()),
               first="111"),
         Input("certificate_number", N_("证件号码")), Input("mobile", N_("手机号码"))),
        LICENCE_LAW, "36", group="hearing", rehearsed=False),
    Act("record_statement", N_("记录陈述意见"), client.RECORD_STATEMENT, hearings.StatementToRecord,
        (Input("party_id", N_("由谁提出"), "select", N_("不选的为申请人"), options=_interested),
         Input("statement", N_("陈述的内容"), "long")),
        LICENCE_LAW, "36", group="hearing", rehearsed=False),
    Act("tell_hearing_rights", N_("告知听证权利"), client.TELL_HEARING_RIGHTS, Nothing, (),
        LICENCE_LAW, "47", N_("书面告知申请人和利害关系人，收到后五日内可以申请听证。"), "hearing"),
    Act("call_hearing", N_("依职权决定听证"), client.CALL_HEARING, hearings.HearingToCall,
        (Input("reasons", N_("涉及的重大公共利益"), "long"),), LICENCE_LAW, "46", group="hearing"),
    Act("schedule_hearing", N_("通知听证"), client.SCHEDULE_HEARING, hearings.HearingToSchedule,
        (Input("held_on", N_("听证日期"), "date", N_("至少在通知后第七个工作日")),
         Input("place", N_("时间和地点"), "text"),
         Input("chair", N_("主持人账号"), "text", N_("审查本办件以外的人员，例如 staff:zhang")),
         Input("chair_name", N_("主持人姓名"), "text")),
        LICENCE_LAW, "48", group="hearing"),
    Act("record_hearing", N_("登记听证笔录"), client.RECORD_HEARING, hearings.HearingToRecord,
        (Input("minutes_sha256", N_("听证笔录的校验值（SHA-256）"), "text"),
         Input("reviewers_heard", N_("审查人员提出了审查意见的证据、理由"), "radio", options=_table(YES_NO)),
         Input("signed", N_("笔录经参加人确认并签字或者盖章"), "radio", options=_table(YES_NO))),
        LICENCE_LAW, "48", group="hearing", rehearsed=False),
    Act("close_hearing", N_("不再听证"), client.CLOSE_HEARING, hearings.HearingToClose,
        (Input("ground", N_("原因"), "radio", options=_table(CLOSING)), Input("words", N_("说明"), "long")),
        LICENCE_LAW, "47", group="hearing", rehearsed=False),
    Act("fault_supply", N_("告知补交的材料不合格"), client.FAULT_SUPPLY, tolerating.FaultToTell,
        (Input("defects", N_("哪些材料不合格"), "defects"), Input("reasons", N_("说明"), "long"),
         Input("ends", N_("没有时间再补的，确认视为未补交"), "radio", options=_table(YES_NO), first="false")),
        group="supply", rehearsed=False, typed=_faulty),
    Act("extend_supply", N_("延长补交期限（不可抗力）"), client.EXTEND_SUPPLY, tolerating.MoreTime,
        (Input("due_on", N_("新的补交期限"), "date"), _REASONS),
        more_text=N_("只有申请人因不可抗力提出申请时才能延长；登记申请的人员不能批准。"), group="supply"),
    Act("decline_supply_extension", N_("不延长补交期限"), client.DECLINE_SUPPLY_EXTENSION, tolerating.Reasons,
        (_REASONS,), group="supply"),
    Act("grant_before_completion", N_("容缺审批（补齐前准予）"), client.GRANT_BEFORE_COMPLETION,
        tolerating.GrantWithReasons, (Input("reasons", N_("理由"), "long"),), LICENCE_LAW, "38",
        N_("结果先行作出，逾期未补齐的依法收回。"), "supply"),
    Act("notice_recall", N_("告知持有人拟收回结果"), client.NOTICE_RECALL, Nothing, (),
        more_text=N_("先告知持有人并听取意见，才能决定收回。"), group="supply"),
    Act("recall_result", N_("决定收回结果"), client.RECALL_RESULT, tolerating.Reasons, (_REASONS,), group="supply"),
    Act("drop_recall", N_("不予收回"), client.DROP_RECALL, tolerating.Reasons, (_REASONS,), group="supply"),
    Act("issue_licence", N_("制作证件"), client.ISSUE_LICENCE, licences_api.Nothing, (), LICENCE_LAW, "39",
        group="licence", rehearsed=False),
    Act("hear_licensee", N_("登记被许可人的陈述申辩"), client.HEAR_LICENSEE, licences_api.HolderHearing,
        (Input("told_on", N_("告知日期"), "date"), Input("statement", N_("陈述申辩内容"), "long"),
         Input("waived", N_("放弃陈述申辩"), "radio", options=_table(YES_NO), first="false")),
        LICENCE_LAW, "7", group="licence", rehearsed=False),
    Act("revoke_licence", N_("撤销许可"), client.REVOKE_LICENCE, licences_api.Revocation,
        (Input("ground", N_("撤销事由"), "radio", options=_table(REVOCATION)), _REASONS), LICENCE_LAW, "69",
        N_("撤销前须告知持有人并听取陈述申辩；可能对公共利益造成重大损害的，不予撤销。"), "licence"),
    Act("keep_licence", N_("决定不予撤销"), client.KEEP_LICENCE, licences_api.Revocation,
        (Input("ground", N_("撤销事由"), "radio", options=_table(REVOCATION)), _REASONS), LICENCE_LAW, "69",
        group="licence"),
    Act("withdraw_licence", N_("依法撤回许可"), client.WITHDRAW_LICENCE, licences_api.LicenceWithdrawal,
        (Input("ground", N_("撤回事由"), "radio", options=_table(WITHDRAWAL)), _REASONS,
         Input("compensation", N_("补偿"), "long")), LICENCE_LAW, "8",
        N_("由此给持有人造成财产损失的，依法给予补偿。"), "licence"),
    Act("cancel_licence", N_("注销许可"), client.CANCEL_LICENCE, licences_api.Cancellation,
        (Input("ground", N_("注销事由"), "radio", options=_table(CANCELLATION)), _REASONS), LICENCE_LAW, "70",
        group="licence"),
    Act("terminate_case", N_("终止办理"), client.TERMINATE_CASE, exits_forms.Termination,
        (Input("ground", N_("事由"), "radio", options=_table(TERMINATION)), _REASONS), group="end"),
)  # fmt: skip
ACTS: Mapping[str, Act] = {act.name: act for act in _ACTS}


def offered(case: CaseView) -> list[tuple[str, list[Act]]]:
    """What can be done with this case by whoever looks, in groups; what has no object now is not offered."""
    found = [act for act in _ACTS if act.name in case.allowed and _has_object(act, case)]
    groups = ((_(text), [act for act in found if act.group == group]) for group, text in GROUPS.items())
    return [(title, acts) for title, acts in groups if acts]


def _has_object(act: Act, case: CaseView) -> bool:
    promise, recall = case.tolerance, case.recall
    running = any(one.ended_on is None for one in case.procedures)
    asked = promise is not None and promise.request is not None and promise.request.answered_on is None
    return {
        "give_opinion": bool(_open_steps(case)),
        "send_back": bool(_done_steps(case)),
        "decline_recusal": bool(case.review and case.review.recusals_asked),
        "prolong_procedure": running,
        "end_procedure": running,
        "extend_deadline": case.extension is None,
        "extend_supply": asked,
        "decline_supply_extension": asked,
        "fault_supply": promise is not None and promise.fulfilled_on is not None and not promise.confirmed_on,
        "schedule_hearing": case.hearing is not None and case.hearing.state == "due",
        "record_hearing": case.hearing is not None and case.hearing.state == "scheduled",
        "close_hearing": case.hearing is not None and case.hearing.state in ("due", "scheduled"),
        "notice_recall": promise is not None and promise.mode == "approval" and recall is None,
        "recall_result": recall is not None and not (recall.recalled_on or recall.dropped_on),
        "drop_recall": recall is not None and not (recall.recalled_on or recall.dropped_on),
    }.get(act.name, True)


def labels_of(act: Act) -> dict[str, str]:
    """What the fields are called in a fault."""
    return {one.name: one.label_text for one in act.inputs}


def typed_of(act: Act, values: Values) -> dict[str, Any]:
    """What was typed, as the form of the API takes it."""
    return act.typed(values, act.inputs)
