"""Contracts of the steps of the review: opinions, sending back, recusal, urging, site checks, batches."""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.applications.contracts.events import CaseFacts
from services.applications.contracts.fields import (
    DecisionResult,
    LongText,
    PublishedLine,
    Version,
    fault,
)
from services.applications.contracts.powers import StaffId
from services.applications.contracts.requests import Request
from services.applications.contracts.views import CaseReceipt, View
from shared.messaging.envelope import Event

StepCode = PublishedLine
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
