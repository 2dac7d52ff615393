"""Replies of the RPC methods: masked unless their name says otherwise."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.applications.contracts.credit import CaseCredit
from services.applications.contracts.fields import (
    Basis,
    CertificateType,
    Channel,
    DecisionResult,
    DeliveryMethod,
    MaterialForm,
    Outcome,
    StateName,
)


class View(BaseModel):
    """Base of all replies; a reader of yesterday ignores what was added today."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Reason(View):
    """Why something is not possible, for a person in either language and for a program by its code."""

    code: str
    zh: str
    en: str


class DocumentReference(View):
    """A formal document of the case."""

    document_id: UUID
    kind: str
    number: str
    title: str
    title_en: str
    issued_on: date
    # Why the number is VOID: the document could not be printed and never came into force.
    void_reason: str | None = None
    void_reason_en: str | None = None
    # The void document that this one stands in for.
    replaces: UUID | None = None


class CaseReceipt(View):
    """The answer to every command: where the case stands now; `version` is its entity tag.

    `access_code` is told at submission only; it is printed on the receipt voucher.
    """

    case_id: UUID
    case_no: str
    version: int
    state: StateName
    access_code: str | None = None
    external_no: str | None = None
    submitted_at: datetime
    proposed_outcome: Outcome | None = None
    due_on: date | None = None
    documents: tuple[DocumentReference, ...] = ()
    # What the caller should know although the command was carried out.
    notes: tuple[Reason, ...] = ()


class DayView(View):
    """One day of a clock: counted, or skipped and why; what was left out names its article, reason and document."""

    day: date
    counted: bool
    number: int | None = None
    why_zh: str
    why_en: str
    kind: str = ""
    article: str = ""
    reason: str = ""
    document: str = ""


class OperationView(View):
    """One thing that happened to a clock after its start: days left out, a new beginning, an extension.

    `told_until` is the end that was announced when the days left out ended earlier.
    """

    operation: Literal["EXCLUDE", "RESTART", "EXTEND"]
    first_on: date | None = None
    last_on: date | None = None
    told_until: date | None = None
    at: date | None = None
    length: int | None = None
    article: str = ""
    reason: str = ""
    reason_zh: str = ""
    reason_en: str = ""
    document: str = ""


class ClockView(View):
    """One clock of a case; `days` is there when the question asked to explain."""

    name: str
    name_zh: str
    name_en: str
    article: str = ""
    started_on: date
    length: int
    unit: str
    due_on: date
    provisional: bool
    stopped_on: date | None = None
    overdue: bool = False
    days: tuple[DayView, ...] = ()
    operations: tuple[OperationView, ...] = ()


class MaterialView(View):
    """One material of the pinned item version and what was handed in for it."""

    code: str
    name: str
    name_en: str = ""
    main: bool
    tolerable: bool
    shareable: bool = False
    status: Literal["supplied", "shared", "missing", "tolerated", "defective", "optional"]
    form: MaterialForm | None = None
    upload_id: UUID | None = None
    digest: str | None = None
    media_type: str | None = None
    size_bytes: int | None = None
    supplied_at: datetime | None = None
    defects: tuple[Reason, ...] = ()


class MaterialCheck(View):
    """What the papers amount to, computed from the pinned item version; a named clerk decides on it.

    `may` lists the outcomes that the facts allow, `tolerance_reasons` why tolerance is not possible (empty: it is).
    """

    item_code: str
    item_version: int
    item_name: str
    materials: tuple[MaterialView, ...]
    missing_main: tuple[str, ...]
    missing_tolerable: tuple[str, ...]
    missing_other: tuple[str, ...]
    defective: tuple[str, ...] = ()
    tolerance_asked: bool
    tolerance_possible: bool
    tolerance_reasons: tuple[Reason, ...]
    proposed_outcome: Outcome
    may: tuple[Outcome, ...]
    supply_due_on: date | None = None
    # Why the commitments that were offered can't stand for papers (empty: they can, or there are none).
    commitment_reasons: tuple[Reason, ...] = ()


class PartyView(View):
    """A party of the case: masked in a case view, in full only in the reply to `reveal_party`."""

    # An interested party (利害关系人) stands as `interested:1` and so on.
    role: Annotated[str, StringConstraints(pattern=r"^(applicant|contact|agent|interested:[0-9]{1,3})$")]
    kind: Literal["natural", "legal"] | None = None
    name: str
    certificate_type: CertificateType | None = None
    certificate_name: str | None = None
    certificate_number: str | None = None
    representative: str | None = None
    address: str | None = None
    mobile: str | None = None
    email: str | None = None


class RevealedParties(View):
    """The parties in full; the look was recorded."""

    case_id: UUID
    case_no: str
    parties: tuple[PartyView, ...]


class PartyContact(View):
    """Where a message goes. Never stored and never logged by the reader."""

    case_id: UUID
    person_id: UUID
    name: str
    mobile: str
    email: str | None = None


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


class CaseLine(View):
    """One line of a work list."""

    case_id: UUID
    case_no: str
    external_no: str | None = None
    version: int
    state: StateName
    state_zh: str
    state_en: str
    item_code: str
    item_name: str
    item_name_en: str = ""
    channel: Channel
    applicant_name: str
    submitted_at: datetime
    due_on: date | None = None
    overdue: bool = False
    proposed_outcome: Outcome | None = None
    tolerance_asked: bool = False
    # How often the case was urged (催办).
    urged: int = 0
    # In the lists of what waits: the step, its section, and its date inside the organ.
    step: str | None = None
    step_zh: str = ""
    step_en: str = ""
    section: str | None = None
    internal_due_on: date | None = None


class CasePage(View):
    """A page; without `next_cursor` it is the last one.  There are no totals."""

    items: tuple[CaseLine, ...]
    next_cursor: str | None = None


class DocumentLine(View):
    """One line of a formal document; `style` says how a page or a PDF sets it."""

    style: Literal[
        "title", "number", "addressee", "text", "item", "field", "remedy", "signature", "date", "note"
    ]
    text: str
    label: str = ""


class DocumentView(View):
    """A formal document with its print view as structured text."""

    document_id: UUID
    case_id: UUID
    case_no: str
    kind: str
    number: str
    title: str
    title_en: str
    template_version: int
    issued_on: date
    lines: tuple[DocumentLine, ...]
    sha256: str
    masked: bool = False
    # Why the number is VOID: the document could not be printed and never came into force.
    void_reason: str | None = None
    void_reason_en: str | None = None


class EffectView(View):
    """One event of a case: when it was recorded and when its message left for the broker."""

    event_id: UUID
    event_type: str
    version: int
    recorded_at: datetime
    sent_at: datetime | None = None
    actor_role: str


class CaseEffects(View):
    """All events of one case, in order."""

    case_id: UUID
    case_no: str
    effects: tuple[EffectView, ...]
