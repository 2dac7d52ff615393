"""Replies of the RPC methods: masked unless their name says otherwise."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.applications.contracts.fields import (
    CertificateType,
    Channel,
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
    # Whose task it is: everybody's with this role in the unit, or of whoever acts for this post.
    waits_for_role: str | None = None
    waits_for_post: str | None = None


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
