"""Who reads which notices: one's own, those of one's unit, or all, and never by knowing an id."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from services.notifications import handlers
from services.notifications.contracts import (
    Channel,
    DeliveryState,
    GetMessage,
    ListCaseMessages,
    ListInbox,
    MarkRead,
    MessagePage,
)
from services.notifications.domain.errors import CursorUnreadable, MessageUnknown
from services.notifications.templates import TemplateBook
from shared import time
from shared.database import Database
from shared.identity import Actor, Role
from tests.notifications import events
from tests.notifications.conftest import Tell

MakeActor = Callable[..., Actor]


@pytest.fixture
def applicant(actor: MakeActor) -> Actor:
    return actor(Role.APPLICANT, person_id=events.APPLICANT)


async def inbox(database: Database, actor: Actor, request: ListInbox | None = None) -> MessagePage:
    async with database.acquire() as connection:
        return await handlers.list_inbox(connection, actor, request or ListInbox())


async def of_case(database: Database, actor: Actor, case_id: UUID = events.CASE) -> MessagePage:
    async with database.acquire() as connection:
        return await handlers.list_case_messages(connection, actor, ListCaseMessages(case_id=case_id))


async def test_an_inbox_shows_ones_own_newest_first_page_by_page(
    database: Database, tell: Tell, applicant: Actor
) -> None:
    told = [events.received(event) for event in (events.submitted(), events.accepted(), events.decided())]
    for one in told:
        await tell(one)
    await tell(events.received(events.submitted(applicant_id=uuid4())))

    first = await inbox(database, applicant, ListInbox(limit=2))
    second = await inbox(database, applicant, ListInbox(limit=2, cursor=first.next_cursor))
    seen = [message.cause_id for page in (first, second) for message in page.messages]
    assert seen == [one.envelope.id for one in reversed(told)]
    assert second.next_cursor is None


async def test_a_new_message_does_not_shift_the_next_page(
    database: Database, tell: Tell, applicant: Actor
) -> None:
    for event in (events.submitted(), events.accepted(), events.decided()):
        await tell(events.received(event))
    first = await inbox(database, applicant, ListInbox(limit=2))
    await tell(events.received(events.delivered()))
    second = await inbox(database, applicant, ListInbox(limit=2, cursor=first.next_cursor))
    assert [message.template_id for message in second.messages] == ["case_submitted"]


@pytest.mark.parametrize("cursor", ["x", "????", "", "AAAAAAAAAAEA", "//////////8", "_________-8", "李"])
async def test_a_foreign_cursor_is_refused(database: Database, applicant: Actor, cursor: str) -> None:
    with pytest.raises(CursorUnreadable):
        await inbox(database, applicant, ListInbox(cursor=cursor))


async def test_reading_is_noted_once_and_takes_a_message_off_the_unread(
    database: Database, tell: Tell, applicant: Actor
) -> None:
    await tell(events.received(events.submitted()), events.received(events.accepted()))
    message = (await inbox(database, applicant)).messages[0]
    at = time.now()
    async with database.transaction() as connection:
        request = MarkRead(message_id=message.message_id)
        assert (await handlers.mark_read(connection, applicant, request, at)).read_at == at
        assert (await handlers.mark_read(connection, applicant, request, time.now())).read_at == at
    unread = await inbox(database, applicant, ListInbox(unread_only=True))
    assert message.message_id not in {one.message_id for one in unread.messages}
    assert len(unread.messages) == 1


@pytest.mark.parametrize(
    "roles, own, unit, sees",
    [
        ((Role.APPLICANT,), True, None, True),
        ((Role.APPLICANT,), False, None, False),
        ((Role.CLERK,), False, events.UNIT, True),
        ((Role.CLERK,), False, "another-unit", False),
        ((Role.APPROVER,), False, events.UNIT, True),
        ((Role.ORGAN_HEAD,), False, "another-unit", False),
        ((Role.OPERATOR,), False, None, True),
        ((Role.AUDITOR,), False, None, True),
        ((Role.SUPERVISOR,), False, None, True),
        ((Role.KEEPER,), False, events.UNIT, False),
        ((Role.PROVINCE,), False, None, False),
        ((Role.CLERK, Role.APPLICANT), True, "another-unit", False),
    ],
)
async def test_a_case_and_a_message_are_shown_by_role_and_by_whose_they_are(
    database: Database,
    tell: Tell,
    actor: MakeActor,
    roles: tuple[Role, ...],
    own: bool,
    unit: str | None,
    sees: bool,
) -> None:
    await tell(events.received(events.submitted()))
    message = await database.fetch("SELECT message_id FROM messages")
    reader = actor(*roles, unit=unit, person_id=events.APPLICANT if own else uuid4())

    assert bool((await of_case(database, reader)).messages) is sees
    async with database.acquire() as connection:
        request = GetMessage(message_id=message[0]["message_id"])
        if sees:
            assert (await handlers.get_message(connection, reader, request)).case_no
        else:
            with pytest.raises(MessageUnknown):
                await handlers.get_message(connection, reader, request)


async def test_nobody_marks_the_message_of_another_as_read(
    database: Database, tell: Tell, actor: MakeActor
) -> None:
    await tell(events.received(events.submitted()))
    message = await database.fetch("SELECT message_id FROM messages")
    async with database.transaction() as connection:
        for reader in (actor(Role.APPLICANT), Actor("account:x", frozenset({Role.APPLICANT}))):
            with pytest.raises(MessageUnknown):
                await handlers.mark_read(
                    connection, reader, MarkRead(message_id=message[0]["message_id"]), time.now()
                )


async def test_an_account_without_a_verified_certificate_has_an_empty_inbox(
    database: Database, tell: Tell
) -> None:
    await tell(events.received(events.submitted()))
    stranger = Actor("account:x", frozenset({Role.APPLICANT}))
    assert (await inbox(database, stranger)).messages == []
    assert (await of_case(database, stranger)).messages == []


async def test_a_message_shows_each_channel_it_went_by(
    database: Database, tell: Tell, applicant: Actor
) -> None:
    await tell(events.received(events.submitted()))
    [message] = (await inbox(database, applicant)).messages
    assert [(one.channel, one.state) for one in message.deliveries] == [
        (Channel.IN_APP, DeliveryState.SERVED),
        (Channel.EMAIL, DeliveryState.QUEUED),
    ]


async def test_every_template_version_is_listed_with_the_one_in_use(
    database: Database, book: TemplateBook
) -> None:
    async with database.acquire() as connection:
        listed = (await handlers.list_templates(connection, book)).templates
    assert len(listed) == len(book.versions)
    in_use = {(template.template_id, template.version) for template in listed if template.in_use}
    assert in_use == {
        (name, book[name].version) for name in {template.template_id for template in book.versions}
    }
