"""The events of a case, as the other services see them.

They hold ids, codes, dates and digests, and never a name, a number or a free text of a person: what can't be changed
must not hold personal data.  `sequence` of the envelope is the version of the case after the event, `subject` its id.
"""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.applications.contracts.fields import (
    Basis,
    Channel,
    DecisionResult,
    DefectReason,
    DeliveryMethod,
    MaterialForm,
    Outcome,
)
from shared.messaging.envelope import Event


class MaterialV1(BaseModel):
    """One paper, by its code and its published name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    name: str


class DefectV1(BaseModel):
    """One thing to correct; the clerk's explanation stands in the notice, not here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    material_code: str
    material_name: str
    reason: DefectReason


class DocumentRefV1(BaseModel):
    """A formal document that was sealed with the event; whoever may read its text asks for it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    document_id: UUID
    kind: str
    number: str
    # SHA-256 of the sealed text; empty when the event was recorded before the digest was kept with it.
    sha256: str = ""


class CaseFacts(Event):
    """What every event of a case says about it, so that no consumer has to ask which case this is."""

    case_id: UUID
    case_no: str
    item_code: str
    item_version: int
    item_name: str
    unit: str
    channel: Channel
    applicant_id: UUID
    agent_id: UUID | None = None
    partner: str | None = None
    external_no: str | None = None
    state: str
    effective_on: date
    # Whether the contact left an e-mail address (the address itself never travels); None: not said, ask when sending.
    email_given: bool | None = None
    # Every document that was sealed with this event: what the printer works from.
    documents: tuple[DocumentRefV1, ...] = ()


class CaseSubmittedV1(CaseFacts):
    """Somebody handed in an application and holds a receipt voucher."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_submitted.v1"

    submitted_at: datetime
    intake_due_on: date
    proposed_outcome: Outcome
    asks_tolerance: bool
    missing: tuple[MaterialV1, ...] = ()
    receipt_document_id: UUID
    # A change or a renewal names the case of the licence that it is about (行政许可法 49, 50).
    purpose: Literal["new", "change", "renewal"] = "new"
    licence_case_id: UUID | None = None
    # A renewal that was asked for later than the law wants.
    late: bool = False


class CaseAcceptedV1(CaseFacts):
    """The case was accepted: in the ordinary way, tolerantly, or because nobody answered in five working days."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_accepted.v1"

    basis: Basis
    accepted_on: date
    statutory_due_on: date
    promised_due_on: date
    provisional: bool = False
    supply_due_on: date | None = None
    lacking: tuple[MaterialV1, ...] = ()
    document_id: UUID | None = None
    document_no: str | None = None
    undertaking_document_id: UUID | None = None


class CorrectionRequestedV1(CaseFacts):
    """The one-time notice: everything that is to be corrected, at once."""

    event_type: ClassVar[str] = "cn.tongban.applications.correction_requested.v1"

    defects: tuple[DefectV1, ...]
    correction_due_on: date
    tolerance_refused: tuple[str, ...] = ()
    document_id: UUID
    document_no: str
    # Whether the holidays of a year that the period reaches are not announced yet.
    provisional: bool = False


class MaterialsSuppliedV1(CaseFacts):
    """Papers came in after the submission: corrections or papers whose absence had been tolerated."""

    event_type: ClassVar[str] = "cn.tongban.applications.materials_supplied.v1"

    answers: str
    materials: tuple[MaterialV1, ...]
    still_lacking: tuple[MaterialV1, ...] = ()
    forms: tuple[MaterialForm, ...] = ()
    supplied_through: Channel
    intake_due_on: date | None = None


class SupplyReminderDueV1(CaseFacts):
    """Tolerated papers are still lacking two working days, one, or none before the last day to supply them."""

    event_type: ClassVar[str] = "cn.tongban.applications.supply_reminder_due.v1"

    supply_due_on: date
    working_days_left: int
    lacking: tuple[MaterialV1, ...]


class ToleranceExpiredV1(CaseFacts):
    """The supply date of an undertaking passed without the papers; a default is on record."""

    event_type: ClassVar[str] = "cn.tongban.applications.tolerance_expired.v1"

    supply_due_on: date
    lacking: tuple[MaterialV1, ...]
    default_id: UUID


class CaseTerminatedV1(CaseFacts):
    """The case ended without a decision (a broken undertaking); the applicant may apply again."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_terminated.v1"

    reason: str
    document_id: UUID
    document_no: str


class CaseLapsedV1(CaseFacts):
    """No correction came in the time that the notice gave; this is no refusal and the applicant may apply again."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_lapsed.v1"

    correction_due_on: date
    document_id: UUID | None = None
    document_no: str | None = None


class CaseDecidedV1(CaseFacts):
    """The organ granted or refused."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_decided.v1"

    result: DecisionResult
    decided_on: date
    delivery_due_on: date
    within_promise: bool
    within_statute: bool
    remedy_variant: str | None = None
    document_id: UUID
    document_no: str
    # Hidden facts or false papers, and until when the same licence can't be applied for again (行政许可法 78).
    ground: str | None = None
    banned_until: date | None = None
    # Grants are published and open to the public (行政许可法 40).
    publishable: bool = False


class ResultDeliveredV1(CaseFacts):
    """The result reached the applicant."""

    event_type: ClassVar[str] = "cn.tongban.applications.result_delivered.v1"

    delivered_on: date
    method: DeliveryMethod
    result: DecisionResult
    document_id: UUID
    document_no: str


class CaseWithdrawnV1(CaseFacts):
    """The applicant took the application back before a decision."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_withdrawn.v1"

    withdrawn_on: date
    document_id: UUID | None = None
    document_no: str | None = None


class DutyBreachedV1(CaseFacts):
    """The organ missed a duty that the law names; accountability begins with this record."""

    event_type: ClassVar[str] = "cn.tongban.applications.duty_breached.v1"

    rule: str
    article: str
    due_on: date


class PersonalDataViewedV1(Event):
    """A member of staff looked at unmasked personal data.

    The purpose is free text, which may itself name a person: it is kept encrypted in our database, its digest is here.
    """

    event_type: ClassVar[str] = "cn.tongban.applications.personal_data_viewed.v1"

    case_id: UUID
    case_no: str
    unit: str
    viewed: str
    purpose_sha256: str
    viewed_at: datetime


EVENTS: tuple[type[Event], ...] = (
    CaseSubmittedV1,
    CaseAcceptedV1,
    CorrectionRequestedV1,
    MaterialsSuppliedV1,
    SupplyReminderDueV1,
    ToleranceExpiredV1,
    CaseTerminatedV1,
    CaseLapsedV1,
    CaseDecidedV1,
    ResultDeliveredV1,
    CaseWithdrawnV1,
    DutyBreachedV1,
    PersonalDataViewedV1,
)
