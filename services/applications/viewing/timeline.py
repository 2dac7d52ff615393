"""What happened to a case, in words for everybody."""

from asyncpg import Record

from services.applications.contracts import TimelineEntry

EVENT_TITLES = {
    "Submitted": ("收件", "received"),
    "Accepted": ("受理", "accepted"),
    "CorrectionRequested": ("一次性告知补正", "correction requested"),
    "MaterialsSupplied": ("补交材料", "papers supplied"),
    "SupplyReminded": ("提醒补交容缺材料", "reminder to supply"),
    "ToleranceExpired": ("容缺承诺逾期未履行", "undertaking broken"),
    "Terminated": ("终止办理", "terminated"),
    "Lapsed": ("补正不来办结", "closed, no correction came"),
    "Decided": ("作出决定", "decided"),
    "Delivered": ("送达", "delivered"),
    "Withdrawn": ("撤回申请", "withdrawn"),
    "DutyBreached": ("期限违反记录", "duty breached"),
    "NotRequired": ("不受理（无需许可）", "told that no licence is needed"),
    "NotCompetent": ("不予受理（不属本机关职权）", "not accepted, another organ is competent"),
    "Voided": ("作废", "marked void"),
    "OpinionGiven": ("提出审查意见", "opinion given"),
    "ApprovalGiven": ("共同审批意见", "joint approval answered"),
    "SentBack": ("退回前一环节", "sent back"),
    "RecusalRequested": ("申请回避", "recusal requested"),
    "RecusalDeclined": ("驳回回避申请", "recusal declined"),
    "Recused": ("回避", "recused"),
    "Urged": ("催办", "urged"),
    "InspectorsAssigned": ("指派核查人员", "inspectors assigned"),
    "SiteChecked": ("实地核查", "site checked"),
    "ProcedureStarted": ("启动特别程序", "special procedure started"),
    "ProcedureProlonged": ("延长特别程序时间", "special procedure prolonged"),
    "ProcedureEnded": ("特别程序结束", "special procedure ended"),
    "DeadlineExtended": ("延长办理期限", "deadline extended"),
    "InterestedPartyNamed": ("登记利害关系人", "interested party named"),
    "HearingRightsTold": ("告知听证权利", "told of the right to a hearing"),
    "HearingRequested": ("申请听证", "hearing requested"),
    "HearingWaived": ("放弃听证", "does without a hearing"),
    "HearingCalled": ("依职权决定听证", "hearing called"),
    "HearingScheduled": ("通知听证时间地点", "hearing scheduled"),
    "HearingHeld": ("举行听证", "hearing held"),
    "HearingClosed": ("不再听证", "no hearing is held"),
    "StatementRecorded": ("记录陈述意见", "statement recorded"),
    "SupplyConfirmed": ("补交材料审查合格", "late papers confirmed"),
    "SupplyFaulted": ("补交材料不合格告知", "late papers faulted"),
    "SupplyExtensionRequested": ("申请延长补交期限", "more time to supply asked for"),
    "SupplyExtended": ("延长补交期限", "more time to supply"),
    "SupplyExtensionDeclined": ("不予延长补交期限", "no more time to supply"),
    "RecallNoticed": ("告知拟收回结果", "notice of recall"),
    "RecallHeard": ("收回前听取持有人意见", "holder heard on the recall"),
    "ResultRecalled": ("收回结果", "result recalled"),
    "RecallDropped": ("不予收回", "recall dropped"),
    "PostChecked": ("承诺事后核查", "checked after commitment"),
    "PostCheckOverdue": ("承诺核查逾期", "check after commitment overdue"),
    "RevocationDue": ("应当审查撤销", "revocation to be examined"),
    "LicenceIssued": ("制证", "licence made out"),
    "Closed": ("办结归档", "closed and filed"),
    "Revoked": ("撤销许可", "revoked"),
    "LicenceWithdrawn": ("撤回许可", "licence taken back"),
    "LicenceCancelled": ("注销许可", "struck off"),
    "LicenseeHeard": ("听取陈述申辩", "holder heard"),
    "NotRevoked": ("决定不予撤销", "decided not to revoke"),
    "LicenceExpired": ("有效期届满未延续", "licence expired"),
    "LicenceChanged": ("许可变更", "licence changed"),
    "LicenceRenewed": ("许可延续", "licence renewed"),
    "RenewalDeemed": ("视为准予延续", "deemed renewed"),
    "MandateGiven": ("登记委托代理", "mandate recorded"),
    "MandateRevoked": ("撤销委托", "mandate revoked"),
    "ChannelChanged": ("转换办理渠道", "moved to another channel"),
    "Rated": ("申请人评价", "rated by the applicant"),
    "ClocksRecomputed": ("期限重新计算", "dates counted again"),
}


BASIS_TITLES = {
    "ordinary": ("受理", "accepted"),
    "tolerant": ("容缺受理", "tolerantly accepted"),
    "deemed": ("视为受理（逾期未告知）", "deemed accepted, nobody answered in time"),
}


def timeline_entry(row: Record) -> TimelineEntry:
    zh, en = EVENT_TITLES[row["name"]]
    if row["name"] == "Accepted":
        zh, en = BASIS_TITLES[row["data"]["basis"]]
    return TimelineEntry(
        version=row["version"],
        event=row["name"],
        title_zh=zh,
        title_en=en,
        at=row["recorded_at"],
        effective_on=row["effective_on"],
        by_role=row["actor_role"],
        by_unit=row["actor_unit"],
    )
