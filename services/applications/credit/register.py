"""The local register: it answers as long as the case itself can be written, so it can be read in its transaction."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.applications.domain.credit import CreditAnswer, CreditRecord
from services.applications.store import credit as rows
from shared import time
from shared.database import Connection

NAME = "local_register"
# A grade of the public credit evaluation is kept among the records, but it is none.
GRADE = "grade"


async def read(connection: Connection, person_id: UUID, at: datetime) -> CreditAnswer:
    """What the register holds against this person now."""
    found = await rows.counting(connection, person_id, time.shanghai(at).date())
    graded = [row for row in found if row["kind"] == GRADE]
    newest = max(graded, key=lambda row: (row["recorded_on"], row["grade"]), default=None)
    return CreditAnswer(
        NAME,
        at,
        records=tuple(_record(row) for row in found if row["kind"] != GRADE),
        grade=newest["grade"] if newest else None,
        graded_on=newest["recorded_on"] if newest else None,
    )


def _record(row: Record) -> CreditRecord:
    return CreditRecord(
        row["kind"], row["list_item"], row["recorded_on"], row["source"], row["reference"] or str(row["id"])
    )
