"""One function for each thing that can happen to notifications; each runs in its caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from services.notifications import announcements, metrics, outgoing, store
from services.notifications.contracts import (
    GetMessage,
    ListCaseMessages,
    ListInbox,
    ListUndelivered,
    MarkRead,
    MessagePage,
    MessageView,
    ResendMessage,
    TemplateList,
    TemplateView,
    UndeliveredPage,
    UndeliveredView,
)
from services.notifications.domain.errors import MessageUnknown, NotUndelivered
from services.notifications.occasions import notice_of
from services.notifications.store import Scope
from services.notifications.templates import TemplateBook
from services.notifications.views import cursor_at, delivery_view, message_view, position_of
from shared.database import Connection
from shared.identity import Actor, Role
from shared.messaging import outbox
from shared.messaging.consumer import Received

_EVERYTHING = (Role.OPERATOR, Role.AUDITOR, Role.SUPERVISOR)
_OWN_UNIT = (Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)


# --- events ------------------------------------------------------------------------------------------------------


async def tell(
    connection: Connection,
    received: Sequence[Received],
    book: TemplateBook,
    *,
    public_url: str,
    horizon: timedelta,
    now: datetime,
) -> int:
    """Write what these events say to their applicants; the number of e-mails that now wait."""
    made = (notice_of(one.event, one.envelope, book, public_url) for one in received)
    # An event that stands in the batch twice is told once.
    notices = list({notice.message_id: notice for notice in made if notice is not None}.values())
    added = await store.add_notices(connection, notices, now, horizon)
    served = [
        announcements.served_in_app(notice, now)
        for notice in notices
        if notice.wording.statutory and notice.message_id in added.messages
    ]
    await outbox.add(connection, served)
    metrics.record_messages("in_app", "served", len(added.messages))
    metrics.record_messages("email", "queued", added.mails)
    return added.mails


# --- reading -----------------------------------------------------------------------------------------------------


def scope_of(actor: Actor) -> Scope | None:
    """Whose notices this actor may see; None: nobody's."""
    if actor.has(*_EVERYTHING):
        return Scope()
    if actor.has(*_OWN_UNIT) and actor.unit:
        return Scope(unit=actor.unit)
    if actor.has(Role.APPLICANT) and actor.person_id is not None:
        return Scope(person_id=actor.person_id)
    return None


async def list_inbox(connection: Connection, actor: Actor, request: ListInbox) -> MessagePage:
    """The actor's own notices; an account whose certificate is not verified has none yet."""
    before = position_of(request.cursor)
    if actor.person_id is None:
        return MessagePage(messages=[])
    rows = await store.list_inbox(
        connection, actor.person_id, before=before, limit=request.limit, unread_only=request.unread_only
    )
    return await _page(connection, rows, request.limit)


async def list_case_messages(connection: Connection, actor: Actor, request: ListCaseMessages) -> MessagePage:
    """What was told about a case, as far as the actor may see it."""
    after = position_of(request.cursor) or 0
    scope = scope_of(actor)
    if scope is None:
        return MessagePage(messages=[])
    rows = await store.list_case_messages(
        connection, scope, request.case_id, after=after, limit=request.limit
    )
    return await _page(connection, rows, request.limit)


async def get_message(connection: Connection, actor: Actor, request: GetMessage) -> MessageView:
    """One notice with its deliveries and attempts."""
    return await _view(connection, scope_of(actor), request.message_id)


async def mark_read(connection: Connection, actor: Actor, request: MarkRead, now: datetime) -> MessageView:
    """The addressee has read it; asking again changes nothing."""
    person_id = actor.person_id
    if person_id is None or not await store.mark_read(connection, person_id, request.message_id, now):
        raise MessageUnknown
    return await _view(connection, Scope(person_id=person_id), request.message_id)


async def list_templates(connection: Connection, book: TemplateBook) -> TemplateList:
    """Every version of every template that was ever used."""
    return TemplateList(
        templates=[
            TemplateView(**dict(row), in_use=book.is_current(row["template_id"], row["version"]))
            for row in await store.list_templates(connection)
        ]
    )


async def list_undelivered(connection: Connection, request: ListUndelivered) -> UndeliveredPage:
    """The deliveries on which a person has to decide."""
    rows = await outgoing.list_undelivered(
        connection, after=position_of(request.cursor) or 0, limit=request.limit
    )
    page = rows[: request.limit]
    attempts = await store.attempts_of(connection, [row["message_id"] for row in page])
    return UndeliveredPage(
        deliveries=[
            UndeliveredView(
                message_id=row["message_id"],
                case_id=row["case_id"],
                case_no=row["case_no"],
                title=row["title"],
                delivery=delivery_view(row, attempts.get(row["message_id"], ())),
            )
            for row in page
        ],
        next_cursor=cursor_at(page[-1]["position"]) if len(rows) > request.limit else None,
    )


# --- commands ----------------------------------------------------------------------------------------------------


async def resend(
    connection: Connection, actor: Actor, request: ResendMessage, *, horizon: timedelta, now: datetime
) -> MessageView:
    """An operator takes it upon himself to try a failed or uncertain delivery again."""
    mail = await outgoing.resume(connection, request.message_id, request.channel.value, now, horizon)
    if mail is None:
        await _view(connection, Scope(), request.message_id)
        raise NotUndelivered
    sequence = await outgoing.next_sequence(connection, mail.message_id)
    await outbox.add(connection, [announcements.resend_ordered(mail, sequence, now, actor)])
    return await _view(connection, Scope(), request.message_id)


async def _view(connection: Connection, scope: Scope | None, message_id: UUID) -> MessageView:
    row = await store.get_message(connection, scope, message_id) if scope is not None else None
    if row is None:
        raise MessageUnknown
    return (await _views(connection, [row]))[0]


async def _page(connection: Connection, rows: Sequence[asyncpg.Record], limit: int) -> MessagePage:
    page = rows[:limit]
    return MessagePage(
        messages=await _views(connection, page),
        next_cursor=cursor_at(page[-1]["position"]) if len(rows) > limit else None,
    )


async def _views(connection: Connection, rows: Sequence[asyncpg.Record]) -> list[MessageView]:
    ids = [row["message_id"] for row in rows]
    deliveries = await store.deliveries_of(connection, ids)
    attempts = await store.attempts_of(connection, ids) if deliveries else {}
    return [message_view(row, deliveries, attempts) for row in rows]
