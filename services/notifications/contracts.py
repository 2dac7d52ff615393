"""What notifications publishes and answers: events about notices, and the inbox for those who may read it.

A notice is told to a person known only by the pseudonym of their certificate; its text holds a case number, an item's
name and dates, never a name, a certificate number or an address.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.messaging.envelope import Event


class Channel(StrEnum):
    """How a notice reaches a person."""

    IN_APP = "in_app"
    EMAIL = "email"


class DeliveryState(StrEnum):
    """Where a notice stands on one channel.

    `UNCERTAIN`: the mail server was handed the notice and its answer is not known; it is never sent again unasked.
    """

    QUEUED = "queued"
    SENDING = "sending"
    RETRYING = "retrying"
    SERVED = "served"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


# --- events ------------------------------------------------------------------------------------------------------


class NoticeServedV1(Event):
    """A notice reached a person by a channel: a statutory notice by its in-app row, any notice by accepted e-mail.

    `cause_id` is the event that the notice tells of; `text_sha256` is the digest of exactly what was said.
    """

    event_type: ClassVar[str] = "cn.tongban.notifications.notice_served.v1"

    message_id: UUID
    cause_id: UUID
    case_id: UUID
    person_id: UUID
    channel: Channel
    template_id: str
    template_version: int
    statutory: bool
    text_sha256: str
    served_at: datetime


class DeliveryFailedV1(Event):
    """A notice will not be sent by this channel any more unless an operator orders it; the in-app notice stands."""

    event_type: ClassVar[str] = "cn.tongban.notifications.delivery_failed.v1"

    message_id: UUID
    cause_id: UUID
    case_id: UUID
    channel: Channel
    reason: str
    smtp_code: int | None = None
    attempts: int
    failed_at: datetime


class DeliveryUncertainV1(Event):
    """The mail server was handed a notice and did not say what became of it; an operator decides whether to resend."""

    event_type: ClassVar[str] = "cn.tongban.notifications.delivery_uncertain.v1"

    message_id: UUID
    cause_id: UUID
    case_id: UUID
    channel: Channel
    attempts: int
    noticed_at: datetime


class ResendOrderedV1(Event):
    """An operator ordered one more round of attempts for a notice whose delivery had failed or was uncertain."""

    event_type: ClassVar[str] = "cn.tongban.notifications.resend_ordered.v1"

    message_id: UUID
    cause_id: UUID
    case_id: UUID
    channel: Channel
    ordered_at: datetime


PUBLISHED: tuple[type[Event], ...] = (NoticeServedV1, DeliveryFailedV1, DeliveryUncertainV1, ResendOrderedV1)


# --- requests ----------------------------------------------------------------------------------------------------


class Request(BaseModel):
    """Base of every request: unknown fields are a fault of the caller, not something to ignore."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ListInbox(Request):
    """The caller's own notices, newest first, from an opaque cursor on."""

    cursor: str | None = Field(None, max_length=64)
    limit: int = Field(20, ge=1, le=100)
    unread_only: bool = False


class GetMessage(Request):
    """One notice with its deliveries and attempts."""

    message_id: UUID


class MarkRead(Request):
    """The addressee has read a notice; the first time counts."""

    message_id: UUID


class ListCaseMessages(Request):
    """Every notice about one case, oldest first, from an opaque cursor on."""

    case_id: UUID
    cursor: str | None = Field(None, max_length=64)
    limit: int = Field(50, ge=1, le=200)


class ListUndelivered(Request):
    """Deliveries that wait for a person: failed for good or uncertain, oldest first."""

    cursor: str | None = Field(None, max_length=64)
    limit: int = Field(50, ge=1, le=200)


class ResendMessage(Request):
    """Try a failed or uncertain delivery again, by decision of an operator."""

    message_id: UUID
    channel: Channel = Channel.EMAIL


class ListTemplates(Request):
    """Every version of every template that was ever used."""


# --- replies -----------------------------------------------------------------------------------------------------


class Reply(BaseModel):
    """Base of every reply; readers ignore what they do not know yet."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class AttemptView(Reply):
    """One try to hand a notice to the mail server."""

    number: int
    started_at: datetime
    finished_at: datetime | None = None
    outcome: str
    smtp_code: int | None = None


class DeliveryView(Reply):
    """A notice on one channel, with every attempt."""

    channel: Channel
    state: DeliveryState
    due_at: datetime | None = None
    served_at: datetime | None = None
    reason: str | None = None
    attempts: list[AttemptView] = []


class MessageView(Reply):
    """A notice exactly as it was said."""

    message_id: UUID
    cause_id: UUID
    cause_type: str
    case_id: UUID
    case_no: str
    template_id: str
    template_version: int
    statutory: bool
    title: str
    text: str
    link: str
    created_at: datetime
    read_at: datetime | None = None
    deliveries: list[DeliveryView] = []


class MessagePage(Reply):
    """One page of notices; `next_cursor` is absent on the last."""

    messages: list[MessageView]
    next_cursor: str | None = None


class UndeliveredView(Reply):
    """A delivery that waits for a person's decision."""

    message_id: UUID
    case_id: UUID
    case_no: str
    title: str
    delivery: DeliveryView


class UndeliveredPage(Reply):
    """One page of deliveries that wait for a person."""

    deliveries: list[UndeliveredView]
    next_cursor: str | None = None


class TemplateView(Reply):
    """One immutable version of a template."""

    template_id: str
    version: int
    name: str
    statutory: bool
    title: str
    body: str
    sha256: str
    in_use: bool


class TemplateList(Reply):
    """The templates with all their versions."""

    templates: list[TemplateView]
