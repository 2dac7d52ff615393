"""Contracts of who holds which power: posts, delegations, absences."""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.applications.contracts.fields import (
    ItemCode,
    PublishedLine,
    fault,
)
from services.applications.contracts.requests import Request
from services.applications.contracts.views import View
from shared.messaging.envelope import Event

PostName = PublishedLine
StaffId = Annotated[str, StringConstraints(max_length=100, pattern=r"^staff:[0-9A-Za-z._@-]{1,80}$")]
Instrument = Annotated[PublishedLine, Field(min_length=2)]


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
    PostAppointedV1,
    PowerDelegatedV1,
    DelegationRevokedV1,
    AbsenceRecordedV1,
)


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


class ListDoneForMe(Request):
    """What others did in the caller's place, by delegation or as a stand-in; the newest first."""


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


class DoneForMe(View):
    """One act of somebody else by the caller's power: on which case, by what right, and with what outcome."""

    case_id: UUID
    case_no: str
    item_name: str
    item_name_en: str = ""
    act: Literal["opinion", "approval", "sent_back"]
    step: str
    step_zh: str = ""
    step_en: str = ""
    verdict: Literal["pass", "fail"] | None = None
    done_by: str
    authority: str
    authority_zh: str = ""
    authority_en: str = ""
    post: str | None = None
    instrument: str | None = None
    done_on: date


class DoneForMeList(View):
    """The newest acts in the caller's place; `more` says that there are older ones."""

    items: tuple[DoneForMe, ...]
    more: bool = False
