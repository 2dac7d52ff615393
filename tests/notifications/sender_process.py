"""A mail room in a process of its own, for tests that kill it: `python -m … DATABASE_URL SMTP_PORT CLOCK_FILE PHASE`.

In phase `address` it stops where the address is asked, so that it can be killed before the mail server hears of it.
"""

import asyncio
import sys
from pathlib import Path

from shared import time
from shared.database import Database
from tests.notifications.conftest import ADDRESS, make_mail_room


async def main(database_url: str, port: str, clock_file: str, phase: str) -> None:
    time.follow_clock_file(Path(clock_file))
    database = Database(database_url)
    await database.start()

    async def give_address(_: object) -> str:
        if phase == "address":
            await asyncio.sleep(600)
        return ADDRESS

    room = make_mail_room(database, int(port), give_address)
    while True:
        await room.send_first()
        await room.send_again()
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
