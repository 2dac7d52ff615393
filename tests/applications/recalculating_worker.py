"""A process that does nothing but count cases again, to be killed in the middle of it."""

import asyncio
import sys
from pathlib import Path

from services.applications import recalculating
from services.applications.office import Office
from services.applications.settings import ApplicationsSettings
from shared.database import Database
from shared.identity import system_actor
from shared.messaging.commands import CommandLog
from shared.privacy import Keyring


async def main(database_url: str, secrets: Path) -> None:
    settings = ApplicationsSettings(
        mode="test",
        secrets_dir=secrets,
        database_url="postgresql://unused",
        amqp_url="amqp://unused",
        private_port=0,
    )
    database = Database(database_url, size=4)
    await database.start()
    office = Office.open(database, CommandLog(Keyring.from_file(secrets / "replies.keyring.json")), settings)
    while await recalculating.work(office, system_actor("applications")):
        pass
    await database.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
