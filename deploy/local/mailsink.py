"""Takes every message the platform sends and keeps it in a folder, one file each, instead of sending it on.

`python -m deploy.local.mailsink`; TONGBAN_SMTP_PORT and TONGBAN_MAIL_DIR say where.
"""

import asyncio
import os
import secrets
import signal
import sys
import time
from functools import partial
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MESSAGE = 5 * 1024 * 1024


class MailFolder:
    """Answers 250 only when the message is on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        try:
            self._store(content if isinstance(content, bytes) else (content or "").encode())
        except OSError as error:
            print(f"message_not_stored reason={error.strerror}", file=sys.stderr)
            return "451 4.3.0 The message could not be stored, try again later"
        return "250 2.0.0 Stored"

    def _store(self, content: bytes) -> None:
        name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(6)}.eml"
        fresh = self._folder / f".{name}"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        fresh.rename(self._folder / name)


async def serve(port: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    make = partial(
        SMTP, MailFolder(folder), data_size_limit=LARGEST_MESSAGE, enable_SMTPUTF8=True, hostname="localhost"
    )
    server = await loop.create_server(make, "127.0.0.1", port)
    print(f"mailsink_ready port={port}", flush=True)
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(os.environ["TONGBAN_SMTP_PORT"]), Path(os.environ["TONGBAN_MAIL_DIR"])))
