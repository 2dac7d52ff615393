"""Contracts of hearings and interested parties."""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import StringConstraints, model_validator

from services.applications.contracts.events import CaseFacts
from services.applications.contracts.fields import (
    Address,
    CertificateNumber,
    CertificateType,
    Digest,
    LongText,
    Mobile,
    Name,
    ShortText,
    Version,
    certificate_number,
)
from services.applications.contracts.requests import Request
from shared.messaging.envelope import Event

Account = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[0-9A-Za-z:_.-]{1,80}$")]


class InterestedPartyNamedV1(CaseFacts):
    """Somebody else's major interests are directly concerned; the person is a pseudonym (行政许可法 36)."""

    event_type: ClassVar[str] = "cn.tongban.applications.interested_party_named.v1"

    party_id: UUID


class HearingRightsToldV1(CaseFacts):
    """The applicant and the interested parties were told of the right to a hearing (行政许可法 47)."""

    event_type: ClassVar[str] = "cn.tongban.applications.hearing_rights_told.v1"

    told: tuple[UUID, ...]
    request_due_on: date
    provisional: bool = False
    document_id: UUID
    document_no: str


class HearingRequestedV1(CaseFacts):
    """A hearing was asked for and has to be held by the date."""

    event_type: ClassVar[str] = "cn.tongban.applications.hearing_requested.v1"

    party_id: UUID
    hold_due_on: date
    provisional: bool = False


class HearingWaivedV1(CaseFacts):
    """Somebody who was told of the right does without a hearing."""

    event_type: ClassVar[str] = "cn.tongban.applications.hearing_waived.v1"

    party_id: UUID


class HearingCalledV1(CaseFacts):
    """The organ holds a hearing on its own motion (行政许可法 46)."""

    event_type: ClassVar[str] = "cn.tongban.applications.hearing_called.v1"

    article: str


class HearingScheduledV1(CaseFacts):
    """Time, place and chair were told; these stand in the notice."""

    event_type: ClassVar[str] = "cn.tongban.applications.hearing_scheduled.v1"

    held_on: date
    announced_on: date | None = None
    document_id: UUID
    document_no: str


class HearingHeldV1(CaseFacts):
    """The hearing took place; the decision rests on its minutes."""

    event_type: ClassVar[str] = "cn.tongban.applications.hearing_held.v1"

    held_on: date
    minutes_sha256: str


class HearingClosedV1(CaseFacts):
    """No hearing is held after all: nobody asked, the request was taken back, or whoever asked stayed away."""

    event_type: ClassVar[str] = "cn.tongban.applications.hearing_closed.v1"

    ground: Literal["not_requested", "withdrawn", "absent"]


class StatementRecordedV1(CaseFacts):
    """A statement of the applicant or of an interested party is on record; its text is encrypted."""

    event_type: ClassVar[str] = "cn.tongban.applications.statement_recorded.v1"

    party_id: UUID
    statement_sha256: str


EVENTS: tuple[type[Event], ...] = (
    InterestedPartyNamedV1,
    HearingRightsToldV1,
    HearingRequestedV1,
    HearingWaivedV1,
    HearingCalledV1,
    HearingScheduledV1,
    HearingHeldV1,
    HearingClosedV1,
    StatementRecordedV1,
)


class PartyToName(Request):
    """Who is directly concerned: a person or an organisation by name and certificate."""

    kind: Literal["natural", "legal"] = "natural"
    name: Name
    certificate_type: CertificateType
    certificate_number: CertificateNumber
    mobile: Mobile | None = None
    address: Address | None = None

    @model_validator(mode="after")
    def _normal_number(self) -> Self:
        number = certificate_number(self.certificate_type, self.certificate_number)
        # The model may be frozen for its readers; the normal form belongs to its making.
        object.__setattr__(self, "certificate_number", number)
        return self


class NameInterestedParty(PartyToName):
    """Name somebody whose major interests the matter directly concerns."""

    case_id: UUID
    expected_version: Version


class TellHearingRights(Request):
    """Tell the applicant and every interested party of the right to a hearing."""

    case_id: UUID
    expected_version: Version


class WhoAsks(Request):
    """On line the applicant; at the counter also an interested party, whom the clerk names."""

    party_id: UUID | None = None


class RequestHearing(WhoAsks):
    """Ask for a hearing: oneself, or a clerk for `party_id`."""

    case_id: UUID
    expected_version: Version


class WaiveHearing(WhoAsks):
    """Do without a hearing: oneself, or a clerk for `party_id`."""

    case_id: UUID
    expected_version: Version


class HearingToCall(Request):
    """Which major public interests are touched, where no law requires the hearing."""

    reasons: LongText | None = None


class CallHearing(HearingToCall):
    """Hold a hearing on the organ's own motion."""

    case_id: UUID
    expected_version: Version


class HearingToSchedule(Request):
    """When and where the hearing is held, and by whom: the account of the chair and the name that the notice bears."""

    held_on: date
    place: ShortText
    chair: Account
    chair_name: Name
    announced_on: date | None = None


class ScheduleHearing(HearingToSchedule):
    """Tell time, place and chair of the hearing, at least seven working days before."""

    case_id: UUID
    expected_version: Version


class HearingToRecord(Request):
    """The digest of the signed minutes, and that the hearing was a regular one."""

    minutes_sha256: Digest
    reviewers_heard: bool
    signed: bool


class RecordHearing(HearingToRecord):
    """Record that the hearing was held."""

    case_id: UUID
    expected_version: Version


class HearingToClose(Request):
    """Why the hearing that was asked for is not held; `words` are what the request was taken back with."""

    ground: Literal["withdrawn", "absent"]
    words: LongText | None = None


class CloseHearing(HearingToClose):
    """The hearing that was asked for is not held after all."""

    case_id: UUID
    expected_version: Version


class StatementToRecord(Request):
    """What the applicant (without `party_id`) or an interested party said."""

    party_id: UUID | None = None
    statement: LongText


class RecordStatement(StatementToRecord):
    """Record what the applicant or an interested party said."""

    case_id: UUID
    expected_version: Version
