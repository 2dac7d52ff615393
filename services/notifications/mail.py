"""Mail: a notice as a MIME message, and one conversation with the real SMTP server.

Nothing here stores or logs an address, and no error that leaves here carries one: mail servers like to repeat the
recipient in their answers, so only the code of an answer is kept.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib

from services.notifications.domain.delivery import Outcome, Result, Stage, judge_answer
from services.notifications.settings import NotificationsSettings
from shared.time import shanghai

# Long enough for a slow server, short enough that a claim outlives the conversation up to the text.
ANSWER_SECONDS = 10.0
BROKEN = (
    aiosmtplib.SMTPServerDisconnected,
    aiosmtplib.SMTPTimeoutError,
    ConnectionError,
    TimeoutError,
    OSError,
)


class MailServerAway(Exception):
    """No conversation could be opened; this says nothing about any notice."""

    def __init__(self, smtp_code: int | None, error: str) -> None:
        super().__init__(f"the mail server is away: {error}")
        self.smtp_code = smtp_code
        self.error = error


class UnusableAddress(ValueError):
    """The recipient's address can't be put into a message."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: the frozen text, under an id that is the same on every try."""

    message_id: UUID
    subject: str
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name mail is sent."""

    address: str
    name: str

    def compose(self, letter: Letter, recipient: str) -> bytes:
        """The message as bytes: identical on every try, so that any receiver can recognise a second copy.

        Raises `UnusableAddress`.
        """
        message = EmailMessage(policy=SMTP_POLICY)
        local, _, domain = self.address.partition("@")
        message["From"] = Address(self.name, local, domain)
        message["To"] = _plain_address(recipient)
        message["Subject"] = letter.subject
        message["Date"] = shanghai(letter.written_at)
        message["Message-ID"] = f"<{letter.message_id}@{domain}>"
        # RFC 3834: no absence note of the applicant's shall answer a notice.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="base64")
        message["Content-Language"] = "zh-CN"
        return message.as_bytes()


def _plain_address(recipient: str) -> Address:
    local, at, domain = recipient.rpartition("@")
    if not (at and local and domain and recipient.isascii() and recipient.isprintable()) or " " in recipient:
        raise UnusableAddress
    try:
        return Address("", local, domain)
    except (ValueError, IndexError) as error:
        raise UnusableAddress from error


class Conversation:
    """An open SMTP session, used for one letter after the other."""

    def __init__(self, client: aiosmtplib.SMTP, sender: Sender, answer_seconds: float) -> None:
        self._client = client
        self._sender = sender
        self._answer_seconds = answer_seconds

    @property
    def usable(self) -> bool:
        """Whether the session can take another letter."""
        return self._client.is_connected

    async def send(
        self, letter: Letter, recipient: str, hand_over: Callable[[], Awaitable[bool]]
    ) -> Result | None:
        """Offer the letter and, once sender and recipient are agreed, call `hand_over` and transmit the text.

        None: `hand_over` said that this attempt is no longer ours, and nothing was transmitted.
        """
        try:
            content = self._sender.compose(letter, recipient)
        except UnusableAddress:
            return Result(Outcome.UNUSABLE_ADDRESS)
        if (refusal := await self._offer(recipient)) is not None:
            await self._start_over()
            return refusal
        if not await hand_over():
            await self._start_over()
            return None
        return await self._transmit(content)

    async def _offer(self, recipient: str) -> Result | None:
        """Name sender and recipient; nothing that can be delivered has been said before the text."""
        stage = Stage.SENDER
        try:
            await self._client.mail(self._sender.address)
            stage = Stage.RECIPIENT
            await self._client.rcpt(recipient)
        except aiosmtplib.SMTPResponseException as refusal:
            return judge_answer(stage, refusal.code)
        except BROKEN:
            self._client.close()
            return Result(Outcome.UNREACHABLE)
        return None

    async def _transmit(self, content: bytes) -> Result:
        """From here to the server's answer nobody can know whether the letter was taken."""
        try:
            code, _ = await self._client.data(content, timeout=self._answer_seconds)
        except aiosmtplib.SMTPResponseException as refusal:
            await self._start_over()
            return judge_answer(Stage.TEXT, refusal.code)
        except BROKEN:
            self._client.close()
            return Result(Outcome.UNCERTAIN)
        return Result(Outcome.SENT, code)

    async def _start_over(self) -> None:
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._client.close()


class MailServer:
    """Where mail is handed to: address, encryption and account, from the settings."""

    def __init__(self, settings: NotificationsSettings) -> None:
        parts = urlsplit(settings.smtp_url)
        self._host, self._scheme = parts.hostname or "", parts.scheme
        self._port = parts.port or {"smtp": 25, "smtp+starttls": 587, "smtps": 465}[parts.scheme]
        self._username = unquote(parts.username) if parts.username else None
        self._password = _password(settings.secrets_dir) if self._username else None
        self._sender = Sender(settings.mail_from, settings.mail_from_name)
        self._answer_seconds = settings.mail_answer_seconds

    @asynccontextmanager
    async def conversation(self) -> AsyncIterator[Conversation]:
        """Open a session; raises `MailServerAway` when there is none to be had."""
        client = self._client()
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            # `from None`: the library's text may quote the account.
            raise MailServerAway(getattr(error, "code", None), type(error).__name__) from None
        try:
            yield Conversation(client, self._sender, self._answer_seconds)
        finally:
            await _say_goodbye(client)

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            timeout=ANSWER_SECONDS,
            use_tls=self._scheme == "smtps",
            # None: encrypted when the server offers it; an account is only ever used over an encrypted line.
            start_tls=True if self._scheme == "smtp+starttls" or self._needs_tls() else None,
            local_hostname=self._sender.address.partition("@")[2],
        )

    def _needs_tls(self) -> bool:
        return self._username is not None and self._scheme == "smtp"


def _password(secrets_dir: Path) -> str:
    return (secrets_dir / "smtp.password").read_text(encoding="utf-8").strip()


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    if client.is_connected:
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit()
    client.close()
