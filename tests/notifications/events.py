"""Events of applications as these tests receive them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.applications.contracts import (
    CaseAcceptedV1,
    CaseDecidedV1,
    CaseFacts,
    CaseLapsedV1,
    CaseSubmittedV1,
    CaseTerminatedV1,
    CaseWithdrawnV1,
    CorrectionRequestedV1,
    DefectV1,
    MaterialsSuppliedV1,
    MaterialV1,
    ResultDeliveredV1,
    SupplyReminderDueV1,
)
from shared.identity import system_actor
from shared.messaging.consumer import Received
from shared.messaging.envelope import Envelope, envelope

APPLICANT = UUID("0196f2a0-0000-8000-8000-00000000a001")
CASE = UUID("0196f2a0-0000-7000-8000-00000000c001")
DOCUMENT = UUID("0196f2a0-0000-7000-8000-00000000d001")
UNIT = "341600-rf"

FACTS: dict[str, Any] = {
    "case_id": CASE,
    "case_no": "341600202611240001",
    "item_code": "A-01",
    "item_version": 1,
    "item_name": "新建民用建筑防空地下室建设审批",
    "unit": UNIT,
    "channel": "online",
    "applicant_id": APPLICANT,
    "state": "SUBMITTED",
    "effective_on": date(2026, 11, 24),
    "email_given": True,
}
LETTER = MaterialV1(code="M-03", name="授权委托书")
ID_COPY = MaterialV1(code="M-04", name="法定代表人身份证明")


def submitted(**changes: Any) -> CaseSubmittedV1:
    fields: dict[str, Any] = {
        **FACTS,
        "submitted_at": datetime(2026, 11, 24, 1, 5, tzinfo=UTC),
        "intake_due_on": date(2026, 12, 1),
        "proposed_outcome": "accept",
        "asks_tolerance": False,
        "receipt_document_id": DOCUMENT,
    }
    return CaseSubmittedV1(**fields | changes)


def accepted(**changes: Any) -> CaseAcceptedV1:
    fields: dict[str, Any] = {
        **FACTS,
        "state": "ACCEPTED",
        "basis": "ordinary",
        "accepted_on": date(2026, 11, 25),
        "statutory_due_on": date(2026, 12, 22),
        "promised_due_on": date(2026, 12, 2),
        "document_id": DOCUMENT,
        "document_no": "亳人防许受〔2026〕12号",
    }
    return CaseAcceptedV1(**fields | changes)


def tolerantly_accepted(**changes: Any) -> CaseAcceptedV1:
    fields: dict[str, Any] = {
        "basis": "tolerant",
        "supply_due_on": date(2026, 11, 30),
        "lacking": (LETTER, ID_COPY),
    }
    return accepted(**fields | changes)


def correction_requested(**changes: Any) -> CorrectionRequestedV1:
    fields: dict[str, Any] = {
        **FACTS,
        "state": "CORRECTION_NOTICED",
        "defects": (
            DefectV1(material_code="M-01", material_name="申请表", reason="not_sealed"),
            DefectV1(material_code="M-02", material_name="项目批准文件", reason="missing"),
        ),
        "correction_due_on": date(2026, 12, 15),
        "document_id": DOCUMENT,
        "document_no": "亳人防许补〔2026〕3号",
    }
    return CorrectionRequestedV1(**fields | changes)


def supplied(**changes: Any) -> MaterialsSuppliedV1:
    fields: dict[str, Any] = {
        **FACTS,
        "answers": "tolerance",
        "materials": (LETTER,),
        "still_lacking": (ID_COPY,),
        "supplied_through": "online",
    }
    return MaterialsSuppliedV1(**fields | changes)


def reminder(**changes: Any) -> SupplyReminderDueV1:
    fields: dict[str, Any] = {
        **FACTS,
        "supply_due_on": date(2026, 11, 30),
        "working_days_left": 2,
        "lacking": (LETTER,),
    }
    return SupplyReminderDueV1(**fields | changes)


def terminated(**changes: Any) -> CaseTerminatedV1:
    fields: dict[str, Any] = {
        **FACTS,
        "state": "TERMINATED",
        "reason": "undertaking_broken",
        "document_id": DOCUMENT,
        "document_no": "亳人防许终〔2026〕1号",
    }
    return CaseTerminatedV1(**fields | changes)


def lapsed() -> CaseLapsedV1:
    return CaseLapsedV1(**FACTS, correction_due_on=date(2026, 12, 15))


def decided(**changes: Any) -> CaseDecidedV1:
    fields: dict[str, Any] = {
        **FACTS,
        "state": "DECIDED_GRANT",
        "result": "grant",
        "decided_on": date(2026, 12, 1),
        "delivery_due_on": date(2026, 12, 15),
        "within_promise": True,
        "within_statute": True,
        "document_id": DOCUMENT,
        "document_no": "亳人防许准〔2026〕8号",
    }
    return CaseDecidedV1(**fields | changes)


def delivered(**changes: Any) -> ResultDeliveredV1:
    fields: dict[str, Any] = {
        **FACTS,
        "state": "DELIVERED",
        "delivered_on": date(2026, 12, 3),
        "method": "window",
        "result": "grant",
        "document_id": DOCUMENT,
        "document_no": "亳人防许准〔2026〕8号",
    }
    return ResultDeliveredV1(**fields | changes)


def withdrawn() -> CaseWithdrawnV1:
    return CaseWithdrawnV1(**FACTS, withdrawn_on=date(2026, 11, 26))


def enveloped(event: CaseFacts, *, event_id: UUID | None = None, sequence: int = 1) -> Envelope:
    """The event as applications publishes it."""
    return envelope(
        event,
        source="/applications",
        event_id=event_id or uuid4(),
        subject=str(event.case_id),
        sequence=sequence,
        recorded_at=datetime(2026, 11, 24, 1, 5, 3, tzinfo=UTC),
        actor=system_actor("applications"),
    )


def received(event: CaseFacts, *, event_id: UUID | None = None) -> Received:
    """The event as a consumer gets it."""
    return Received(enveloped(event, event_id=event_id), event)


ALL = (
    submitted(),
    submitted(missing=(LETTER,), asks_tolerance=True),
    accepted(),
    accepted(provisional=True),
    accepted(basis="deemed", document_no=None),
    tolerantly_accepted(),
    correction_requested(),
    correction_requested(tolerance_refused=("discredited",)),
    correction_requested(provisional=True),
    supplied(),
    supplied(still_lacking=(), intake_due_on=date(2026, 12, 8)),
    reminder(),
    reminder(working_days_left=0),
    terminated(),
    terminated(reason="something_new"),
    lapsed(),
    decided(),
    decided(result="refuse"),
    delivered(),
    withdrawn(),
)
