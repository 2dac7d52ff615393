"""Drafts of applications: kept on the server after every page, sealed, and swept when nobody comes back."""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, Field

from services.gateway.gateway import Gateway
from services.gateway.problems import Problem
from services.gateway.sealing import keyring_of
from shared import time

MOST_DRAFTS = 50

PaperAnswer = Literal["upload", "shared", "later", "not_needed"]


class DraftPaper(BaseModel):
    """What was answered about one paper."""

    answer: PaperAnswer
    upload_id: UUID | None = None
    file_name: str | None = None
    media_type: str | None = None
    size_bytes: int | None = None


class Sent(BaseModel):
    """What the submission was answered with; the code is told once, so its owner can find it here again."""

    case_id: UUID
    case_no: str
    access_code: str | None
    submitted_at: datetime
    due_on: str | None = None


class Draft(BaseModel):
    """An application that is being filled in. Fields are as typed; they are judged by the contract's own models."""

    id: UUID
    item_code: str
    item_version: int
    item_name: str
    for_whom: Literal["self", "other"] | None = None
    applicant: dict[str, str] = Field(default_factory=dict)
    contact_from: Literal["account", "other"] | None = None
    contact: dict[str, str] = Field(default_factory=dict)
    summary: str | None = None
    papers: dict[str, DraftPaper] = Field(default_factory=dict)
    tolerance: Literal["yes", "no"] | None = None
    signed_name: str | None = None
    done: list[str] = Field(default_factory=list)
    updated_at: datetime | None = None
    sent: Sent | None = None

    def answered(self, step: str) -> None:
        """Mark a page as filled in; filled in is not yet submitted."""
        if step not in self.done:
            self.done.append(step)

    def open_again(self, *steps: str) -> None:
        """Answers that rested on another answer have to be given again."""
        self.done = [step for step in self.done if step not in steps]

    def follow(self, version: int, materials: set[str]) -> None:
        """The item was published anew: papers keep their code, those that are not asked for any more are let go."""
        self.item_version = version
        self.papers = {code: given for code, given in self.papers.items() if code in materials}
        self.tolerance = None
        self.open_again("tolerance")


async def begin(gateway: Gateway, owner: str, code: str, version: int, name: str) -> Draft:
    """A new draft for an item."""
    draft = Draft(id=uuid4(), item_code=code, item_version=version, item_name=name)
    now = time.now()
    async with gateway.database.transaction() as connection:
        count = await connection.fetchval(
            "SELECT count(*) FROM drafts WHERE owner = $1 AND submitted_at IS NULL", owner
        )
        if count >= MOST_DRAFTS:
            raise Problem(
                "too_many_drafts",
                status=409,
                zh="未提交的草稿太多，请先提交或删除一些。",
                en="There are too many drafts; send or delete some first.",
            )
        await connection.execute(
            "INSERT INTO drafts (id, owner, item_code, content, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)",
            draft.id,
            owner,
            code,
            _seal(gateway, draft),
            now,
        )
    return draft


async def load(gateway: Gateway, owner: str, draft_id: UUID) -> Draft:
    """The owner's draft; anybody else's does not exist."""
    rows = await gateway.database.fetch("SELECT * FROM drafts WHERE id = $1 AND owner = $2", draft_id, owner)
    if not rows:
        raise Problem("not_found")
    return _open(gateway, rows[0])


async def save(gateway: Gateway, owner: str, draft: Draft) -> None:
    """Keep the draft as it is now."""
    now = time.now()
    async with gateway.database.transaction() as connection:
        await connection.execute(
            "UPDATE drafts SET content = $3, updated_at = $4, submitted_at = $5 WHERE id = $1 AND owner = $2",
            draft.id,
            owner,
            _seal(gateway, draft),
            now,
            draft.sent.submitted_at if draft.sent else None,
        )


async def unsent(gateway: Gateway, owner: str) -> list[Draft]:
    """The owner's drafts that were not sent, newest first."""
    rows = await gateway.database.fetch(
        "SELECT * FROM drafts WHERE owner = $1 AND submitted_at IS NULL ORDER BY updated_at DESC LIMIT 20",
        owner,
    )
    return [_open(gateway, row) for row in rows]


async def delete(gateway: Gateway, owner: str, draft_id: UUID) -> None:
    """Throw a draft away; one that was sent stays, for its confirmation can be read again."""
    async with gateway.database.transaction() as connection:
        await connection.execute(
            "DELETE FROM drafts WHERE id = $1 AND owner = $2 AND submitted_at IS NULL", draft_id, owner
        )


def _seal(gateway: Gateway, draft: Draft) -> bytes:
    return keyring_of(gateway).encrypt(draft.model_dump_json(), context=f"drafts:{draft.id}")


def _open(gateway: Gateway, row: asyncpg.Record) -> Draft:
    content = keyring_of(gateway).decrypt_text(row["content"], context=f"drafts:{row['id']}")
    return Draft.model_validate_json(content).model_copy(update={"updated_at": row["updated_at"]})
