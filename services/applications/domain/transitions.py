"""Which command may meet a case in which state: one table, read by the engine, the tests and the pages.

Each row: the command, the states it may meet, the states it can lead to, who may do it, which documents come of it, the
article (domain rules §4.3).
"""

from dataclasses import dataclass

from services.applications.domain import commands as c
from services.applications.domain.errors import IllegalTransition, NotAllowed
from services.applications.domain.state import (
    ACCEPTED_STATES,
    BEFORE_ACCEPTANCE,
    DECIDABLE_STATES,
    DECIDED_STATES,
    HELD_STATES,
    STATE_NAMES,
    TERMINAL_STATES,
    State,
)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table."""

    name: str
    zh: str
    en: str
    command: type[c.Command]
    from_states: frozenset[State]
    to_states: frozenset[State]
    actors: frozenset[str]
    documents: tuple[str, ...]
    article: str

    def leads_to(self, state: State) -> frozenset[State]:
        """The states in which a case that was in this one can be afterwards."""
        return self.to_states or frozenset({state})


def _row(
    name: str,
    zh: str,
    en: str,
    command: type[c.Command],
    from_states: frozenset[State],
    to_states: frozenset[State],
    actors: str,
    documents: str,
    article: str,
) -> Transition:
    return Transition(
        name,
        zh,
        en,
        command,
        from_states,
        to_states,
        frozenset(actors.split()),
        tuple(documents.split()),
        article,
    )


def _states(*states: State) -> frozenset[State]:
    return frozenset(states)


S = State
# The case stays in the state it was in.
STAYS: frozenset[State] = frozenset()
_OPEN = BEFORE_ACCEPTANCE | ACCEPTED_STATES
_SUPPLIED = _states(S.IN_REVIEW, S.EXTENDED, S.SPECIAL_PROCEDURE)
_HANDLED = _OPEN | DECIDED_STATES | {S.ISSUED}
_GRANTED = HELD_STATES | {S.DECIDED_GRANT, S.ISSUED}
# Granted and not filed: the papers of a result before completion may still come (§5.3(8)).
_AWAITING = _states(S.DECIDED_GRANT, S.ISSUED, S.DELIVERED)
TRANSITIONS: tuple[Transition, ...] = (
    # -- the way of every case ---------------------------------------------------------------------------------
    _row("submit_case", "提交申请", "submit", c.Submit, _states(S.DRAFT), _states(S.SUBMITTED),
         "applicant clerk province", "receipt_voucher undertaking commitment", "行政许可法 29, 32"),
    _row("accept_case", "受理", "accept", c.Accept, _states(S.SUBMITTED), _states(S.ACCEPTED), "clerk",
         "acceptance_notice", "行政许可法 32(5)"),
    _row("accept_tolerantly", "容缺受理", "accept tolerantly", c.AcceptTolerantly, _states(S.SUBMITTED),
         _states(S.ACCEPTED_TOLERANT), "clerk", "tolerance_notice", "国发〔2022〕5号"),
    _row("request_correction", "告知补正", "request correction", c.RequestCorrection, _states(S.SUBMITTED),
         _states(S.CORRECTION_NOTICED), "clerk", "correction_notice", "行政许可法 32(4)"),
    _row("declare_not_required", "不受理（无需许可）", "declare that no licence is needed", c.DeclareNotRequired,
         _states(S.SUBMITTED), _states(S.NOT_REQUIRED), "clerk", "not_required_notice", "行政许可法 32(1)"),
    _row("declare_not_competent", "不予受理", "declare another organ competent", c.DeclareNotCompetent,
         _states(S.SUBMITTED), _states(S.NOT_COMPETENT), "clerk", "not_competent_decision", "行政许可法 32(2)"),
    _row("supply_materials", "补交容缺审批材料", "supply papers after the grant", c.Supply, _AWAITING, STAYS,
         "applicant clerk", "", ""),
    _row("supply_materials", "当场补充材料", "add papers", c.Supply, _states(S.SUBMITTED), _states(S.SUBMITTED),
         "applicant clerk", "", "行政许可法 32(3)"),
    _row("supply_materials", "补正", "correct", c.Supply, _states(S.CORRECTION_NOTICED),
         _states(S.CORRECTION_NOTICED, S.SUBMITTED), "applicant clerk", "", "行政许可法 32(5)"),
    _row("supply_materials", "补交容缺材料", "supply tolerated papers", c.Supply, _states(S.ACCEPTED_TOLERANT),
         _states(S.ACCEPTED_TOLERANT, S.IN_REVIEW, S.EXTENDED, S.SPECIAL_PROCEDURE), "applicant clerk", "", ""),
    _row("supply_materials", "补充材料", "supply papers", c.Supply, _states(S.ACCEPTED_DEEMED),
         _states(S.ACCEPTED_DEEMED, S.IN_REVIEW, S.EXTENDED), "applicant clerk", "", ""),
    _row("supply_materials", "补充材料", "supply papers", c.Supply, _states(S.EXTENDED, S.SPECIAL_PROCEDURE),
         _states(S.EXTENDED, S.SPECIAL_PROCEDURE), "applicant clerk", "", ""),
    # -- review ------------------------------------------------------------------------------------------------
    _row("give_opinion", "提出审查意见", "give an opinion on", c.GiveOpinion, ACCEPTED_STATES, STAYS,
         "clerk approver organ_head", "", "行政许可法 34"),
    _row("send_back", "退回前一环节", "send back", c.SendBack, ACCEPTED_STATES, STAYS, "approver organ_head", "", ""),
    _row("request_recusal", "申请回避", "ask for a recusal in", c.RequestRecusal, _OPEN, STAYS, "applicant clerk", "",
         "行政许可法 48"),
    _row("decline_recusal", "驳回回避申请", "decline a recusal in", c.DeclineRecusal, _OPEN, STAYS, "organ_head", "",
         "行政许可法 48"),
    _row("recuse", "回避", "take somebody off", c.Recuse, _OPEN, STAYS, "clerk approver organ_head", "",
         "行政许可法 48"),
    _row("urge", "催办", "urge", c.Urge, _HANDLED, STAYS, "applicant clerk approver organ_head supervisor", "", ""),
    _row("assign_inspectors", "指派核查人员", "assign inspectors to", c.AssignInspectors, ACCEPTED_STATES, STAYS,
         "approver organ_head", "", "行政许可法 34(3), 55(2)"),
    _row("record_site_check", "登记实地核查", "record a site check of", c.RecordSiteCheck, ACCEPTED_STATES, STAYS,
         "clerk approver", "", "行政许可法 34(3)"),
    # -- what stops or lengthens the time ----------------------------------------------------------------------
    _row("start_procedure", "启动特别程序", "start a special procedure for", c.StartProcedure,
         ACCEPTED_STATES, _states(S.SPECIAL_PROCEDURE, S.ACCEPTED_TOLERANT),
         "approver organ_head", "special_procedure_notice", "行政许可法 45"),
    _row("prolong_procedure", "延长特别程序时间", "prolong the special procedure of", c.ProlongProcedure,
         _states(S.SPECIAL_PROCEDURE, S.ACCEPTED_TOLERANT), STAYS, "approver organ_head", "special_procedure_notice",
         "行政许可法 45"),
    _row("end_procedure", "结束特别程序", "end the special procedure of", c.EndProcedure,
         _states(S.SPECIAL_PROCEDURE, S.ACCEPTED_TOLERANT), ACCEPTED_STATES,
         "approver organ_head", "", "行政许可法 45"),
    _row("extend_deadline", "延长办理期限", "extend the deadline of", c.ExtendDeadline, ACCEPTED_STATES,
         _states(S.EXTENDED, S.ACCEPTED_TOLERANT, S.SPECIAL_PROCEDURE), "organ_head", "extension_notice",
         "行政许可法 42"),
    _row("name_interested_party", "登记利害关系人", "name an interested party of", c.NameInterestedParty,
         ACCEPTED_STATES, STAYS, "clerk approver", "", "行政许可法 36"),
    _row("tell_hearing_rights", "告知听证权利", "tell the right to a hearing in", c.TellHearingRights,
         ACCEPTED_STATES, STAYS, "approver organ_head", "hearing_rights_notice", "行政许可法 47"),
    _row("request_hearing", "申请听证", "request a hearing in", c.RequestHearing, ACCEPTED_STATES, STAYS,
         "applicant clerk", "", "行政许可法 47"),
    _row("waive_hearing", "放弃听证", "do without a hearing in", c.WaiveHearing, ACCEPTED_STATES, STAYS,
         "applicant clerk", "", "行政许可法 47"),
    _row("call_hearing", "依职权决定听证", "call a hearing in", c.CallHearing, ACCEPTED_STATES, STAYS,
         "approver organ_head", "", "行政许可法 46"),
    _row("schedule_hearing", "通知听证", "schedule the hearing of", c.ScheduleHearing, ACCEPTED_STATES, STAYS,
         "approver organ_head", "hearing_notice", "行政许可法 48(1)"),
    # With a hearing that stood outside the time (行政许可法 45) its special procedure ends as well.
    _row("record_hearing", "登记听证笔录", "record the hearing of", c.RecordHearing, ACCEPTED_STATES,
         ACCEPTED_STATES, "approver organ_head", "", "行政许可法 48(5)"),
    _row("close_hearing", "不再听证", "close the hearing of", c.CloseHearing, ACCEPTED_STATES, ACCEPTED_STATES,
         "approver organ_head", "", "行政许可法 47"),
    _row("record_statement", "记录陈述意见", "record a statement in", c.RecordStatement, ACCEPTED_STATES, STAYS,
         "clerk approver", "", "行政许可法 36"),
    # -- tolerated papers --------------------------------------------------------------------------------------
    _row("confirm_supply", "容缺审批补交材料审查合格", "confirm the papers supplied after the grant of",
         c.ConfirmSupply, _AWAITING, STAYS, "clerk approver", "completion_notice", ""),
    _row("confirm_supply", "补交材料审查合格", "confirm the late papers of", c.ConfirmSupply, _SUPPLIED, STAYS,
         "clerk approver", "", ""),
    _row("fault_supply", "容缺审批补交材料不合格", "fault the papers supplied after the grant of", c.FaultSupply,
         _AWAITING, STAYS, "clerk approver", "supply_fault_notice recall_notice", ""),
    _row("fault_supply", "补交材料不合格", "fault the late papers of", c.FaultSupply, _SUPPLIED,
         _states(S.ACCEPTED_TOLERANT, S.TERMINATED), "clerk approver", "supply_fault_notice termination_notice", ""),
    _row("request_supply_extension", "申请延长补交期限（不可抗力）", "ask for more time to supply in",
         c.RequestSupplyExtension, _states(S.ACCEPTED_TOLERANT), STAYS, "applicant clerk", "", ""),
    _row("decline_supply_extension", "不予延长补交期限", "decline more time to supply in", c.DeclineSupplyExtension,
         _states(S.ACCEPTED_TOLERANT), _states(S.ACCEPTED_TOLERANT, S.TERMINATED), "approver organ_head",
         "supply_extension_refusal termination_notice", ""),
    _row("extend_supply", "因不可抗力延长补交期限", "extend the supply date of", c.ExtendSupply,
         _states(S.ACCEPTED_TOLERANT), _states(S.ACCEPTED_TOLERANT), "approver organ_head", "supply_extension_notice",
         ""),
    # -- decision and delivery ---------------------------------------------------------------------------------
    _row("decide_case", "作出决定", "decide", c.Decide, DECIDABLE_STATES, DECIDED_STATES | DECIDABLE_STATES,
         "approver organ_head", "decision_grant decision_refuse", "行政许可法 38"),
    _row("grant_before_completion", "容缺审批（材料补齐前准予）", "grant before completion", c.GrantBeforeCompletion,
         _states(S.ACCEPTED_TOLERANT), _states(S.ACCEPTED_TOLERANT, S.DECIDED_GRANT), "organ_head", "decision_grant",
         "行政许可法 38"),
    _row("issue_licence", "制证", "make out the licence of", c.IssueLicence, _states(S.DECIDED_GRANT),
         _states(S.ISSUED), "clerk approver", "licence", "行政许可法 39"),
    _row("deliver_result", "送达", "deliver", c.Deliver, DECIDED_STATES | {S.ISSUED}, _states(S.DELIVERED), "clerk",
         "delivery_receipt", "行政许可法 44"),
    _row("close_case", "办结归档", "close and file", c.CloseCase, _states(S.DELIVERED), _states(S.CLOSED),
         "clerk system", "", ""),
    # -- other ends --------------------------------------------------------------------------------------------
    _row("withdraw_case", "撤回", "withdraw", c.Withdraw, _OPEN, _states(S.WITHDRAWN), "applicant clerk",
         "termination_notice", ""),
    _row("terminate_case", "终止办理", "terminate", c.TerminateCase, _OPEN, _states(S.TERMINATED),
         "approver organ_head", "termination_notice", ""),
    _row("void_case", "作废", "void", c.VoidCase, _OPEN, _states(S.VOIDED), "supervisor", "void_notice", ""),
    # -- who acts, and through which channel -------------------------------------------------------------------
    _row("give_mandate", "登记委托代理", "record a mandate for", c.GiveMandate, _HANDLED, STAYS, "applicant clerk",
         "", "行政许可法 29"),
    _row("revoke_mandate", "撤销委托", "revoke the mandate for", c.RevokeMandate, _HANDLED, STAYS, "applicant clerk",
         "", ""),
    _row("change_channel", "转换办理渠道", "move to another channel", c.ChangeChannel, _HANDLED, STAYS,
         "applicant clerk", "", "优化营商环境条例 37"),
    # -- what the applicant thought of it ----------------------------------------------------------------------
    _row("rate_case", "评价", "rate", c.Rate, HELD_STATES, STAYS, "applicant", "", "国办发〔2019〕51号"),
    # -- after the result --------------------------------------------------------------------------------------
    _row("notice_recall", "告知拟收回结果", "give notice of the recall of", c.NoticeRecall, _GRANTED, STAYS,
         "organ_head system", "recall_notice", ""),
    _row("recall_result", "收回结果", "recall the result of", c.RecallResult, _GRANTED, _states(S.REVOKED),
         "organ_head", "recall_decision", ""),
    _row("hear_on_recall", "听取持有人意见", "put the holder's statement on record in", c.HearOnRecall, _GRANTED, STAYS,
         "applicant clerk approver organ_head", "", ""),
    _row("drop_recall", "不予收回", "drop the recall of", c.DropRecall, _GRANTED, STAYS, "organ_head",
         "recall_drop_notice", ""),
    _row("record_post_check", "登记承诺核查", "record the check after commitment of", c.RecordPostCheck, _GRANTED,
         STAYS, "clerk approver", "mend_notice", "国办发〔2020〕42号"),
    _row("hear_licensee", "听取被许可人陈述申辩", "hear the holder of the licence of", c.HearLicensee,
         _GRANTED, STAYS, "clerk approver organ_head", "", "行政许可法 7, 69"),
    _row("revoke_licence", "撤销许可", "revoke the licence of", c.RevokeLicence, _GRANTED,
         _states(S.REVOKED), "organ_head", "revocation_decision", "行政许可法 69"),
    _row("keep_licence", "决定不予撤销", "decide not to revoke the licence of", c.KeepLicence,
         _GRANTED, STAYS, "organ_head", "not_revoked_decision", "行政许可法 69(3)"),
    _row("withdraw_licence", "撤回许可", "take back the licence of", c.WithdrawLicence, _GRANTED,
         _states(S.WITHDRAWN_LICENCE), "organ_head", "licence_withdrawal_decision", "行政许可法 8"),
    _row("cancel_licence", "注销许可", "strike off the licence of", c.CancelLicence, _GRANTED,
         _states(S.CANCELLED), "approver organ_head", "cancellation_notice", "行政许可法 70"),
    _row("mark_changed", "被变更", "mark as changed", c.MarkChanged, HELD_STATES, _states(S.CHANGED), "system", "",
         "行政许可法 49"),
    _row("mark_renewed", "被延续", "mark as renewed", c.MarkRenewed, HELD_STATES, _states(S.RENEWED), "system", "",
         "行政许可法 50"),
    _row("mark_expired", "有效期届满未延续", "mark the licence as expired of", c.MarkExpired, HELD_STATES, STAYS,
         "system", "", "行政许可法 70(1)"),
    # -- what time does ----------------------------------------------------------------------------------------
    _row("deem_accepted", "视为受理", "deem accepted", c.DeemAccepted, _states(S.SUBMITTED),
         _states(S.ACCEPTED_DEEMED), "system", "deemed_acceptance_notice", "行政许可法 32(4)"),
    _row("remind", "补交提醒", "remind", c.Remind, _AWAITING, STAYS, "system", "", ""),
    _row("expire_tolerance", "容缺审批承诺逾期", "begin the recall after a broken undertaking", c.ExpireTolerance,
         _AWAITING, STAYS, "system", "recall_notice", ""),
    _row("remind", "补交提醒", "remind", c.Remind, _states(S.ACCEPTED_TOLERANT), _states(S.ACCEPTED_TOLERANT),
         "system", "", ""),
    _row("expire_tolerance", "容缺承诺逾期终止", "terminate after a broken undertaking", c.ExpireTolerance,
         _states(S.ACCEPTED_TOLERANT), _states(S.TERMINATED), "system", "termination_notice", ""),
    _row("note_post_check_overdue", "承诺核查逾期", "note the overdue check after commitment in",
         c.NotePostCheckOverdue, _AWAITING, STAYS, "system", "", "国办发〔2020〕42号"),
    _row("lapse_correction", "补正不来办结", "close without correction", c.LapseCorrection,
         _states(S.CORRECTION_NOTICED), _states(S.LAPSED_NO_CORRECTION), "system", "termination_notice", ""),
    _row("lapse_hearing_right", "听证申请期限届满", "let the right to a hearing lapse in", c.LapseHearingRight,
         ACCEPTED_STATES, STAYS, "system", "", "行政许可法 47"),
    _row("deem_renewed", "视为准予延续", "deem renewed", c.DeemRenewed, ACCEPTED_STATES, _states(S.DECIDED_GRANT),
         "system", "renewal_deemed_notice", "行政许可法 50"),
    _row("record_breach", "登记期限违反", "record a breach in", c.RecordBreach,
         ACCEPTED_STATES | DECIDED_STATES | {S.ISSUED}, STAYS, "system", "", "行政许可法 72, 74"),
    _row("recompute_clocks", "重新计算期限", "recompute the clocks of", c.RecomputeClocks,
         frozenset(S) - TERMINAL_STATES - {S.DRAFT}, STAYS, "system", "", "民法典 201, 行政许可法 82"),
)  # fmt: skip

BY_COMMAND: dict[type[c.Command], tuple[Transition, ...]] = {
    command: tuple(row for row in TRANSITIONS if row.command is command)
    for command in dict.fromkeys(row.command for row in TRANSITIONS)
}


def row_for(state: State, command: type[c.Command]) -> Transition | None:
    """The row that this command meets in this state."""
    return next((row for row in BY_COMMAND[command] if state in row.from_states), None)


def must_allow(state: State, command: c.Command, by: c.By) -> None:
    """Refuse the command, saying why, unless the table has it for this state and for somebody with these roles."""
    kind = type(command)
    row = row_for(state, kind)
    if row is None:
        raise _not_from(state, BY_COMMAND[kind][-1])
    if row.actors.isdisjoint(by.roles):
        raise NotAllowed(
            "role_not_allowed",
            f"您的身份不能执行“{row.zh}”，请由有权限的人员办理。",
            f"Your role may not {row.en} a case; somebody who is entitled must do it.",
            command=row.name,
        )


def _not_from(state: State, row: Transition) -> IllegalTransition:
    zh, en = STATE_NAMES[state]
    return IllegalTransition(
        "illegal_transition",
        f"办件当前状态为“{zh}”，不能执行“{row.zh}”。",
        f"Cannot {row.en} a case that is {en}.",
        state=state.value,
        command=row.name,
        article=row.article or None,
    )


def allowed_commands(state: State, roles: frozenset[str]) -> tuple[str, ...]:
    """The commands that the table offers to these roles in this state."""
    return tuple(row.name for row in TRANSITIONS if state in row.from_states and roles & row.actors)
