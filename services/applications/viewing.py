"""A case as its people and its clerks see it: masked, with the material check, the clocks and what can be done next."""

from collections.abc import Mapping, Sequence
from datetime import date

from asyncpg import Record

from services.applications.checking import check_view
from services.applications.contracts import (
    CaseLine,
    CaseView,
    ClockView,
    DayView,
    DecisionView,
    DocumentReference,
    LicenceView,
    MandateView,
    TimelineEntry,
)
from services.applications.contracts.credit import CaseCredit
from services.applications.contracts.views import OperationView, ReviewView
from services.applications.domain.case import Case
from services.applications.domain.clocks import (
    CLOCK_NAMES,
    Clock,
    ClockOperation,
    article_of,
    explain,
    reason_names,
)
from services.applications.domain.documents import titles
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.outcome import Assessment, Outcome
from services.applications.domain.state import STATE_NAMES, State
from services.applications.hearing_views import (
    extension_view,
    hearing_view,
    interested_views,
    procedure_views,
)
from services.applications.people import party_view, shown_name
from services.applications.store.parties import Party
from services.applications.tolerance_views import (
    commitment_views,
    recall_view,
    signature_view,
    tolerance_view,
)
from shared.deadlines import Calendar
from shared.deadlines.wording import explain_day

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
    "ClocksRecomputed": ("期限重新计算", "dates counted again"),
}
BASIS_TITLES = {
    "ordinary": ("受理", "accepted"),
    "tolerant": ("容缺受理", "tolerantly accepted"),
    "deemed": ("视为受理（逾期未告知）", "deemed accepted, nobody answered in time"),
}


def case_view(
    case: Case,
    facts: Facts,
    assessment: Assessment,
    *,
    parties: dict[str, Party],
    documents: Sequence[Record],
    events: Sequence[Record],
    credit: CaseCredit | None,
    review: ReviewView | None = None,
    summary: str | None,
    allowed: tuple[str, ...],
    explained: bool,
    masked: bool,
    words: Mapping[str, str] | None = None,
) -> CaseView:
    """The whole case for its page."""
    state_zh, state_en = STATE_NAMES[case.state]
    item = facts.item
    tolerated = case.promise.lacking if case.promise else ()
    return CaseView.model_validate(
        {
            "case_id": case.id,
            "case_no": case.case_no,
            "external_no": case.external_no,
            "partner": case.partner,
            "version": case.version,
            "state": case.state.value,
            "state_zh": state_zh,
            "state_en": state_en,
            "item_code": item.code,
            "item_version": item.version,
            "item_name": item.name,
            "item_name_en": item.name_en,
            "unit": case.unit,
            "channel": case.channel,
            "summary": summary,
            "submitted_at": case.submitted_at,
            "received_on": case.received_on,
            "acceptance_basis": case.basis,
            "accepted_on": case.accepted_on,
            "parties": [
                party_view(parties[role], masked=masked)
                for role in ("applicant", "contact", "agent")
                if role in parties
            ],
            "check": check_view(
                item,
                assessment,
                asked=case.asks_tolerance,
                papers=case.papers,
                defects=case.defects,
                tolerated=tolerated,
            ),
            "clocks": [
                clock_view(clock, item, facts.now.on, facts.calendar, explained=explained)
                for clock in case.clocks
            ],
            "documents": [document_reference(row) for row in documents],
            "tolerance": tolerance_view(case, words or {}),
            "commitments": commitment_views(case, item),
            "commitment_signature": signature_view(case, "commitment"),
            "recall": recall_view(case, words or {}),
            "credit": credit,
            "decision": _decision(case),
            "timeline": [_entry(row) for row in events],
            "allowed": allowed,
            "review": review,
            "procedures": procedure_views(case, facts.now.on),
            "extension": extension_view(case),
            "hearing": hearing_view(case, facts),
            "interested": interested_views(case, parties),
            "licence": _licence(case),
            "mandate": _mandate(case, facts.now.on),
            "delivery_way": case.delivery_way,
            "purpose": case.follow_up.purpose if case.follow_up else "new",
            "licence_case_id": case.follow_up.licence_case_id if case.follow_up else None,
            "followed_by": case.followed_by,
        }
    )


def _mandate(case: Case, on: date) -> MandateView | None:
    mandate = case.mandate
    if mandate is None:
        return None
    return MandateView(
        valid_from=mandate.valid_from,
        valid_until=mandate.valid_until,
        scope=mandate.scope,
        revoked_on=mandate.revoked_on,
        holds=mandate.holds_on(on),
    )


def _licence(case: Case) -> LicenceView | None:
    licence = case.licence
    if licence is None:
        return None
    return LicenceView(
        number=licence.number,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        expired_on=licence.expired_on,
    )


def clock_view(clock: Clock, item: Item, today: date, calendar: Calendar, *, explained: bool) -> ClockView:
    """One clock, told day by day when asked; the days are counted again with the newest calendar."""
    zh, en, _ = CLOCK_NAMES[clock.name]
    return ClockView(
        name=clock.name,
        name_zh=zh,
        name_en=en,
        article=article_of(clock.name, is_licence=item.is_licence),
        started_on=clock.started_on,
        length=clock.length,
        unit=clock.unit,
        due_on=clock.due_on,
        provisional=clock.provisional,
        stopped_on=clock.stopped_on,
        overdue=(clock.stopped_on or today) > clock.due_on,
        days=_days(clock, calendar) if explained else (),
        operations=tuple(_operation(entry) for entry in clock.entries),
    )


def _operation(entry: ClockOperation) -> OperationView:
    """What happened to a clock, as everybody may know it: who approved it stands in the document."""
    zh, en = reason_names(entry.reason)
    return OperationView(
        operation=entry.kind.value,
        first_on=entry.first_on,
        last_on=entry.last_on,
        told_until=entry.told_until,
        at=entry.at,
        length=entry.length or None,
        article=entry.article,
        reason=entry.reason,
        reason_zh=zh,
        reason_en=en,
        document=entry.document_no,
    )


def _days(clock: Clock, calendar: Calendar) -> tuple[DayView, ...]:
    return tuple(
        DayView(
            day=day.day,
            counted=day.counted,
            number=day.ordinal,
            why_zh=(words := explain_day(day)).zh,
            why_en=words.en,
            kind=day.kind.value,
            article=day.article,
            reason=day.reason,
            document=day.document,
        )
        for day in explain(clock, calendar).days
    )


def document_reference(row: Record) -> DocumentReference:
    """A document as a case lists it."""
    title, title_en = titles(row["kind"], is_licence=row["is_licence"])
    return DocumentReference(
        document_id=row["id"],
        kind=row["kind"],
        number=row["number"],
        title=title,
        title_en=title_en,
        issued_on=row["issued_on"],
        void_reason=row["void_reason"]["zh"] if row["void_reason"] else None,
        void_reason_en=row["void_reason"]["en"] if row["void_reason"] else None,
        replaces=row["replaces"],
    )


def _decision(case: Case) -> DecisionView | None:
    verdict = case.verdict
    if verdict is None:
        return None
    return DecisionView.model_validate(
        {
            "result": verdict.result,
            "decided_on": verdict.decided_on,
            "delivered_on": verdict.delivered_on,
            "method": verdict.method,
        }
    )


def _entry(row: Record) -> TimelineEntry:
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


def line_view(row: Record, name: str, item_names: tuple[str, str], today: date) -> CaseLine:
    """One line of a work list."""
    state = State(row["state"])
    state_zh, state_en = STATE_NAMES[state]
    due_on = row["due_on"]
    return CaseLine.model_validate(
        {
            "case_id": row["id"],
            "case_no": row["case_no"],
            "external_no": row["external_no"],
            "version": row["version"],
            "state": state.value,
            "state_zh": state_zh,
            "state_en": state_en,
            "item_code": row["item_code"],
            "item_name": item_names[0],
            "item_name_en": item_names[1],
            "channel": row["channel"],
            "applicant_name": shown_name(name, row["kind"]),
            "submitted_at": row["submitted_at"],
            "due_on": due_on,
            "overdue": due_on is not None and due_on < today,
            # After the answer the proposal is history.
            "proposed_outcome": Outcome(row["proposed"]).value if state is State.SUBMITTED else None,
            "tolerance_asked": row["asks_tolerance"],
            "urged": row["urged"],
        }
    )
