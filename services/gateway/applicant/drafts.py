"""Drafts of applications: kept on the server after every page, sealed, and swept when nobody comes back.

Two windows may fill in one draft: what each of them changed is kept, and neither undoes what the other wrote.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, Field, PrivateAttr

from services.gateway.gateway import Gateway
from services.gateway.problems import Problem
from services.gateway.sealing import keyring_of
from shared import time

MOST_DRAFTS = 50

PaperAnswer = Literal["upload", "shared", "later", "not_needed"]


class Part(BaseModel):
    """One file of a paper: the paper itself, or one of several photos of it."""

    upload_id: UUID
    file_name: str | None = None
    media_type: str | None = None
    size_bytes: int | None = None
    advice: list[str] = Field(default_factory=list)


class DraftPaper(BaseModel):
    """What was answered about one paper; several photos are joined when the page is left."""

    answer: PaperAnswer
    upload_id: UUID | None = None
    file_name: str | None = None
    media_type: str | None = None
    size_bytes: int | None = None
    parts: list[Part] = Field(default_factory=list)

    @property
    def files(self) -> list[Part]:
        """The files as they came; a draft of before knows one file only."""
        if self.parts or self.upload_id is None:
            return self.parts
        known = self.model_dump(include={"upload_id", "file_name", "media_type", "size_bytes"})
        return [Part.model_validate(known)]


class Sent(BaseModel):
    """What the submission was answered with; the code is told once, so its owner can find it here again."""

    case_id: UUID
    case_no: str
    access_code: str | None
    submitted_at: datetime
    due_on: str | None = None
    # The intake of a window that handed it in, so that the window itself is not refused as a second one.
    intake_id: UUID | None = None


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
    drawn: str | None = None
    done: list[str] = Field(default_factory=list)
    updated_at: datetime | None = None
    sent: Sent | None = None
    _as_read: dict[str, Any] | None = PrivateAttr(default=None)

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

    def remember(self) -> "Draft":
        """From here on is told apart what this window changes."""
        self._as_read = self.model_dump(mode="json")
        return self

    def joined_with(self, stored: "Draft") -> "Draft":
        """This window's changes upon what is stored by now."""
        if (before := self._as_read) is None:
            return self
        mine, theirs = self.model_dump(mode="json"), stored.model_dump(mode="json")
        joined = _changed(before, mine, theirs)
        joined["papers"] = _changed(before["papers"], mine["papers"], theirs["papers"])
        gone = set(before["done"]) - set(mine["done"])
        kept = [step for step in theirs["done"] if step not in gone]
        joined["done"] = kept + [step for step in mine["done"] if step not in {*kept, *before["done"]}]
        return Draft.model_validate(joined)


def _changed(before: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Theirs, with every field that differs in mine from what it was before; what mine let go is gone."""
    joined = {name: value for name, value in theirs.items() if name in mine or name not in before}
    return joined | {name: value for name, value in mine.items() if value != before.get(name)}


async def begin(
    gateway: Gateway, owner: str, code: str, version: int, name: str, draft_id: UUID | None = None
) -> Draft:
    """A new draft for an item; the same id again, from a second click, is the same draft."""
    draft = Draft(id=draft_id or uuid4(), item_code=code, item_version=version, item_name=name)
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
            """
            INSERT INTO drafts (id, owner, item_code, content, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (id) DO NOTHING
            """,
            draft.id,
            owner,
            code,
            _seal(gateway, draft),
            now,
        )
    return await load(gateway, owner, draft.id)


async def load(gateway: Gateway, owner: str, draft_id: UUID) -> Draft:
    """The owner's draft; anybody else's does not exist."""
    rows = await gateway.database.fetch("SELECT * FROM drafts WHERE id = $1 AND owner = $2", draft_id, owner)
    if not rows:
        raise Problem("not_found")
    return _open(gateway, rows[0])


async def save(gateway: Gateway, owner: str, draft: Draft) -> Draft:
    """Keep what this window changed; another may have changed something else meanwhile."""
    kept = await change(gateway, owner, draft.id, draft.joined_with)
    # What is kept now is what a second saving starts from: a page that files open again and its answer closes is closed.
    draft.remember()
    return kept


async def change(gateway: Gateway, owner: str, draft_id: UUID, work: Callable[[Draft], Draft]) -> Draft:
    """Change the draft as it is stored, one after the other; one that was deleted in another window is not found."""
    async with gateway.database.transaction() as connection:
        row = await connection.fetchrow(
            "SELECT * FROM drafts WHERE id = $1 AND owner = $2 FOR UPDATE", draft_id, owner
        )
        if row is None:
            raise Problem("not_found")
        changed = work(_open(gateway, row))
        await connection.execute(
            "UPDATE drafts SET content = $2, updated_at = $3, submitted_at = $4 WHERE id = $1",
            draft_id,
            _seal(gateway, changed),
            time.now(),
            changed.sent.submitted_at if changed.sent else None,
        )
        if changed.sent is not None:
            # What was put aside and never answered is of no use any more, and is not kept with what was sent.
            await connection.execute("DELETE FROM kept_answers WHERE draft_id = $1", draft_id)
    return changed


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
    draft = Draft.model_validate_json(content)
    draft.updated_at = row["updated_at"]
    return draft.remember()


class Kept(BaseModel):
    """What was typed on a page whose session had ended: to be shown again, and not an answer yet."""

    values: dict[str, str] = Field(default_factory=dict)
    paper: DraftPaper | None = None


def ticket(gateway: Gateway, owner: str, draft_id: UUID, step: str) -> str:
    """What lets a page put its answer aside after its session has ended: for this owner, draft and page alone."""
    return gateway.cursors.seal(owner, f"draft.ticket\n{draft_id}\n{step}")


def owner_of(gateway: Gateway, given: str, draft_id: UUID, step: str) -> str:
    """Whose page this ticket was made for; raises `invalid_cursor` for one that we did not make."""
    return gateway.cursors.open(given, f"draft.ticket\n{draft_id}\n{step}")


async def keep(gateway: Gateway, owner: str, draft_id: UUID, step: str, kept: Kept) -> None:
    """Put an answer aside; the last one of a page is the one that counts."""
    sealed = keyring_of(gateway).encrypt(kept.model_dump_json(), context=_kept_place(draft_id, step))
    async with gateway.database.transaction() as connection:
        await connection.execute(
            """
            INSERT INTO kept_answers (draft_id, step, content, kept_at)
            SELECT id, $3, $4, $5 FROM drafts WHERE id = $1 AND owner = $2 AND submitted_at IS NULL
            ON CONFLICT (draft_id, step) DO UPDATE SET content = $4, kept_at = $5
            """,
            draft_id,
            owner,
            step,
            sealed,
            time.now(),
        )


async def kept_answer(gateway: Gateway, draft_id: UUID, step: str) -> Kept | None:
    """What was put aside on this page of a draft that was already found to be the visitor's."""
    rows = await gateway.database.fetch(
        "SELECT content FROM kept_answers WHERE draft_id = $1 AND step = $2", draft_id, step
    )
    if not rows:
        return None
    content = keyring_of(gateway).decrypt_text(rows[0]["content"], context=_kept_place(draft_id, step))
    return Kept.model_validate_json(content)


async def let_go(gateway: Gateway, draft_id: UUID, step: str) -> None:
    """The page was answered: nothing is put aside any more."""
    async with gateway.database.transaction() as connection:
        await connection.execute("DELETE FROM kept_answers WHERE draft_id = $1 AND step = $2", draft_id, step)


def _kept_place(draft_id: UUID, step: str) -> str:
    return f"kept_answers:{draft_id}:{step}"
