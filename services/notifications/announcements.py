"""The events that notifications publishes, as envelopes for the outbox; subject is the message, sequence its count."""

from datetime import datetime
from uuid import UUID, uuid4

from services.notifications.contracts import (
    Channel,
    DeliveryFailedV1,
    DeliveryUncertainV1,
    NoticeServedV1,
    ResendOrderedV1,
)
from services.notifications.domain.delivery import Result
from services.notifications.domain.notice import Notice
from services.notifications.outgoing import Mail
from shared.identity import Actor, system_actor
from shared.messaging.envelope import Envelope, Event, envelope, sha256_of_json

NAME = "notifications"
ITSELF = system_actor(NAME)


def text_digest(title: str, body: str) -> str:
    """The digest of exactly what was said."""
    return sha256_of_json({"title": title, "body": body})


def served_in_app(notice: Notice, now: datetime) -> Envelope:
    """A statutory notice stands in the inbox: the first event about it."""
    wording = notice.wording
    event = NoticeServedV1(
        message_id=notice.message_id,
        cause_id=notice.cause.event_id,
        case_id=notice.cause.case_id,
        person_id=notice.person_id,
        channel=Channel.IN_APP,
        template_id=wording.template_id,
        template_version=wording.template_version,
        statutory=wording.statutory,
        text_sha256=text_digest(wording.title, wording.body),
        served_at=now,
    )
    return _wrap(event, notice.message_id, 1, now, ITSELF)


def served_by_mail(mail: Mail, sequence: int, now: datetime) -> Envelope:
    """The mail server took the notice."""
    event = NoticeServedV1(
        message_id=mail.message_id,
        cause_id=mail.cause_id,
        case_id=mail.case_id,
        person_id=mail.person_id,
        channel=Channel.EMAIL,
        template_id=mail.template_id,
        template_version=mail.template_version,
        statutory=mail.statutory,
        text_sha256=text_digest(mail.title, mail.body),
        served_at=now,
    )
    return _wrap(event, mail.message_id, sequence, now, ITSELF)


def mail_failed(
    mail: Mail, result: Result, reason: str, attempts: int, sequence: int, now: datetime
) -> Envelope:
    """Nobody will try this delivery again by himself."""
    event = DeliveryFailedV1(
        message_id=mail.message_id,
        cause_id=mail.cause_id,
        case_id=mail.case_id,
        channel=Channel.EMAIL,
        reason=reason,
        smtp_code=result.smtp_code,
        attempts=attempts,
        failed_at=now,
    )
    return _wrap(event, mail.message_id, sequence, now, ITSELF)


def mail_uncertain(mail: Mail, attempts: int, sequence: int, now: datetime) -> Envelope:
    """Nobody knows whether the mail server took the notice."""
    event = DeliveryUncertainV1(
        message_id=mail.message_id,
        cause_id=mail.cause_id,
        case_id=mail.case_id,
        channel=Channel.EMAIL,
        attempts=attempts,
        noticed_at=now,
    )
    return _wrap(event, mail.message_id, sequence, now, ITSELF)


def resend_ordered(mail: Mail, sequence: int, now: datetime, actor: Actor) -> Envelope:
    """An operator wants it tried again."""
    event = ResendOrderedV1(
        message_id=mail.message_id,
        cause_id=mail.cause_id,
        case_id=mail.case_id,
        channel=Channel.EMAIL,
        ordered_at=now,
    )
    return _wrap(event, mail.message_id, sequence, now, actor)


def _wrap(event: Event, message_id: UUID, sequence: int, now: datetime, actor: Actor) -> Envelope:
    return envelope(
        event,
        source=f"/{NAME}",
        event_id=uuid4(),
        subject=str(message_id),
        sequence=sequence,
        recorded_at=now,
        actor=actor,
    )
