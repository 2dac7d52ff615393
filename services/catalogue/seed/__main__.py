"""`python -m services.catalogue.seed`: publish what is not published yet; run at every start, it changes nothing twice.

It writes into the catalogue's own database, so the service need not run; the relay sends the events later.
"""

import asyncio
import sys

from services.catalogue import handlers
from services.catalogue.contracts import PublishItem
from services.catalogue.search import index_missing
from services.catalogue.seed import seed_calendars, seed_items, seed_organisations
from services.catalogue.settings import CatalogueSettings
from services.catalogue.store import CatalogueStore, Recording
from shared import time
from shared.database import Connection, Database
from shared.errors import TemporaryError
from shared.identity import system_actor
from shared.runtime.settings import load


async def publish_seed(connection: Connection) -> int:
    """Publish the seed in the caller's transaction; how many versions were new."""
    store = CatalogueStore(connection)
    recording = Recording(system_actor("catalogue"), time.now())
    changes = [await handlers.publish_organisation(each, store, recording) for each in seed_organisations()]
    changes += [await handlers.publish_calendar(each, store, recording) for each in seed_calendars()]
    for content in seed_items():
        receipt = await handlers.publish_item(PublishItem(content=content), store, recording)
        changes.append(receipt.changed)
    while await index_missing(store):
        pass
    return sum(changes)


async def _main() -> None:
    settings = load(CatalogueSettings)
    database = Database(settings.database_url, size=1, application_name="tongban-catalogue-seed")
    await database.start()
    try:
        async with database.transaction() as connection:
            changed = await publish_seed(connection)
    finally:
        await database.stop()
    print(f"事项目录已就绪，新发布{changed}项。 The catalogue is ready; {changed} new version(s).")  # noqa: T201  # it answers a person


if __name__ == "__main__":
    try:
        asyncio.run(_main())
    except TemporaryError:
        sys.exit(
            "目录数据库暂时无法连接，请稍后重试。 The catalogue's database is away; please try again later."
        )
