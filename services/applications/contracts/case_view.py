"""A case as its applicant and its clerks see it, with everything that belongs to it."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.applications.contracts.credit import CaseCredit
from services.applications.contracts.fields import (
    Basis,
    Channel,
    DecisionResult,
    DeliveryMethod,
    StateName,
)
from services.applications.contracts.views import (
    ClockView,
    DocumentReference,
    MaterialCheck,
    PartyView,
    Reason,
    View,
)


class TimelineEntry(View):
    """One step of the statutory record, in words."""

    version: int
    event: str
    title_zh: str
    title_en: str
    at: datetime
    effective_on: date
    by_role: str
    by_unit: str | None = None


class ConditionView(View):
    """One condition of tolerance with its verdict; `reasons` say why it does not hold."""

    code: str
    zh: str
    en: str
    holds: bool
    reasons: tuple[Reason, ...] = ()


class EligibilityView(View):
    """The whole assessment (§5.3(1)), by the list of this item version; a person decided on it."""

    list_version: int
    assessed_on: date
    conditions: tuple[ConditionView, ...]


class SignatureView(View):
    """Who signed what, when, and to which text the signature is bound; `shown`: the signer named the digest himself."""

    promise: Literal["undertaking", "commitment"]
    kind: Literal["typed", "drawn"]
    actor: str
    at: datetime
    text_sha256: str
    shown: bool
    image_sha256: str | None = None


class SupplyRequestView(View):
    """More time was asked for because of force majeure."""

    asked_on: date
    until: date
    evidence: tuple[str, ...] = ()
    # What the applicant wrote: for the applicant and for the staff of the unit.
    reasons: str | None = None
    answered_on: date | None = None
    granted: bool | None = None


class ToleranceView(View):
    """What the applicant promised and by when, why that was possible, and what became of it.

    `mode`: 容缺受理 (papers before the decision) or 容缺审批 (papers after the grant).
    """

    supply_due_on: date
    lacking: tuple[str, ...]
    fulfilled_on: date | None = None
    broken_on: date | None = None
    mode: Literal["acceptance", "approval"] = "acceptance"
    confirmed_on: date | None = None
    faulted_on: date | None = None
    eligibility: EligibilityView | None = None
    signature: SignatureView | None = None
    request: SupplyRequestView | None = None


class CommitmentView(View):
    """A commitment in the place of a paper, and its check after the decision."""

    material_code: str
    material_name: str
    accepted: bool
    finding: Literal["true", "false", "mendable"] | None = None
    checked_on: date | None = None
    check_due_on: date | None = None
    mend_by: date | None = None
    overdue: bool = False


class RecallView(View):
    """The recall of a result that was given before completion."""

    noticed_on: date
    hear_until: date | None = None
    heard_on: date | None = None
    statement: str | None = None
    recalled_on: date | None = None
    dropped_on: date | None = None


class DecisionView(View):
    """The decision and, once it happened, its delivery."""

    result: DecisionResult
    decided_on: date
    delivered_on: date | None = None
    method: DeliveryMethod | None = None


class ProcedureView(View):
    """A special procedure; both ends are left out of the time to decide."""

    kind: str
    kind_zh: str
    kind_en: str
    first_on: date
    told_until: date
    ended_on: date | None = None
    # The told time is over and the procedure is not: the clocks run again.
    overrun: bool = False
    documents: tuple[str, ...] = ()


class ExtensionView(View):
    """The one extension that Art 42 allows."""

    length: int
    extended_on: date
    document: str = ""
    instrument: str | None = None


class InterestedPartyView(View):
    """An interested party, masked; `party_id` is what a request in its name gives."""

    party_id: UUID
    name: str
    named_on: date
    told_on: date | None = None
    has_stated: bool = False
    has_waived: bool = False


class HearingView(View):
    """A hearing from the telling of the right to its minutes; `state` says what comes next."""

    state: Literal["not_told", "told", "lapsed", "waived", "due", "scheduled", "held", "withdrawn", "absent"]
    told_on: date | None = None
    request_due_on: date | None = None
    requested_on: date | None = None
    called_on: date | None = None
    hold_due_on: date | None = None
    held_on: date | None = None
    announced_on: date | None = None
    minutes_sha256: str | None = None
    applicant_has_stated: bool = False


class ReviewOpinionView(View):
    """One opinion that counts: its words for the staff, by which authority, and never who gave it."""

    opinion: Literal["pass", "fail"]
    authority: str
    authority_zh: str
    authority_en: str
    post: str | None = None
    instrument: str | None = None
    in_place_of_another: bool = False
    given_on: date
    words: str | None = None


class ReviewStepView(View):
    """One step of the review: whose it is, how far it is, what was said; the internal date is for the staff only."""

    code: str
    name_zh: str
    name_en: str = ""
    kind: str
    section: str | None = None
    post: str | None = None
    role: str
    after: tuple[str, ...] = ()
    progress: Literal["waiting", "open", "passed", "failed"]
    needs: int = 1
    opened_on: date | None = None
    done_on: date | None = None
    internal_due_on: date | None = None
    internal_overdue: bool = False
    opinions: tuple[ReviewOpinionView, ...] = ()


class SiteCheckView(View):
    """A check on site: how many of the staff went, and what came of it."""

    inspectors: int
    checked_on: date
    passed: bool


class ReviewView(View):
    """How far the review of a case is; without steps one approver decides."""

    steps: tuple[ReviewStepView, ...] = ()
    decided_jointly: bool = False
    sent_back: int = 0
    urged: int = 0
    inspectors: int = 0
    inspectors_assigned_on: date | None = None
    site_check_required: bool = False
    site_checks: tuple[SiteCheckView, ...] = ()
    recusals_asked: int = 0


class LicenceView(View):
    """The certificate that the case gave; how it ended is the state of the case."""

    number: str
    valid_from: date
    valid_until: date | None = None
    # The validity ended without a renewal.
    expired_on: date | None = None


class MandateView(View):
    """The mandate of the agent, who stands among the parties; an empty scope means the whole case."""

    valid_from: date
    valid_until: date | None = None
    scope: tuple[str, ...] = ()
    revoked_on: date | None = None
    # Whether the agent may act today.
    holds: bool


class RatingView(View):
    """How the applicant rated the handling; the words are for the people of the case and the staff of the unit."""

    level: int
    tags: tuple[str, ...] = ()
    words: str | None = None
    rated_on: date


class CaseView(View):
    """A case as its applicant and its clerks see it."""

    case_id: UUID
    case_no: str
    external_no: str | None = None
    partner: str | None = None
    version: int
    state: StateName
    state_zh: str
    state_en: str
    item_code: str
    item_version: int
    item_name: str
    item_name_en: str = ""
    unit: str
    channel: Channel
    summary: str | None = None
    submitted_at: datetime
    received_on: date
    acceptance_basis: Basis | None = None
    accepted_on: date | None = None
    parties: tuple[PartyView, ...]
    check: MaterialCheck
    clocks: tuple[ClockView, ...]
    documents: tuple[DocumentReference, ...]
    tolerance: ToleranceView | None = None
    # For the staff: what each credit source said about the applicant, or that it was silent.
    credit: CaseCredit | None = None
    decision: DecisionView | None = None
    commitments: tuple[CommitmentView, ...] = ()
    commitment_signature: SignatureView | None = None
    recall: RecallView | None = None
    timeline: tuple[TimelineEntry, ...]
    allowed: tuple[str, ...] = ()
    procedures: tuple[ProcedureView, ...] = ()
    extension: ExtensionView | None = None
    hearing: HearingView | None = None
    interested: tuple[InterestedPartyView, ...] = ()
    review: ReviewView | None = None
    licence: LicenceView | None = None
    mandate: MandateView | None = None
    # How the result is to come, as said when the case moved to another channel.
    delivery_way: DeliveryMethod | None = None
    # What was applied for; a change or a renewal names the case of its licence, and that case the one that followed.
    purpose: Literal["new", "change", "renewal"] = "new"
    licence_case_id: UUID | None = None
    followed_by: UUID | None = None
    rating: RatingView | None = None
