"""Contracts of tolerated papers, results before completion, recalls and commitments."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.applications.contracts.events import CaseFacts, DefectV1, MaterialV1
from services.applications.contracts.fields import (
    Digest,
    ItemCode,
    ItemVersion,
    LongText,
    MaterialCode,
    Purpose,
    Version,
)
from services.applications.contracts.requests import Agent, Applicant, Contact, Defect, Request
from services.applications.contracts.views import DocumentLine, View
from shared.messaging.envelope import Event


class SupplyConfirmedV1(CaseFacts):
    """The papers that came late were examined and are right."""

    event_type: ClassVar[str] = "cn.tongban.applications.supply_confirmed.v1"

    # Whether a result that was marked as incomplete is complete now.
    lifts_mark: bool = False
    document_id: UUID | None = None
    document_no: str | None = None


class SupplyFaultedV1(CaseFacts):
    """A late paper is wrong: with a date one more notice went out, without one the time is over."""

    event_type: ClassVar[str] = "cn.tongban.applications.supply_faulted.v1"

    defects: tuple[DefectV1, ...]
    supply_due_on: date | None = None
    document_id: UUID | None = None
    document_no: str | None = None


class SupplyExtensionRequestedV1(CaseFacts):
    """The applicant asked for more time to supply because of force majeure; somebody has to answer."""

    event_type: ClassVar[str] = "cn.tongban.applications.supply_extension_requested.v1"

    until: date


class SupplyExtendedV1(CaseFacts):
    """The supply date moved because of force majeure."""

    event_type: ClassVar[str] = "cn.tongban.applications.supply_extended.v1"

    supply_due_on: date
    provisional: bool = False
    document_id: UUID
    document_no: str


class SupplyExtensionDeclinedV1(CaseFacts):
    """No more time was given."""

    event_type: ClassVar[str] = "cn.tongban.applications.supply_extension_declined.v1"

    document_id: UUID
    document_no: str


class RecallNoticedV1(CaseFacts):
    """A result that was given before completion is to be recalled; its holder can speak until then."""

    event_type: ClassVar[str] = "cn.tongban.applications.recall_noticed.v1"

    hear_until: date
    provisional: bool = False
    document_id: UUID
    document_no: str


class RecallHeardV1(CaseFacts):
    """The holder spoke against a recall; the statement itself never travels."""

    event_type: ClassVar[str] = "cn.tongban.applications.recall_heard.v1"

    statement_sha256: str


class ResultRecalledV1(CaseFacts):
    """A result was recalled; `to_publish` says that the recall has to be made public as the result was."""

    event_type: ClassVar[str] = "cn.tongban.applications.result_recalled.v1"

    to_publish: bool = True
    document_id: UUID
    document_no: str


class RecallDroppedV1(CaseFacts):
    """The result stands after all."""

    event_type: ClassVar[str] = "cn.tongban.applications.recall_dropped.v1"

    document_id: UUID
    document_no: str


class CommitmentCheckedV1(CaseFacts):
    """A commitment was checked after the decision; what can be mended is to be mended by a date."""

    event_type: ClassVar[str] = "cn.tongban.applications.commitment_checked.v1"

    material: MaterialV1
    finding: Literal["true", "false", "mendable"]
    mend_by: date | None = None
    default_id: UUID | None = None
    document_id: UUID | None = None
    document_no: str | None = None


class CommitmentCheckOverdueV1(CaseFacts):
    """Nobody checked these commitments in time."""

    event_type: ClassVar[str] = "cn.tongban.applications.commitment_check_overdue.v1"

    due_on: date
    materials: tuple[MaterialV1, ...]


class RevocationDueV1(CaseFacts):
    """A grant rests on a false commitment: its revocation has to be examined by the organ head (行政许可法 69)."""

    event_type: ClassVar[str] = "cn.tongban.applications.revocation_due.v1"

    material: MaterialV1
    rule: str
    article: str


EVENTS: tuple[type[Event], ...] = (
    SupplyConfirmedV1,
    SupplyFaultedV1,
    SupplyExtensionRequestedV1,
    SupplyExtendedV1,
    SupplyExtensionDeclinedV1,
    RecallNoticedV1,
    RecallHeardV1,
    ResultRecalledV1,
    RecallDroppedV1,
    CommitmentCheckedV1,
    CommitmentCheckOverdueV1,
    RevocationDueV1,
)


class DraftPromises(Request):
    """The exact text of what the applicant would sign, with its digest; nothing is stored."""

    item_code: ItemCode
    item_version: ItemVersion | None = None
    applicant: Applicant
    contact: Contact
    agent: Agent | None = None
    # What is handed in, and what commitments are to stand for; the undertaking names the rest that may lag.
    supplied: Annotated[tuple[MaterialCode, ...], Field(max_length=100)] = ()
    committed: Annotated[tuple[MaterialCode, ...], Field(max_length=100)] = ()


class PromiseText(View):
    """One text to sign; whoever signs names `sha256`, and a signature under another text is refused."""

    promise: Literal["undertaking", "commitment"]
    lines: tuple[DocumentLine, ...]
    sha256: str
    materials: tuple[str, ...]


class PromiseDrafts(View):
    """The texts; none where there is nothing to promise."""

    item_code: str
    item_version: int
    undertaking: PromiseText | None = None
    commitment: PromiseText | None = None


class GetSignature(Request):
    """A drawn signature; the look of the staff is recorded with its purpose."""

    case_id: UUID
    promise: Literal["undertaking", "commitment"]
    purpose: Purpose | None = None


class SignatureImage(View):
    """The drawn signature as base64 of a PNG."""

    case_id: UUID
    promise: Literal["undertaking", "commitment"]
    image: str
    sha256: str


class OfCase(Request):
    """A command on one case at the version that the caller has read."""

    case_id: UUID
    expected_version: Version


class ConfirmSupply(OfCase):
    """The papers that came late were examined and are right."""


class FaultToTell(Request):
    """What is wrong with the late papers; `ends` confirms that they count as not supplied when no notice is possible."""

    defects: Annotated[tuple[Defect, ...], Field(min_length=1, max_length=100)]
    ends: bool = False
    reasons: LongText | None = None


class FaultSupply(FaultToTell, OfCase):
    """A late paper is wrong."""


class ExtensionToAsk(Request):
    """Until when more time is needed, why (force majeure), and the digests of uploaded files that prove it."""

    until: date
    reasons: LongText
    evidence: Annotated[tuple[Digest, ...], Field(max_length=10)] = ()


class RequestSupplyExtension(ExtensionToAsk, OfCase):
    """Ask for more time to supply because of force majeure."""


class MoreTime(Request):
    """The new last day to supply, and why."""

    due_on: date
    reasons: LongText


class ExtendSupply(MoreTime, OfCase):
    """Give more time; whoever entered the request can't."""


class Reasons(Request):
    """Why; the reasons go into the document."""

    reasons: LongText


class DeclineSupplyExtension(Reasons, OfCase):
    """Give no more time."""


class GrantWithReasons(Request):
    """What may be said with a grant."""

    reasons: LongText | None = None
    # After a hearing: the digest of its minutes, on which the decision rests (行政许可法 Art 48).
    minutes_sha256: Digest | None = None


class GrantBeforeCompletion(GrantWithReasons, OfCase):
    """容缺审批: grant although secondary papers are still to come."""


class NoticeRecall(OfCase):
    """Tell the holder that the result is to be recalled."""


class HolderStatement(Request):
    """What the holder says against the recall."""

    statement: LongText


class HearOnRecall(HolderStatement, OfCase):
    """Put on record what the holder says against the recall."""


class RecallResult(Reasons, OfCase):
    """Recall the result."""


class DropRecall(Reasons, OfCase):
    """Let the result stand."""


class Finding(Request):
    """What the check of a commitment found; what can be mended is mended by a date."""

    material_code: MaterialCode
    finding: Literal["true", "false", "mendable"]
    findings: LongText | None = None
    mend_by: date | None = None


class RecordPostCheck(Finding, OfCase):
    """Record what the check of a commitment found."""
