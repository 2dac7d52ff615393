"""The elements of a service item (实施清单要素, GB/T 39554.2-2020) and the immutable version that holds them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.catalogue.contracts.codes import (
    HandlingForm,
    HandlingKind,
    ItemType,
    LimitUnit,
    MaterialForm,
    MaterialKind,
    MaterialSource,
    Necessity,
    PaperPicture,
    ProcedureKind,
    ResultKind,
    ReviewKind,
    ReviewRole,
    ServedObject,
)
from services.catalogue.contracts.fitting import FitQuestion
from services.catalogue.contracts.words import (
    Citations,
    Contract,
    ImplementationCode,
    Line,
    ProvisionalField,
    ShortName,
    Text,
)


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
    by_commitment: bool = False
    """告知承诺: a written commitment may stand for it (国办发〔2020〕42号); it is checked after the decision."""
    originals: int = Field(default=1, ge=0, le=20)
    copies: int = Field(default=0, ge=0, le=20)
    source: MaterialSource = MaterialSource.APPLICANT
    issuer: Text | None = None
    specification: Text | None = None
    acceptance_standard: Text | None = None
    basis: Citations
    picture: PaperPicture = PaperPicture.PAPER

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


class ReviewStep(Contract):
    """One step between acceptance and decision: who gives how many opinions, and in what time inside the organ.

    A joint approval with which the review ends is the decision itself: the last voice that is needed makes it.
    """

    code: ShortName
    name: Text
    kind: ReviewKind = ReviewKind.OPINION
    after: tuple[ShortName, ...] = ()
    """The steps that must be done before: several that name the same one run in parallel, and this one joins them."""
    section: ShortName | None = None
    post: ShortName | None = None
    """The post (岗位) whose holder, stand-in (B岗) or delegate acts; without one any holder of the role may."""
    role: ReviewRole = ReviewRole.APPROVER
    needs: int = Field(default=1, ge=1, le=9)
    """How many people must agree (n of m)."""
    internal_limit: Limit | None = None


class CommitmentPolicy(Contract):
    """告知承诺制. Not where public safety or other interests hard to restore are directly concerned."""

    enabled: bool
    post_check_days: int = Field(default=60, ge=1, le=365)
    legal_sign_off: Line | None = None


class Validity(Contract):
    """How long a licence holds, and when its renewal must be asked for (行政许可法 50)."""

    months: int = Field(ge=1, le=600)
    renew_before_days: int = Field(default=30, ge=1, le=365)


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
    safety_sensitive: bool = False
    """Directly concerns public safety, health, life or property: bans after fraud (行政许可法 78, 79), no commitments."""
    joint_handling: bool = False
    """统一、联合、集中办理 (Art 26): 45 + 15 working days instead of 20 + 10 (Art 42¶2)."""
    number_limited: bool = False
    """有数量限制: the earlier acceptance wins (Art 57)."""
    major_interest_of_others: bool = False
    """Directly concerns major interests between the applicant and others: the right to a hearing is told (Art 47)."""
    hearing_required: bool = False
    """A law asks for a hearing on the organ's own motion (Art 46)."""
    site_check_required: bool = False
    """A substantive check on site by at least two people (Art 34¶3)."""
    review: tuple[ReviewStep, ...] = ()
    """The review of this version; empty: one approver decides."""
    commitment: CommitmentPolicy | None = None
    validity: Validity | None = None
    everyday_words: tuple[ShortName, ...] = Field(default=(), max_length=60)
    """What people call the matter when they do not know its name; searches find the item by them."""
    fit: tuple[FitQuestion, ...] = Field(default=(), max_length=5)
    """Does it fit me: the questions to ask before an application; none when everybody who asks may apply."""


class ItemVersion(Contract):
    """One published version (事项版本): immutable, pinned by every case that was submitted under it."""

    code: ImplementationCode
    version: int = Field(ge=1)
    content: ItemContent
    content_sha256: str
    published_at: datetime
