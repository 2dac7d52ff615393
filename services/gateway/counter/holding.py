"""Intakes: what a clerk is taking in is kept after every step, sealed, until it is handed in or nobody comes back.

So a visitor's several matters wait for each other, a second window of the same desk goes on where the first one is, and
a click that is repeated hands in once: the intake itself is the key of its case.
"""

from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, Field

from services.gateway.gateway import Gateway
from services.gateway.problems import Problem
from services.gateway.sealing import keyring_of
from shared import time

MOST_HELD = 50


class Signed(BaseModel):
    """The undertaking as it was signed on the second screen, under exactly this text."""

    name: str
    text_sha256: str
    drawn: str | None = None
    signed_at: datetime


class HandedIn(BaseModel):
    """What became of it; the code is told once, so it is kept for the receipt and the applicant's phone."""

    case_id: UUID
    case_no: str
    access_code: str | None
    version: int


class Intake(BaseModel):
    """One matter at the window. Values are as typed; they are judged by the contract's own models."""

    id: UUID
    values: dict[str, str] = Field(default_factory=dict)
    # Where name and contact came from: `account`, `case`; nothing when the clerk typed them.
    known_from: str = ""
    signed: Signed | None = None
    # An application that was begun online and is finished here.
    draft_id: UUID | None = None
    draft_owner: str = ""
    handed_in: HandedIn | None = None
    updated_at: datetime | None = None

    @property
    def item_code(self) -> str:
        return self.values.get("item_code", "")

    @property
    def name(self) -> str:
        """Whom it is for, as a list names it."""
        return self.values.get("applicant.name", "").strip()

    @property
    def place(self) -> str:
        """Where it is worked on."""
        return f"/desk/intakes/{self.id}"


async def begin(
    gateway: Gateway, clerk: str, values: dict[str, str], intake_id: UUID | None = None
) -> Intake:
    """A new intake of this clerk; the same id again, from a second click, is the same intake."""
    intake, now = Intake(id=intake_id or uuid4(), values=values), time.now()
    async with gateway.database.transaction() as connection:
        count = await connection.fetchval(
            "SELECT count(*) FROM intakes WHERE clerk = $1 AND case_id IS NULL", clerk
        )
        if count >= MOST_HELD:
            raise Problem(
                "too_many_intakes",
                status=409,
                zh="挂起的收件太多，请先办完或删除一些。",
                en="There are too many intakes in progress; finish or delete some first.",
            )
        await connection.execute(
            """
            INSERT INTO intakes (id, clerk, content, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $4) ON CONFLICT (id) DO NOTHING
            """,
            intake.id,
            clerk,
            _seal(gateway, intake),
            now,
        )
    return await load(gateway, clerk, intake.id)


async def load(gateway: Gateway, clerk: str, intake_id: UUID) -> Intake:
    """The clerk's intake; anybody else's does not exist."""
    found = await find(gateway, clerk, intake_id)
    if found is None:
        raise Problem("not_found")
    return found


async def find(gateway: Gateway, clerk: str, intake_id: UUID) -> Intake | None:
    """The clerk's intake, if it is there."""
    rows = await gateway.database.fetch(
        "SELECT * FROM intakes WHERE id = $1 AND clerk = $2", intake_id, clerk
    )
    return opened(gateway, rows[0]) if rows else None


async def save(gateway: Gateway, intake: Intake) -> None:
    """Keep the intake as it is now; one that was handed in stays as it was."""
    async with gateway.database.transaction() as connection:
        await connection.execute(
            "UPDATE intakes SET content = $2, updated_at = $3, case_id = $4 WHERE id = $1 AND case_id IS NULL",
            intake.id,
            _seal(gateway, intake),
            time.now(),
            intake.handed_in.case_id if intake.handed_in else None,
        )


async def held(gateway: Gateway, clerk: str) -> list[Intake]:
    """The clerk's intakes in progress, the newest first."""
    rows = await gateway.database.fetch(
        "SELECT * FROM intakes WHERE clerk = $1 AND case_id IS NULL ORDER BY updated_at DESC LIMIT 20", clerk
    )
    return [opened(gateway, row) for row in rows]


async def of_case(gateway: Gateway, clerk: str, case_id: UUID) -> Intake | None:
    """The intake that this case came of, at this desk."""
    rows = await gateway.database.fetch(
        "SELECT * FROM intakes WHERE case_id = $1 AND clerk = $2", case_id, clerk
    )
    return opened(gateway, rows[0]) if rows else None


async def delete(gateway: Gateway, clerk: str, intake_id: UUID) -> None:
    """Throw an intake away; one that was handed in stays, for its receipt is printed from it."""
    async with gateway.database.transaction() as connection:
        # What is thrown away is shown no more, but its tablet stays connected.
        await connection.execute(
            """
            UPDATE second_screens SET intake_id = NULL, shown = NULL, signed = NULL
            WHERE intake_id = (SELECT id FROM intakes WHERE id = $1 AND clerk = $2 AND case_id IS NULL)
            """,
            intake_id,
            clerk,
        )
        await connection.execute(
            "DELETE FROM intakes WHERE id = $1 AND clerk = $2 AND case_id IS NULL", intake_id, clerk
        )


def opened(gateway: Gateway, row: asyncpg.Record) -> Intake:
    """The stored intake."""
    content = keyring_of(gateway).decrypt_text(row["content"], context=f"intakes:{row['id']}")
    return Intake.model_validate_json(content).model_copy(update={"updated_at": row["updated_at"]})


def _seal(gateway: Gateway, intake: Intake) -> bytes:
    return keyring_of(gateway).encrypt(intake.model_dump_json(), context=f"intakes:{intake.id}")
