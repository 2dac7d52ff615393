"""What the catalogue publishes and answers: read by applications, the gateway, notifications and audit.

A published item version never changes, so its whole content travels in the event and a consumer can check
materials and compute every limit from it alone. Elements: GB/T 39554.2-2020 (实施清单要素); codes: GB/T
39046-2020. Fields may be added with a default; anything else is a new version of the contract.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.messaging.envelope import Event

ImplementationCode = Annotated[str, Field(min_length=31, max_length=31, pattern=r"^[0-9A-Z]{31}$")]
# PostgreSQL stores no NUL character, neither in text nor in jsonb.
_NO_NUL = r"^[^\x00]*$"
ShortName = Annotated[str, Field(min_length=1, max_length=100, pattern=_NO_NUL)]
Line = Annotated[str, Field(min_length=1, max_length=1000, pattern=_NO_NUL)]
Paragraph = Annotated[str, Field(min_length=1, max_length=4000, pattern=_NO_NUL)]


# Keys of `Basis` rows. That there is at least one is a rule of the domain, which says why.
Citations = tuple[ShortName, ...]


class Contract(BaseModel):
    """A part of a message: frozen, and deaf to fields that a later publisher adds."""

    model_config = ConfigDict(frozen=True)


class Request(BaseModel):
    """A question or command: a field that we do not know is a mistake of the caller, who must hear of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ItemType(StrEnum):
    """事项类型, GB/T 39046 A.1, as far as handled on application; digits 3–4 of the basic code."""

    LICENCE = "01"
    BENEFIT = "05"
    CONFIRMATION = "07"
    REWARD = "08"
    RULING = "09"
    OTHER_POWER = "10"
    PUBLIC_SERVICE = "20"


class ItemState(StrEnum):
    IN_USE = "in_use"
    WITHDRAWN = "withdrawn"


class HandlingKind(StrEnum):
    """办件类型, GB/T 39046 A.6."""

    ON_THE_SPOT = "on_the_spot"
    PROMISED = "promised"
    OTHER = "other"


class LimitUnit(StrEnum):
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"
    MONTH = "month"
    YEAR = "year"


class MaterialKind(StrEnum):
    """MAIN decides a statutory condition, safety or identity; SECONDARY does not touch the substance."""

    MAIN = "main"
    SECONDARY = "secondary"


class Necessity(StrEnum):
    """材料必要性 (is_need): 1 必要, 2 非必要 (here: only when `required_when` holds), 3 容缺后补."""

    REQUIRED = "1"
    CONDITIONAL = "2"
    TOLERABLE = "3"


class MaterialForm(StrEnum):
    PAPER = "paper"
    ELECTRONIC = "electronic"
    BOTH = "both"


class MaterialSource(StrEnum):
    """来源渠道: who the paper comes from."""

    APPLICANT = "applicant"
    GOVERNMENT = "government"
    OTHER = "other"


class ServedObject(StrEnum):
    """服务对象, GB/T 39046 A.4."""

    NATURAL_PERSON = "natural_person"
    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    SOCIAL_ORGANISATION = "social_organisation"
    GOVERNMENT_ORGAN = "government_organ"
    OTHER_ORGANISATION = "other_organisation"


class HandlingForm(StrEnum):
    """办理形式, GB/T 39046 A.5."""

    WINDOW = "window"
    WEB = "web"
    MOBILE = "mobile"
    POST = "post"
    OTHER = "other"


class ProcedureKind(StrEnum):
    """特别程序: the first eight are the closed list of 行政许可法 Art 45; the others never stop the clock."""

    HEARING = "hearing"
    BIDDING = "bidding"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    SITE_VISIT = "site_visit"
    OTHER = "other"


class ResultKind(StrEnum):
    CERTIFICATE = "certificate"
    APPROVAL = "approval"
    OTHER = "other"
    NONE = "none"


class Text(Contract):
    """Chinese first, English second. Seed files may write the pair as a list: [中文, English]."""

    zh: Paragraph
    en: Paragraph

    @model_validator(mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        match value:
            case [str() as zh, str() as en]:
                return {"zh": zh, "en": en}
        return value


class Basis(Contract):
    """设定依据: one row per article. Conditions, materials, procedures and fees cite it by `key`."""

    key: ShortName
    law: Line
    document_no: Line | None = None
    article: Line | None = None
    text: Text


class Condition(Contract):
    """受理条件: a condition without a basis may not be asked for (优化营商环境条例 Art 35)."""

    text: Text
    basis: Citations


class Limit(Contract):
    amount: int = Field(ge=1, le=1000)
    unit: LimitUnit
    explanation: Text | None = None


class Material(Contract):
    """One paper of the list. `code` stays the same from version to version, so that drafts survive a change."""

    code: ShortName
    name: Text
    kind: MaterialKind
    necessity: Necessity
    required_when: Text | None = None
    by_sharing: bool = False
    """可共享免交: the organ fetches it; the applicant need not hand it in (在线政务服务若干规定 Art 7)."""
    form: MaterialForm = MaterialForm.BOTH
    originals: int = Field(default=1, ge=0, le=20)
    copies: int = Field(default=0, ge=0, le=20)
    source: MaterialSource = MaterialSource.APPLICANT
    issuer: Text | None = None
    specification: Text | None = None
    acceptance_standard: Text | None = None
    basis: Citations

    @property
    def tolerable(self) -> bool:
        """容缺后补: may be supplied after a tolerant acceptance."""
        return self.necessity is Necessity.TOLERABLE

    @property
    def main(self) -> bool:
        return self.kind is MaterialKind.MAIN


class TolerancePolicy(Contract):
    """容缺受理. Supply days = min(promise − reserve, most), for waiting never stops the statutory clock."""

    enabled: bool
    reserve_working_days: int = Field(default=2, ge=1, le=10)
    most_supply_working_days: int = Field(default=5, ge=1, le=30)
    supply_working_days: int | None = None
    """What the rule gives for this promise: filled in on publication, None when disabled."""
    decision_before_completion: bool = False
    """容缺审批: off unless the department's legal sign-off is stored with the version."""
    legal_sign_off: Line | None = None


class SpecialProcedure(Contract):
    """A step that not every case needs, with its basis, length and payer (行政许可法 Art 45)."""

    kind: ProcedureKind
    name: Text
    basis: Citations
    length: Limit | None = None
    excluded_from_limit: bool
    payer: Text
    applies_when: Text | None = None


class Step(Contract):
    name: Text
    what_happens: Text
    working_days: int | None = None


class Fee(Contract):
    name: Text
    standard: Text
    basis: Citations
    collected_by: Text
    reducible: bool = False
    reduction: Text | None = None


class Result(Contract):
    kind: ResultKind
    name: Text
    delivery: Text


class Place(Contract):
    name: Text
    address: Text
    hours: Text


class Contacts(Contract):
    enquiry_phone: ShortName
    complaint_phone: ShortName
    enquiry: Text | None = None
    complaint: Text | None = None


class Question(Contract):
    question: Text
    answer: Text


class ProvisionalField(Contract):
    """A value that law and published lists leave open: in force, to be confirmed by the department."""

    path: Line
    """A JSON pointer into the content, as `/promised_limit`."""
    reason: Text


class ItemCodes(Contract):
    basic: Annotated[str, Field(pattern=r"^\d{12}$")]
    implementation: ImplementationCode
    handling: Annotated[str, Field(pattern=r"^[0-9A-Z]{31}\d{2}$")]
    local: ShortName
    """The office's own short code, as A-01: for people, never a key between systems."""


class ItemContent(Contract):
    """The elements of one item (实施清单要素), as the keeper hands them in and a version keeps them."""

    codes: ItemCodes
    name: Text
    summary: Text
    item_type: ItemType
    organ_uscc: Annotated[str, Field(min_length=18, max_length=18)]
    level: int = Field(ge=1, le=6)
    """行使层级, GB/T 39046 A.2: 1 国家 2 省 3 市 4 县 5 镇 6 村."""
    power_source: int = Field(default=1, ge=1, le=6)
    handling_kind: HandlingKind
    basis: tuple[Basis, ...] = Field(min_length=1)
    conditions: tuple[Condition, ...] = Field(min_length=1)
    materials: tuple[Material, ...]
    statutory_limit: Limit
    promised_limit: Limit
    correction_limit: Limit
    """How long the applicant has to correct: the law fixes no period, so the notice must state it."""
    tolerance: TolerancePolicy
    special_procedures: tuple[SpecialProcedure, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)
    result: Result
    fees: tuple[Fee, ...] = ()
    served_objects: tuple[ServedObject, ...] = Field(min_length=1)
    handling_forms: tuple[HandlingForm, ...] = Field(min_length=1)
    visits: int = Field(ge=0, le=10)
    visits_reason: Text | None = None
    in_service_hall: bool = True
    places: tuple[Place, ...] = Field(min_length=1)
    contacts: Contacts
    faq: tuple[Question, ...] = ()
    effective_on: date
    provisional: tuple[ProvisionalField, ...] = ()


class OrganisationName(Contract):
    """A name and the days it was borne; None is open-ended. Documents of those days keep it for ever."""

    name: Text
    short_name: Text
    valid_from: date | None = None
    valid_to: date | None = None
    source: Line


class Organisation(Contract):
    """Keyed by unified social credit code: the code outlives every renaming."""

    uscc: Annotated[str, Field(min_length=18, max_length=18)]
    names: tuple[OrganisationName, ...] = Field(min_length=1)
    """Oldest first."""
    region_code: Annotated[str, Field(pattern=r"^\d{6}$")]
    provisional: tuple[ProvisionalField, ...] = ()

    def name_on(self, day: date) -> OrganisationName:
        """The name borne on that day; the oldest known one for days before the records begin."""
        borne = [n for n in self.names if (n.valid_from is None or n.valid_from <= day)]
        return borne[-1] if borne else self.names[0]


class ItemVersion(Contract):
    """One published version (事项版本): immutable, pinned by every case that was submitted under it."""

    code: ImplementationCode
    version: int = Field(ge=1)
    content: ItemContent
    content_sha256: str
    published_at: datetime


class CalendarNotice(Contract):
    """Where a year's arrangement was announced: the source of every row."""

    title: Line
    number: Line
    issued_on: date
    url: str = Field(default="", max_length=1000)


class CalendarHoliday(Contract):
    """One holiday's days off, adjusted ones included, and its make-up workdays (调休上班日)."""

    holiday: ShortName
    off: tuple[date, ...]
    work: tuple[date, ...]


class CalendarYear(Contract):
    """国务院办公厅关于某年部分节假日安排的通知, as rows; a corrected notice is a new version of the year.

    Its JSON form is what `shared.deadlines.calendar.CalendarYear.from_record` reads.
    """

    year: int = Field(ge=2000, le=2100)
    version: int = Field(ge=1, le=1000)
    notice: CalendarNotice
    holidays: tuple[CalendarHoliday, ...] = Field(min_length=1)


# -- events ------------------------------------------------------------------------------------------


class ItemPublishedV1(Event):
    """A new version is in force from `item.content.effective_on`. Subject: the implementation code."""

    event_type: ClassVar[str] = "cn.tongban.catalogue.item_published.v1"

    item: ItemVersion
    organ: Organisation


class ItemWithdrawnV1(Event):
    """No new application may be made; open cases end under the rule of the notice that cancelled the item."""

    event_type: ClassVar[str] = "cn.tongban.catalogue.item_withdrawn.v1"

    code: ImplementationCode
    version: int
    effective_on: date
    reason: Text


class OrganisationPublishedV1(Event):
    """The dated names of an organisation changed. Subject: its unified social credit code."""

    event_type: ClassVar[str] = "cn.tongban.catalogue.organisation_published.v1"

    version: int
    organisation: Organisation


class CalendarPublishedV1(Event):
    """The working days of a year became known or changed: open deadlines are to be computed again."""

    event_type: ClassVar[str] = "cn.tongban.catalogue.calendar_published.v1"

    calendar: CalendarYear


# -- questions and commands --------------------------------------------------------------------------


class ListItems(Request):
    """Items in the order of their codes; `cursor` is what the page before gave, opaque to the caller."""

    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=20, ge=1, le=100)
    text: ShortName | None = None
    item_type: ItemType | None = None
    served_object: ServedObject | None = None
    include_withdrawn: bool = False


class ItemSummary(Contract):
    code: ImplementationCode
    version: int
    local_code: str
    name: Text
    summary: Text
    item_type: ItemType
    state: ItemState
    handling_kind: HandlingKind
    promised_limit: Limit
    statutory_limit: Limit
    served_objects: tuple[ServedObject, ...]
    visits: int
    tolerance_enabled: bool
    provisional: bool


class ItemPage(Contract):
    items: tuple[ItemSummary, ...]
    next_cursor: str | None = None


class GetItem(Request):
    """`version` None asks for the one in force now."""

    code: ImplementationCode
    version: int | None = Field(default=None, ge=1, le=1_000_000)


class ItemView(Contract):
    item: ItemVersion
    organ: Organisation
    state: ItemState
    current_version: int
    withdrawn_on: date | None = None
    withdrawn_reason: Text | None = None


class GetGuide(Request):
    code: ImplementationCode


class GuideMaterial(Contract):
    """A paper as the applicant reads it."""

    code: str
    name: Text
    necessity: Necessity
    main: bool
    tolerable: bool
    by_sharing: bool
    required_when: Text | None
    provided_by: Text
    form: MaterialForm
    originals: int
    copies: int
    specification: Text | None
    acceptance_standard: Text | None
    basis: tuple[Basis, ...]


class GuideView(Contract):
    """办事指南 (行政许可法 Art 30): everything an applicant must be told, in one answer, without account."""

    code: ImplementationCode
    version: int
    local_code: str
    name: Text
    summary: Text
    item_type: ItemType
    item_type_name: Text
    state: ItemState
    organ_name: Text
    organ_uscc: str
    handling_kind: HandlingKind
    served_objects: tuple[ServedObject, ...]
    conditions: tuple[Condition, ...]
    materials: tuple[GuideMaterial, ...]
    statutory_limit: Limit
    promised_limit: Limit
    limit_sentence: Text
    tolerance: TolerancePolicy
    tolerance_sentence: Text
    special_procedures: tuple[SpecialProcedure, ...]
    steps: tuple[Step, ...]
    result: Result
    fees: tuple[Fee, ...]
    fee_sentence: Text
    basis: tuple[Basis, ...]
    handling_forms: tuple[HandlingForm, ...]
    places: tuple[Place, ...]
    visits: int
    visits_reason: Text | None
    contacts: Contacts
    faq: tuple[Question, ...]
    effective_on: date
    published_at: datetime
    provisional: tuple[ProvisionalField, ...]


class PublishItem(Request):
    """Publishing the same content again changes nothing and answers with the version that holds it."""

    content: ItemContent


class WithdrawItem(Request):
    """`expected_version` is the version the keeper looked at: a newer one refuses the command as stale."""

    code: ImplementationCode
    expected_version: int = Field(ge=1, le=1_000_000)
    effective_on: date
    reason: Text


class PublicationReceipt(Contract):
    code: ImplementationCode
    version: int
    state: ItemState
    changed: bool


class ListCalendars(Request):
    year: int | None = Field(default=None, ge=2000, le=2100)


class CalendarList(Contract):
    calendars: tuple[CalendarYear, ...]
