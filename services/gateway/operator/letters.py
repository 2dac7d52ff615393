"""The letters that a local copy sent: it delivers none, it keeps them in a folder to be looked at."""

import asyncio
import email
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from services.gateway.settings import GatewaySettings

MOST = 100


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """One letter as it would have arrived."""

    name: str
    recipient: str
    subject: str
    text: str
    sent_at: datetime | None


def folder_of(settings: GatewaySettings) -> Path | None:
    """The folder of the mail sink; only a local or test copy has one."""
    return settings.mail_dir if settings.mode in ("local", "test") else None


async def newest(folder: Path) -> list[KeptLetter]:
    """The newest letters; reading files waits for the disk, so it is done beside the loop."""
    return await asyncio.to_thread(_newest, folder)


def _newest(folder: Path) -> list[KeptLetter]:
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.eml"), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    return [_read(file) for file in files[:MOST]]


def _read(file: Path) -> KeptLetter:
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return KeptLetter(
        file.stem, str(message["To"] or ""), str(message["Subject"] or ""), str(text), _when(message)
    )


def _when(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"])) if message["Date"] else None
    except ValueError:
        return None
