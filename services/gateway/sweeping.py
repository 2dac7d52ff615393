"""What nobody came back for: drafts that were never sent, files that went into no application, old call-backs."""

from datetime import timedelta

from services.gateway.uploads import Uploads
from shared import time
from shared.database import Database

# Domain rules §10: drafts that were never sent are kept for ninety days, and so is what was uploaded for them.
KEPT = timedelta(days=90)
LINKS_KEPT = timedelta(days=1)
INTAKES_KEPT = timedelta(days=7)


async def sweep(database: Database, uploads: Uploads) -> None:
    """Erase them; every replica does, and whoever comes second finds nothing."""
    before = time.now() - KEPT
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM drafts WHERE submitted_at IS NULL AND updated_at < $1", before)
        # A link for a phone ended with its quarter of an hour; what it brought belongs to the draft.
        await connection.execute("DELETE FROM phone_links WHERE expires_at < $1", time.now() - LINKS_KEPT)
        # Numbers to call are kept as long as somebody may ask whether they were called.
        await connection.execute("DELETE FROM call_backs WHERE asked_at < $1", before)
        # A visit to the window is over in the evening; a week leaves room for whoever comes back with the missing paper.
        await connection.execute("DELETE FROM intakes WHERE updated_at < $1", time.now() - INTAKES_KEPT)
        await connection.execute("DELETE FROM handovers WHERE expires_at < $1", time.now() - LINKS_KEPT)
    await uploads.sweep(before)
