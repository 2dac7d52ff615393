"""Letters that only the gateway may write, because they hold a secret: queued with their cause, sent until taken.

A letter is a sealed row in the transaction of what it tells of, so that a crash loses none; it is deleted when the mail
server has taken it.  A crash between the two sends it twice, which harms nobody.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit
from uuid import uuid4

import aiosmtplib
from pydantic import BaseModel

from services.gateway.settings import GatewaySettings
from shared import time
from shared.database import Connection, Database
from shared.errors import TemporaryError
from shared.privacy import Keyring

log = logging.getLogger(__name__)

SWEEP_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300
ANSWER_SECONDS = 15.0


class Letter(BaseModel):
    """A text for one recipient."""

    recipient: str
    subject: str
    text: str


class MailQueue:
    """Keeps letters and hands them to the mail server."""

    def __init__(self, database: Database, keyring: Keyring, settings: GatewaySettings) -> None:
        self._database = database
        self._keyring = keyring
        self._settings = settings
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def add(self, connection: Connection, letter: Letter, lifetime: timedelta) -> None:
        """Queue a letter in the caller's transaction; it is worth nothing after its lifetime."""
        identifier, now = uuid4(), time.now()
        sealed = self._keyring.encrypt(letter.model_dump_json(), context=f"mail_queue:{identifier}")
        await connection.execute(
            "INSERT INTO mail_queue (id, letter, created_at, due_at, expires_at) VALUES ($1, $2, $3, $3, $4)",
            identifier,
            sealed,
            now,
            now + lifetime,
        )

    def wake(self) -> None:
        """There is something to send."""
        self._wake.set()

    def start(self) -> None:
        """Send what waits, now and from now on."""
        if self._settings.smtp_url is None:
            log.warning("mail_not_configured letters wait until a mail server is set")
            return
        self._task = asyncio.get_running_loop().create_task(self._work())

    async def stop(self) -> None:
        """Stop sending; what was not taken waits for the next start."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _work(self) -> None:
        while True:
            try:
                while await self.send_one():
                    pass
            except TemporaryError:
                pass
            except Exception:
                log.exception("mail_worker_failed")
            self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), SWEEP_SECONDS)

    async def send_one(self) -> bool:
        """Send the letter that is due first; `False` when there is none.  Its row is held meanwhile."""
        async with self._database.transaction() as connection:
            now = time.now()
            await connection.execute("DELETE FROM mail_queue WHERE expires_at <= $1", now)
            row = await connection.fetchrow(
                "SELECT * FROM mail_queue WHERE due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED",
                now,
            )
            if row is None:
                return False
            sealed = self._keyring.decrypt(row["letter"], context=f"mail_queue:{row['id']}")
            if await self._hand_over(Letter.model_validate_json(sealed), str(row["id"])):
                await connection.execute("DELETE FROM mail_queue WHERE id = $1", row["id"])
            else:
                pause = timedelta(seconds=min(5 * 2 ** row["attempts"], LONGEST_PAUSE_SECONDS))
                await connection.execute(
                    "UPDATE mail_queue SET attempts = attempts + 1, due_at = $2 WHERE id = $1",
                    row["id"],
                    now + pause,
                )
            return True

    async def _hand_over(self, letter: Letter, identifier: str) -> bool:
        """Whether the server took it.  Errors are not logged in words: servers repeat the recipient in them."""
        assert self._settings.smtp_url is not None
        parts = urlsplit(self._settings.smtp_url)
        try:
            await aiosmtplib.send(
                self._compose(letter, identifier),
                hostname=parts.hostname,
                port=parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25),
                use_tls=parts.scheme == "smtps",
                start_tls=True if parts.scheme == "smtp+starttls" else None,
                timeout=ANSWER_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            log.warning("letter_not_taken letter_id=%s error=%s", identifier, type(error).__name__)
            return False
        return True

    def _compose(self, letter: Letter, identifier: str) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self._settings.mail_from
        message["To"] = letter.recipient
        message["Subject"] = letter.subject
        message["Message-ID"] = f"<{identifier}@{self._settings.mail_from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="base64")
        return message
