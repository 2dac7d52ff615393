"""A migrated database, and a mail server that answers as a test tells it to."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as DEFAULT_POLICY
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller

from services.notifications import handlers, store
from services.notifications.domain.delivery import Patience
from services.notifications.mail import MailServer
from services.notifications.outgoing import Mail
from services.notifications.sending import MailRoom
from services.notifications.settings import NotificationsSettings
from services.notifications.templates import TemplateBook, load_templates
from shared import time
from shared.database import Database
from shared.messaging.consumer import Received

URL = "https://tongban.example.gov.cn"
HORIZON = timedelta(hours=48)
ADDRESS = "li.lei@example.com"


@pytest.fixture
def book() -> TemplateBook:
    return load_templates()


@pytest.fixture
async def database(database_for: Callable[[str], str], book: TemplateBook) -> AsyncIterator[Database]:
    opened = Database(database_for("notifications"))
    await opened.start()
    async with opened.transaction() as connection:
        await store.add_templates(connection, book, time.now())
    yield opened
    await opened.stop()


Tell = Callable[..., Any]


@pytest.fixture
def tell(database: Database, book: TemplateBook) -> Tell:
    """Handle events as the consumer does: in one transaction."""

    async def handle(*received: Received) -> None:
        async with database.transaction() as connection:
            await handlers.tell(connection, received, book, public_url=URL, horizon=HORIZON, now=time.now())

    return handle


def read_letter(content: bytes) -> EmailMessage:
    """The letter as a mail reader sees it."""
    return cast(EmailMessage, message_from_bytes(content, policy=cast(Any, DEFAULT_POLICY)))


@dataclass
class Sink:
    """A real SMTP server; `answers` are given one after the other, then it accepts everything."""

    port: int
    letters: list[bytes] = field(default_factory=list)
    recipient_answers: list[str] = field(default_factory=list)
    text_answers: list[str] = field(default_factory=list)
    # The letter was taken, but the answer is held back or the line is cut.
    holds_answers: bool = False
    cuts_after_text: int = 0

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, __: Any, envelope: Any) -> str:
        if self.text_answers:
            return self.text_answers.pop(0)
        self.letters.append(envelope.content)
        if self.cuts_after_text > 0:
            self.cuts_after_text -= 1
            server.transport.abort()
        await self._hold()
        return "250 OK"

    async def _hold(self) -> None:
        while self.holds_answers:
            await asyncio.sleep(0.02)

    def read(self, number: int = 0) -> EmailMessage:
        return read_letter(self.letters[number])


@dataclass
class SinkServer:
    """The sink with its switch."""

    sink: Sink
    _controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self.sink, hostname="127.0.0.1", port=self.sink.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return cast(int, listener.getsockname()[1])


@pytest.fixture
def sink_server() -> Iterator[SinkServer]:
    server = SinkServer(Sink(free_port()))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sink(sink_server: SinkServer) -> Sink:
    return sink_server.sink


def mail_settings(port: int, **changes: Any) -> NotificationsSettings:
    fields: dict[str, Any] = {
        "mode": "test",
        "secrets_dir": Path("/nonexistent"),
        "amqp_url": "amqp://unused",
        "private_port": 0,
        "database_url": "postgresql://unused",
        "public_url": URL,
        "smtp_url": f"smtp://127.0.0.1:{port}",
        "mail_from": "notice@tongban.example.gov.cn",
    }
    return NotificationsSettings(**fields | changes)


async def give_address(_: Mail) -> str | None:
    return ADDRESS


def make_mail_room(
    database: Database, port: int, ask_address: Any = give_address, **changes: Any
) -> MailRoom:
    """A mail room that tries again at once, so that a test can follow it try by try."""
    settings = mail_settings(port, **changes)
    return MailRoom(
        database,
        MailServer(settings),
        ask_address,
        patience=Patience(timedelta(0), HORIZON),
        conversations=settings.mail_connections,
        answer_seconds=settings.mail_answer_seconds,
    )


@pytest.fixture
def mail_room(database: Database, sink: Sink) -> MailRoom:
    return make_mail_room(database, sink.port)


async def one(database: Database, sql: str, *arguments: Any) -> Any:
    """The one row of a query."""
    rows = await database.fetch(sql, *arguments)
    assert len(rows) == 1, f"{len(rows)} rows"
    return rows[0]


async def until(condition: Callable[[], Any], *, seconds: float = 15) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)
