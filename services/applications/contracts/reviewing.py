"""Contracts of the steps of the review, and of who holds which power."""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.applications.contracts.events import CaseFacts
from services.applications.contracts.fields import (
    DecisionResult,
    ItemCode,
    LongText,
    PublishedLine,
    Version,
    fault,
)
from services.applications.contracts.requests import Request
from services.applications.contracts.views import CaseReceipt, View
from shared.messaging.envelope import Event

StepCode = PublishedLine
PostName = PublishedLine
StaffId = Annotated[str, StringConstraints(max_length=100, pattern=r"^staff:[0-9A-Za-z._@-]{1,80}$")]
Instrument = Annotated[PublishedLine, Field(min_length=2)]
Verdict = Literal["pass", "fail"]
StandInReason = Literal["on_duty_elsewhere", "on_leave", "ill", "conflict"]
SendBackReason = Literal[
    "facts_unclear", "basis_wrong", "opinion_incomplete", "procedure_missed", "new_facts", "other"
]
RecusalGround = Literal["party_or_kin", "interest", "other_relation"]
Inspectors = Annotated[tuple[StaffId, ...], Field(min_length=1, max_length=20)]


# -- events of a case --------------------------------------------------------------------------------------------


class OpinionGivenV1(CaseFacts):
    """One step of the review was answered: by what authority, never by whom."""

    event_type: ClassVar[str] = "cn.tongban.applications.opinion_given.v1"

    step: str
    step_name: str
    opinion: Verdict
    authority: str
    post: str | None = None
    instrument: str | None = None


class ApprovalGivenV1(CaseFacts):
    """One of several who approve together agreed or objected."""

    event_type: ClassVar[str] = "cn.tongban.applications.approval_given.v1"

    step: str
    step_name: str
    result: Verdict
    authority: str
    post: str | None = None
    instrument: str | None = None


class CaseSentBackV1(CaseFacts):
    """The case went back to an earlier step; the opinions of `reopens` count no more."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_sent_back.v1"

    from_step: str
    to_step: str
    reason_code: str
    reopens: tuple[str, ...] = ()


class RecusalRequestedV1(CaseFacts):
    """The applicant asked that somebody be taken off the case; the head of the organ decides."""

    event_type: ClassVar[str] = "cn.tongban.applications.recusal_requested.v1"


class RecusalDeclinedV1(CaseFacts):
    """The head of the organ found no ground for the recusal."""

    event_type: ClassVar[str] = "cn.tongban.applications.recusal_declined.v1"


class RecusedV1(CaseFacts):
    """Somebody was taken off the case."""

    event_type: ClassVar[str] = "cn.tongban.applications.recused.v1"

    ground: str
    asked_by: str
    reopens: tuple[str, ...] = ()


class CaseUrgedV1(CaseFacts):
    """Somebody asked that the case be moved on (催办)."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_urged.v1"

    step: str | None = None
    urger_role: str


class InspectorsAssignedV1(CaseFacts):
    """At least two of the staff are to check on site or to inspect (行政许可法 34, 55)."""

    event_type: ClassVar[str] = "cn.tongban.applications.inspectors_assigned.v1"

    inspectors: int


class SiteCheckedV1(CaseFacts):
    """At least two of the staff checked on site; no clock stood still for it."""

    event_type: ClassVar[str] = "cn.tongban.applications.site_checked.v1"

    inspectors: int
    checked_on: date
    passed: bool


# -- events of powers --------------------------------------------------------------------------------------------


class PostAppointedV1(Event):
    """A post of a unit was given a holder and a stand-in; who they are is in the sealed record, here its digest."""

    event_type: ClassVar[str] = "cn.tongban.applications.post_appointed.v1"

    appointment_id: UUID
    unit: str
    post: str
    has_holder: bool
    has_stand_in: bool
    valid_from: date
    valid_to: date | None = None
    instrument: str
    record_sha256: str


class PowerDelegatedV1(Event):
    """A power was given to another by a dated instrument (行政许可法 24: and not on from there)."""

    event_type: ClassVar[str] = "cn.tongban.applications.power_delegated.v1"

    delegation_id: UUID
    unit: str
    posts: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    role: str | None = None
    instrument: str
    valid_from: date
    valid_to: date
    record_sha256: str


class DelegationRevokedV1(Event):
    """A delegation ended before its time; on this day it does not hold any more."""

    event_type: ClassVar[str] = "cn.tongban.applications.delegation_revoked.v1"

    delegation_id: UUID
    unit: str
    instrument: str
    revoked_on: date


class AbsenceRecordedV1(Event):
    """Somebody of a unit is away for these days; stand-ins act meanwhile."""

    event_type: ClassVar[str] = "cn.tongban.applications.absence_recorded.v1"

    absence_id: UUID
    unit: str
    first_on: date
    last_on: date
    record_sha256: str


EVENTS: tuple[type[Event], ...] = (
    OpinionGivenV1,
    ApprovalGivenV1,
    CaseSentBackV1,
    RecusalRequestedV1,
    RecusalDeclinedV1,
    RecusedV1,
    CaseUrgedV1,
    InspectorsAssignedV1,
    SiteCheckedV1,
    PostAppointedV1,
    PowerDelegatedV1,
    DelegationRevokedV1,
    AbsenceRecordedV1,
)


# -- requests about a case ---------------------------------------------------------------------------------------


class GiveOpinion(Request):
    """Answer one step of the review; an opinion against the application states its reasons."""

    case_id: UUID
    expected_version: Version
    step: StepCode
    opinion: Verdict
    words: LongText | None = None
    stand_in_reason: StandInReason | None = None


class SendBack(Request):
    """Give the case back to an earlier step."""

    case_id: UUID
    expected_version: Version
    to_step: StepCode
    reason_code: SendBackReason
    words: LongText | None = None


class RequestRecusal(Request):
    """The applicant asks that somebody be taken off the case and says who and why."""

    case_id: UUID
    expected_version: Version
    words: LongText


class DeclineRecusal(Request):
    """The head of the organ finds no ground, and says why."""

    case_id: UUID
    expected_version: Version
    words: LongText


class Recuse(Request):
    """Withdraw from a case, or (the head of the organ) take somebody off it."""

    case_id: UUID
    expected_version: Version
    person: StaffId
    ground: RecusalGround
    asked_by: Literal["self", "applicant", "organ"] = "self"


class UrgeCase(Request):
    """Ask that the case be moved on; an applicant may do so once a day."""

    case_id: UUID
    step: StepCode | None = None


class AssignInspectors(Request):
    """At least two of the staff for a check on site or an inspection."""

    case_id: UUID
    expected_version: Version
    people: Inspectors


class RecordSiteCheck(Request):
    """What at least two of the staff found on site."""

    case_id: UUID
    expected_version: Version
    people: Inspectors
    checked_on: date
    findings: LongText
    passed: bool


class CaseToDecide(Request):
    """One of several cases, at the version at which it was read."""

    case_id: UUID
    expected_version: Version


class DecideBatch(Request):
    """The same decision for identical cases of one item version; each gets its own document and number."""

    cases: Annotated[tuple[CaseToDecide, ...], Field(min_length=1, max_length=50)]
    result: DecisionResult
    reasons: LongText | None = None

    @model_validator(mode="after")
    def _each_once_and_reasoned(self) -> Self:
        if len({case.case_id for case in self.cases}) < len(self.cases):
            raise fault("case_twice", "同一办件出现了两次。", "One case stands in the batch twice.")
        if self.result == "refuse" and self.reasons is None:
            raise fault(
                "reasons_required",
                "不予许可的决定必须说明理由（行政许可法第三十八条）。",
                "A refusal must state its reasons (Administrative Licence Law, Article 38).",
            )
        return self


class BatchRefusal(View):
    """Why one case of a batch was not decided; the others are not touched by it."""

    code: str
    zh: str
    en: str


class BatchResult(View):
    """What became of one case of a batch: its receipt, or the refusal."""

    case_id: UUID
    receipt: CaseReceipt | None = None
    refusal: BatchRefusal | None = None


class BatchReceipt(View):
    """What became of each case, in the order in which they were named."""

    results: tuple[BatchResult, ...]
    decided: int
    refused: int


# -- requests about powers ---------------------------------------------------------------------------------------


class AppointToPost(Request):
    """Who holds a post (A岗) and who stands in (B岗), from a day on; the appointment before it ends the day before."""

    post: PostName
    holder: StaffId | None = None
    stand_in: StaffId | None = None
    valid_from: date
    valid_to: date | None = None
    instrument: Instrument

    @model_validator(mode="after")
    def _is_an_appointment(self) -> Self:
        if self.holder is None and self.stand_in is None:
            raise fault(
                "nobody_appointed", "请至少填写A岗或者B岗人员。", "Name the holder or the stand-in at least."
            )
        if self.holder == self.stand_in:
            raise fault(
                "stand_in_is_holder", "B岗不能与A岗为同一人。", "The stand-in must be another person."
            )
        _in_order(self.valid_from, self.valid_to)
        return self


class DelegatePower(Request):
    """Give the power of posts, or that of a role for named items, to another by a dated instrument."""

    delegator: StaffId
    delegate: StaffId
    posts: Annotated[tuple[PostName, ...], Field(max_length=20)] = ()
    items: Annotated[tuple[ItemCode, ...], Field(max_length=50)] = ()
    role: Literal["clerk", "approver", "organ_head"] | None = None
    instrument: Instrument
    valid_from: date
    valid_to: date

    @model_validator(mode="after")
    def _is_a_delegation(self) -> Self:
        if bool(self.posts) == bool(self.items) or bool(self.items) != (self.role is not None):
            raise fault(
                "delegation_scope",
                "请写明授权范围：岗位，或者事项和以何种身份办理，二者选一。",
                "Say what is delegated: posts, or items together with the role; one of the two.",
            )
        if self.delegator == self.delegate:
            raise fault("delegate_is_delegator", "不能授权给本人。", "Nobody delegates to themselves.")
        _in_order(self.valid_from, self.valid_to)
        return self


class RevokeDelegation(Request):
    """End a delegation before its time, from today on."""

    delegation_id: UUID


class RecordAbsence(Request):
    """Somebody is away, both days included; stand-ins act meanwhile."""

    person: StaffId
    first_on: date
    last_on: date

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        _in_order(self.first_on, self.last_on)
        return self


class ListPowers(Request):
    """The posts, delegations and absences of the caller's unit."""


def _in_order(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise fault("dates_reversed", "结束日期不能早于开始日期。", "The last day lies before the first.")


class PowerReceipt(View):
    """The id under which a power was put on record."""

    id: UUID


class PostView(View):
    """One appointment, in force or to come."""

    id: UUID
    post: str
    holder: str | None = None
    stand_in: str | None = None
    valid_from: date
    valid_to: date | None = None
    instrument: str


class DelegationView(View):
    """One delegation; `in_force` says whether it holds today."""

    id: UUID
    delegator: str
    delegate: str
    posts: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    role: str | None = None
    instrument: str
    valid_from: date
    valid_to: date
    revoked_on: date | None = None
    in_force: bool


class AbsenceView(View):
    """One absence."""

    id: UUID
    person: str
    first_on: date
    last_on: date


class PowersView(View):
    """Who holds which power in a unit."""

    posts: tuple[PostView, ...]
    delegations: tuple[DelegationView, ...]
    absences: tuple[AbsenceView, ...]
