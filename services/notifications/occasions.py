"""On which events an applicant is told something, with which wording and which facts.

The table at the end, together with `case_news.NEWS`, is the whole list.  A tolerance that expires is not told by itself:
the termination that follows in the same breath tells it.  Facts are formatted here once and frozen with the message;
none of them is personal data.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from services.applications.contracts import (
    CaseAcceptedV1,
    CaseDecidedV1,
    CaseFacts,
    CaseLapsedV1,
    CaseSubmittedV1,
    CaseTerminatedV1,
    CaseWithdrawnV1,
    CorrectionRequestedV1,
    MaterialsSuppliedV1,
    MaterialV1,
    ResultDeliveredV1,
    SupplyReminderDueV1,
)
from services.notifications.case_news import NEWS, Tell
from services.notifications.domain.notice import Cause, Notice, Wording
from services.notifications.domain.wording import day, moment
from services.notifications.templates import TemplateBook
from shared.messaging.envelope import Envelope
from shared.time import shanghai

Facts = dict[str, Any]

DEFECTS = {
    "missing": "缺少",
    "illegible": "不清晰，无法辨认",
    "wrong_form": "形式不符合要求",
    "incomplete_content": "内容不完整",
    "wrong_content": "内容有误",
    "expired": "已超过有效期",
    "not_sealed": "未签字或者未盖章",
    "other": "不符合要求",
}
METHODS = {"window": "窗口领取", "post": "邮寄", "electronic": "电子送达"}
REASONS = {
    "undertaking_broken": "未在承诺期限内补齐材料",
    "applicant_ended": "申请人死亡或者终止",
    "object_lost": "办理对象不复存在",
}


def notice_of(event: CaseFacts, envelope: Envelope, book: TemplateBook, public_url: str) -> Notice | None:
    """What this event says to the applicant, frozen as of now; nothing when it is of no concern to them."""
    told = TOLD[type(event)](event)
    if told is None:
        return None
    template_id, special = told
    template = book[template_id]
    link = case_link(public_url, event)
    facts = {"case_no": event.case_no, "item_name": event.item_name, "link": link, **special}
    title, body = template.render(facts)
    return Notice(
        cause=Cause(envelope.id, envelope.type, envelope.time, event.case_id, event.case_no, event.unit),
        person_id=event.applicant_id,
        wording=Wording(template_id, template.version, template.statutory, facts, title, body, link),
        # An event of an older publisher does not say whether there is an address: then the sender asks for it.
        by_email=event.email_given is not False,
    )


def case_link(public_url: str, event: CaseFacts) -> str:
    """Where the applicant finds the case; the page asks who they are before it shows anything."""
    return f"{public_url}/my/cases/{event.case_id}"


def _submitted(event: CaseSubmittedV1) -> tuple[str, Facts]:
    return "case_submitted", {
        "submitted_at": moment(shanghai(event.submitted_at)),
        "intake_due_on": day(event.intake_due_on),
        "missing": _names(event.missing),
    }


def _accepted(event: CaseAcceptedV1) -> tuple[str, Facts]:
    facts: Facts = {
        "accepted_on": day(event.accepted_on),
        "promised_due_on": day(event.promised_due_on),
        "statutory_due_on": day(event.statutory_due_on),
        "provisional": event.provisional,
        "document_no": event.document_no,
        "lacking": _names(event.lacking),
    }
    if event.basis == "tolerant" and event.supply_due_on is not None:
        return "case_accepted_tolerantly", facts | {"supply_due_on": day(event.supply_due_on)}
    return "case_accepted_deemed" if event.basis == "deemed" else "case_accepted", facts


def _correction(event: CorrectionRequestedV1) -> tuple[str, Facts]:
    return "correction_requested", {
        "correction_due_on": day(event.correction_due_on),
        "document_no": event.document_no,
        "defects": [
            {"material": defect.material_name, "reason": DEFECTS[defect.reason]} for defect in event.defects
        ],
        "tolerance_refused": bool(event.tolerance_refused),
        "provisional": event.provisional,
    }


def _supplied(event: MaterialsSuppliedV1) -> tuple[str, Facts]:
    return "materials_supplied", {
        "materials": _names(event.materials),
        "still_lacking": _names(event.still_lacking),
        "intake_due_on": None if event.intake_due_on is None else day(event.intake_due_on),
    }


def _reminder(event: SupplyReminderDueV1) -> tuple[str, Facts]:
    return "supply_reminder", {
        "working_days_left": event.working_days_left,
        "supply_due_on": day(event.supply_due_on),
        "lacking": _names(event.lacking),
    }


def _terminated(event: CaseTerminatedV1) -> tuple[str, Facts]:
    return "case_terminated", {
        "effective_on": day(event.effective_on),
        "reason": REASONS.get(event.reason, "见终止办理通知书"),
        "document_no": event.document_no,
    }


def _lapsed(event: CaseLapsedV1) -> tuple[str, Facts]:
    return "case_lapsed", {"correction_due_on": day(event.correction_due_on)}


def _decided(event: CaseDecidedV1) -> tuple[str, Facts]:
    return "case_granted" if event.result == "grant" else "case_refused", {
        "decided_on": day(event.decided_on),
        "delivery_due_on": day(event.delivery_due_on),
        "document_no": event.document_no,
    }


def _delivered(event: ResultDeliveredV1) -> tuple[str, Facts]:
    return "result_delivered", {
        "delivered_on": day(event.delivered_on),
        "method": METHODS[event.method],
        "document_no": event.document_no,
    }


def _withdrawn(event: CaseWithdrawnV1) -> tuple[str, Facts]:
    return "case_withdrawn", {"withdrawn_on": day(event.withdrawn_on)}


def _names(materials: tuple[MaterialV1, ...]) -> list[str]:
    return [material.name for material in materials]


# Each function takes the very contract it stands beside.
OCCASIONS = cast(
    Mapping[type[CaseFacts], Callable[[CaseFacts], tuple[str, Facts]]],
    {
        CaseSubmittedV1: _submitted,
        CaseAcceptedV1: _accepted,
        CorrectionRequestedV1: _correction,
        MaterialsSuppliedV1: _supplied,
        SupplyReminderDueV1: _reminder,
        CaseTerminatedV1: _terminated,
        CaseLapsedV1: _lapsed,
        CaseDecidedV1: _decided,
        ResultDeliveredV1: _delivered,
        CaseWithdrawnV1: _withdrawn,
    },
)


def _as_occasion(tell: Tell) -> Callable[[CaseFacts], tuple[str, Facts] | None]:
    def told(event: CaseFacts) -> tuple[str, Facts] | None:
        news = tell(event)
        return None if news is None else (news.template_id, news.facts)

    return told


# Every event that is told, in a wording of its own or in the ones that all news share.
TOLD: Mapping[type[CaseFacts], Callable[[CaseFacts], tuple[str, Facts] | None]] = {
    **OCCASIONS,
    **{contract: _as_occasion(tell) for contract, tell in NEWS.items()},
}
