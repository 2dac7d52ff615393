"""Requests of the RPC methods: frozen, nothing extra, every length bounded."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.applications.contracts.fields import (
    AccessCode,
    Address,
    CaseNo,
    CertificateNumber,
    CertificateType,
    Channel,
    Cursor,
    DecisionResult,
    DefectReason,
    DeliveryMethod,
    Digest,
    DrawnSignature,
    Email,
    ExternalNo,
    ItemCode,
    ItemVersion,
    LongText,
    MandateScope,
    MaterialCode,
    MaterialForm,
    Mobile,
    Name,
    Purpose,
    ShortText,
    Version,
    certificate_number,
    fault,
)


class Request(BaseModel):
    """Base of all requests: an unknown field is a misunderstanding and is said to be one."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=20_000)


class Applicant(Request):
    """Whom the case belongs to: a natural person, or an organisation with its representative."""

    kind: Literal["natural", "legal"]
    name: Name
    certificate_type: CertificateType
    certificate_number: CertificateNumber
    representative: Name | None = None
    address: Address | None = None

    @model_validator(mode="after")
    def _certificate_fits(self) -> Self:
        if (self.kind == "legal") != (self.certificate_type is CertificateType.CREDIT_CODE):
            raise fault(
                "certificate_type_for_kind",
                "法人和其他组织使用统一社会信用代码，自然人使用个人证件。",
                "Organisations use their unified social credit code, natural persons a personal certificate.",
            )
        if self.kind == "legal" and self.representative is None:
            raise fault(
                "representative_required",
                "请填写法定代表人（负责人）姓名。",
                "Please name the legal representative.",
            )
        _normalise_number(self)
        return self


class Contact(Request):
    """Who is called or written to about the case."""

    name: Name
    mobile: Mobile
    email: Email | None = None


class Agent(Request):
    """Who acts in the applicant's name; the mandate is one of the materials."""

    name: Name
    certificate_type: CertificateType
    certificate_number: CertificateNumber
    mobile: Mobile | None = None
    # The last day of the mandate, and what it is limited to; neither means the whole case to its end.
    valid_until: date | None = None
    scope: Annotated[tuple[MandateScope, ...], Field(max_length=10)] = ()

    @model_validator(mode="after")
    def _certificate_fits(self) -> Self:
        if self.certificate_type is CertificateType.CREDIT_CODE:
            raise fault(
                "certificate_type_for_kind",
                "经办人应使用个人证件。",
                "An agent is a person with a personal certificate.",
            )
        _normalise_number(self)
        return self


def _normalise_number(person: Applicant | Agent) -> None:
    number = certificate_number(person.certificate_type, person.certificate_number)
    # The model is frozen for its readers; the normal form belongs to its making.
    object.__setattr__(person, "certificate_number", number)


class SuppliedMaterial(Request):
    """One paper as handed in.

    The edge fills in `digest`, `media_type` and `size_bytes` from the upload that belongs to the caller; a paper shown
    at the counter has none of them, and one that the organ obtains by data sharing has the form `shared`.
    """

    code: MaterialCode
    form: MaterialForm = "electronic"
    upload_id: UUID | None = None
    digest: Digest | None = None
    media_type: Annotated[str, Field(max_length=100, pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$")] | None = None
    size_bytes: Annotated[int, Field(ge=1, le=20 * 1024 * 1024, strict=True)] | None = None

    @model_validator(mode="after")
    def _electronic_papers_have_a_file(self) -> Self:
        if self.form == "electronic" and (self.upload_id is None or self.digest is None):
            raise fault(
                "upload_missing",
                "电子材料需要先上传文件，再填写上传编号。",
                "An electronic paper needs an uploaded file; give its upload id.",
            )
        return self


class Undertaking(Request):
    """The applicant's signed promise to supply the missing papers (容缺承诺书, domain rules §5.3(2))."""

    signed_name: Name
    knows_requirements: Literal[True]
    everything_is_true: Literal[True]
    own_will: Literal[True]
    accepts_consequences: Literal[True]
    # What `draft_promises` showed; without it the platform binds the signature to the text that it writes itself.
    text_sha256: Digest | None = None
    # Written by hand on a screen; without it the typed name is the signature.
    drawn: DrawnSignature | None = None


class Commitment(Request):
    """告知承诺: a written commitment in the place of papers, with its five statements (国办发〔2020〕42号, §5.4)."""

    material_codes: Annotated[tuple[MaterialCode, ...], Field(min_length=1, max_length=100)]
    signed_name: Name
    knows_requirements: Literal[True]
    meets_conditions: Literal[True]
    accepts_liability: Literal[True]
    everything_is_true: Literal[True]
    consents_to_publication: Literal[True]
    text_sha256: Digest | None = None
    drawn: DrawnSignature | None = None


Materials = Annotated[tuple[SuppliedMaterial, ...], Field(max_length=100)]


class SubmitCase(Request):
    """Hand in an application, through whatever channel."""

    # LIC-26, Art 58: no fee is asked for an application; there is no field to ask for one.
    item_code: ItemCode
    item_version: ItemVersion | None = None
    channel: Channel
    summary: ShortText | None = None
    applicant: Applicant
    contact: Contact
    agent: Agent | None = None
    materials: Materials = ()
    asks_tolerance: bool = False
    undertaking: Undertaking | None = None
    external_no: ExternalNo | None = None
    commitment: Commitment | None = None
    # A change or a renewal names the case that gave the licence (行政许可法 49, 50).
    purpose: Literal["new", "change", "renewal"] = "new"
    licence_case_id: UUID | None = None

    @model_validator(mode="after")
    def _a_follow_up_names_its_licence(self) -> Self:
        if (self.purpose == "new") != (self.licence_case_id is None):
            raise fault(
                "licence_case_and_purpose",
                "申请变更或者延续，请填写原许可的办件标识；新申请不要填写。",
                "A change or a renewal names the case of its licence; a new application names none.",
            )
        return self

    @model_validator(mode="after")
    def _an_undertaking_asks_for_tolerance(self) -> Self:
        if self.undertaking is not None and not self.asks_tolerance:
            raise fault(
                "undertaking_without_tolerance",
                "签署了容缺承诺书，但没有申请容缺受理。",
                "An undertaking was signed, but tolerant acceptance was not asked for.",
            )
        if (self.external_no is None) == (self.channel == "province"):
            raise fault(
                "external_number_and_channel",
                "省平台办件必须带省平台编号，其他渠道不得带。",
                "A case from the provincial platform carries its number there; other channels carry none.",
            )
        return self


class CheckMaterials(Request):
    """What would happen to these papers: nothing is stored."""

    item_code: ItemCode
    item_version: ItemVersion | None = None
    applicant: Applicant | None = None
    materials: Materials = ()
    asks_tolerance: bool = False
    undertaking_signed: bool = False
    # The papers that commitments would stand for.
    committed: Annotated[tuple[MaterialCode, ...], Field(max_length=100)] = ()


class CaseReference(Request):
    """A case by its id, or by its number and the code printed on the receipt voucher."""

    case_id: UUID | None = None
    case_no: CaseNo | None = None
    access_code: AccessCode | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_code = self.case_no is not None and self.access_code is not None
        if (self.case_id is not None) == by_code or (self.case_no is None) != (self.access_code is None):
            raise fault(
                "case_reference",
                "请提供办件标识，或者同时提供办件编号和查询码。",
                "Give the case id, or the case number together with its access code.",
            )
        return self


class GetCase(CaseReference):
    """One case; `explain` tells each clock day by day, `as_of` asks how it stood at an earlier version."""

    explain: bool = False
    as_of: Version | None = None


class ListCases(Request):
    """A page of cases: my own, those of a partner, those in one state of the work of my unit.

    `waiting_for_me` and `waiting_for_others` are the steps of the review in my unit: one line for each open step.
    """

    view: Literal["mine", "desk", "review", "delivery", "partner", "waiting_for_me", "waiting_for_others"]
    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=100, strict=True)] = 20
    # Of the lists of a unit only what came this way.
    channel: Channel | None = None


class AcceptCase(Request):
    """Accept a complete application."""

    case_id: UUID
    expected_version: Version


class AcceptTolerantly(Request):
    """Accept although tolerable papers are missing; without a date the rule of §5.3(4) gives it."""

    case_id: UUID
    expected_version: Version
    supply_due_on: date | None = None


class Defect(Request):
    """What a clerk found wrong with one paper."""

    material_code: MaterialCode
    reason: DefectReason
    explanation: ShortText | None = None

    @model_validator(mode="after")
    def _says_what_is_wrong(self) -> Self:
        # 行政许可法 Art 32(4): the notice tells everything to correct; these words alone do not tell what that is.
        if self.reason in ("incomplete_content", "wrong_content", "other") and self.explanation is None:
            raise fault(
                "explanation_required",
                "请写明该材料具体哪里不对、怎样改，补正通知书须一次告知全部内容。",
                "Please say what exactly is wrong and how to correct it: the notice must tell everything at once.",
            )
        return self


class RequestCorrection(Request):
    """Tell the applicant everything that is to be corrected, once; missing papers are listed by the system itself."""

    case_id: UUID
    expected_version: Version
    defects: Annotated[tuple[Defect, ...], Field(max_length=100)] = ()
    correction_working_days: Annotated[int, Field(ge=1, le=60, strict=True)] | None = None


class SupplyMaterials(CaseReference):
    """Hand in papers for an open case: corrections, or papers whose absence was tolerated."""

    expected_version: Version
    channel: Channel
    materials: Annotated[tuple[SuppliedMaterial, ...], Field(min_length=1, max_length=100)]


class DecideCase(Request):
    """Grant or refuse; a refusal needs its reasons (行政许可法 Art 38)."""

    case_id: UUID
    expected_version: Version
    result: DecisionResult
    reasons: LongText | None = None
    # After a hearing: the digest of its minutes, on which the decision rests (行政许可法 Art 48).
    minutes_sha256: Digest | None = None
    # Why a stand-in takes part in a joint decision although no absence of the holder is on record.
    stand_in_reason: Literal["on_duty_elsewhere", "on_leave", "ill", "conflict"] | None = None
    # Refused because facts were hidden or papers were false (行政许可法 78).
    ground: Literal["false_materials"] | None = None

    @model_validator(mode="after")
    def _refusals_have_reasons(self) -> Self:
        if self.result == "refuse" and self.reasons is None:
            raise fault(
                "reasons_required",
                "不予许可的决定必须说明理由（行政许可法第三十八条）。",
                "A refusal must state its reasons (Administrative Licence Law, Article 38).",
            )
        return self


class DeliverResult(Request):
    """Record that the result reached the applicant."""

    case_id: UUID
    expected_version: Version
    method: DeliveryMethod
    recipient: Name | None = None
    waybill: Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z-]{4,40}$")] | None = None


class WithdrawCase(Request):
    """Take the application back before a decision."""

    case_id: UUID
    expected_version: Version
    reason: ShortText | None = None


class GetDocument(CaseReference):
    """One formal document; staff see it masked unless they give a purpose, which is recorded."""

    document_id: UUID
    purpose: Purpose | None = None


class GetPartyContact(Request):
    """The address for a message; only `notifications` may ask."""

    case_id: UUID


class RevealParty(Request):
    """Show the parties of a case unmasked; the look is recorded with its purpose."""

    case_id: UUID
    purpose: Purpose


class FindApplicant(Request):
    """The people of the newest case that somebody with this certificate has at the caller's unit; the look is recorded."""

    certificate_type: CertificateType
    certificate_number: CertificateNumber


class GetEffects(Request):
    """Every event of a case with the time it was recorded and the time it left; by its number for those who run it."""

    case_id: UUID | None = None
    case_no: CaseNo | None = None
