"""Entry points of notifications: what can happen, and nothing else."""

from services.applications.contracts import GetPartyContact, PartyContact
from services.notifications import handlers, store
from services.notifications.contracts import (
    GetMessage,
    ListCaseMessages,
    ListInbox,
    ListTemplates,
    ListUndelivered,
    MarkRead,
    MessagePage,
    MessageView,
    ResendMessage,
    TemplateList,
    UndeliveredPage,
)
from services.notifications.domain.errors import CommandIdMissing
from services.notifications.mail import MailServer
from services.notifications.occasions import TOLD
from services.notifications.outgoing import Mail
from services.notifications.sending import MailRoom
from services.notifications.settings import NotificationsSettings
from services.notifications.templates import load_templates
from shared import time
from shared.database import Connection
from shared.identity import Role
from shared.messaging.commands import command
from shared.runtime import Call, Received, Runtime, ServiceRuntime, consumes, rpc, timer

READERS = (
    Role.APPLICANT,
    Role.CLERK,
    Role.APPROVER,
    Role.ORGAN_HEAD,
    Role.SUPERVISOR,
    Role.AUDITOR,
    Role.OPERATOR,
)


class NotificationsService:
    """Tells applicants what happens to their cases, and keeps the proof."""

    name = "notifications"
    runtime: ServiceRuntime = Runtime(NotificationsSettings)

    async def ready(self) -> None:
        """Keep the template versions of this program and open the mail room."""
        settings, state = self.runtime.settings, self.runtime.state
        state.book = load_templates()
        async with self.runtime.database.transaction() as connection:
            await store.add_templates(connection, state.book, time.now())
        state.mail_room = MailRoom(
            self.runtime.database,
            MailServer(settings),
            self._ask_address,
            patience=settings.patience(),
            conversations=settings.mail_connections,
            answer_seconds=settings.mail_answer_seconds,
        )

    @consumes(*TOLD, batch=True)
    async def tell_applicants(self, connection: Connection, received: list[Received]) -> None:
        settings = self.runtime.settings
        await handlers.tell(
            connection,
            received,
            self.runtime.state.book,
            public_url=settings.public_url,
            horizon=settings.patience().horizon,
            now=time.now(),
        )

    @timer(seconds=0.5)
    async def send_first(self) -> None:
        await self.runtime.state.mail_room.send_first()

    @timer(seconds=2)
    async def send_again(self) -> None:
        await self.runtime.state.mail_room.send_again()

    @timer(seconds=5)
    async def sweep(self) -> None:
        await self.runtime.state.mail_room.sweep()

    @rpc(Role.APPLICANT)
    async def list_inbox(self, call: Call, request: ListInbox) -> MessagePage:
        async with self.runtime.database.acquire() as connection:
            return await handlers.list_inbox(connection, call.actor, request)

    @rpc(*READERS)
    async def get_message(self, call: Call, request: GetMessage) -> MessageView:
        async with self.runtime.database.acquire() as connection:
            return await handlers.get_message(connection, call.actor, request)

    @rpc(*READERS)
    async def list_case_messages(self, call: Call, request: ListCaseMessages) -> MessagePage:
        async with self.runtime.database.acquire() as connection:
            return await handlers.list_case_messages(connection, call.actor, request)

    @rpc(Role.APPLICANT)
    async def mark_read(self, call: Call, request: MarkRead) -> MessageView:
        async with self.runtime.database.transaction() as connection:
            return await handlers.mark_read(connection, call.actor, request, time.now())

    @rpc(Role.OPERATOR)
    async def list_undelivered(self, call: Call, request: ListUndelivered) -> UndeliveredPage:
        async with self.runtime.database.acquire() as connection:
            return await handlers.list_undelivered(connection, request)

    @rpc(Role.OPERATOR)
    async def resend_message(self, call: Call, request: ResendMessage) -> MessageView:
        if call.command_id is None:
            raise CommandIdMissing
        horizon = self.runtime.settings.patience().horizon
        return await self.runtime.commands.run_once(
            self.runtime.database,
            command(call.command_id, call.operation, request),
            MessageView,
            lambda connection: handlers.resend(
                connection, call.actor, request, horizon=horizon, now=time.now()
            ),
        )

    @rpc(Role.OPERATOR)
    async def list_templates(self, call: Call, request: ListTemplates) -> TemplateList:
        async with self.runtime.database.acquire() as connection:
            return await handlers.list_templates(connection, self.runtime.state.book)

    async def _ask_address(self, mail: Mail) -> str | None:
        contact = await self.runtime.rpc.call(
            "applications",
            "party_contact",
            GetPartyContact(case_id=mail.case_id),
            PartyContact,
            actor=self.runtime.actor,
        )
        return contact.email
