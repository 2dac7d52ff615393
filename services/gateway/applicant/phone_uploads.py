"""Photos from a phone into a draft that lies open on a computer: a link for one paper, without sign-in.

Whoever has the link can add photos to this paper and see those that it brought, and nothing else. It lives a quarter
of an hour, belongs to the first browser that sends something, and ends when its owner takes it back.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from services.gateway.applicant import drafts, paper_files
from services.gateway.applicant.drafts import Draft
from services.gateway.conditions import command_id_of
from services.gateway.gateway import Gateway
from services.gateway.problems import Problem
from services.gateway.sealing import keyring_of
from services.gateway.uploads import UploadView
from shared import time
from shared.blobs import check_upload
from shared.blobs_pictures import MOST_PHOTOS, PHOTOS
from shared.database import Connection

LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where its photos go, and until when."""

    token: str
    owner: str
    draft_id: UUID
    material_code: str
    expires_at: datetime
    finished: bool
    has_device: bool


async def begin(gateway: Gateway, owner: str, draft_id: UUID, code: str) -> Link:
    """A new link for this paper; one made before ends."""
    token, now = secrets.token_urlsafe(24), time.now()
    async with gateway.database.transaction() as connection:
        await _revoke(connection, draft_id, code)
        await connection.execute(
            """
            INSERT INTO phone_links (token_sha256, token, owner, draft_id, material_code, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            _digest(token),
            keyring_of(gateway).encrypt(token, context=_place(draft_id, code)),
            owner,
            draft_id,
            code,
            now,
            now + LIFETIME,
        )
    return Link(token, owner, draft_id, code, now + LIFETIME, finished=False, has_device=False)


async def current(gateway: Gateway, owner: str, draft_id: UUID, code: str) -> Link | None:
    """The link of this paper that still works, or said that its photos are all there."""
    rows = await gateway.database.fetch(
        """
        SELECT * FROM phone_links WHERE draft_id = $1 AND material_code = $2 AND owner = $3
        AND revoked_at IS NULL AND expires_at > $4 ORDER BY created_at DESC LIMIT 1
        """,
        draft_id,
        code,
        owner,
        time.now(),
    )
    if not rows:
        return None
    token = keyring_of(gateway).decrypt_text(rows[0]["token"], context=_place(draft_id, code))
    return _link(rows[0], token)


async def revoke(gateway: Gateway, draft_id: UUID, code: str) -> None:
    """The owner takes the link back."""
    async with gateway.database.transaction() as connection:
        await _revoke(connection, draft_id, code)


async def by_token(gateway: Gateway, token: str) -> Link:
    """The link that this address belongs to; raises `phone_link_ended` when it works no more."""
    rows = await gateway.database.fetch(
        "SELECT * FROM phone_links WHERE token_sha256 = $1 AND revoked_at IS NULL AND expires_at > $2",
        _digest(token),
        time.now(),
    )
    if not rows:
        raise Problem("phone_link_ended")
    return _link(rows[0], token)


async def draft_of(gateway: Gateway, link: Link) -> Draft:
    """The draft behind the link; one that was sent or deleted takes no photo any more."""
    try:
        draft = await drafts.load(gateway, link.owner, link.draft_id)
    except Problem:
        raise Problem("phone_link_ended") from None
    if draft.sent is not None:
        raise Problem("phone_link_ended")
    return draft


async def take(gateway: Gateway, link: Link, device: bytes, content: bytes, name: str | None) -> None:
    """A photo from the phone, put behind those before; the same one again is one."""
    if check_upload(content, name) not in PHOTOS:
        raise Problem("photos_only")
    await draft_of(gateway, link)
    await _belong_to(gateway, link, device)
    await _refuse_more(gateway, link)
    command = command_id_of(link.owner, f"phone.{link.token}", hashlib.sha256(content).hexdigest())
    view = await gateway.uploads.add(link.owner, content, name, command)
    await _add(gateway, link, view)


async def _refuse_more(gateway: Gateway, link: Link) -> None:
    """Before anything is stored: without an account nobody shall fill the disk with photos that go into no draft."""
    count = await gateway.database.fetch(
        "SELECT count(*) AS came FROM phone_photos WHERE token_sha256 = $1", _digest(link.token)
    )
    if count[0]["came"] >= MOST_PHOTOS:
        raise Problem("photos_only")


async def _add(gateway: Gateway, link: Link, view: UploadView) -> None:
    await _note(gateway, link, view)
    earlier = {photo.upload_id for photo in await photos(gateway, link)} - {view.upload_id}
    code = link.material_code

    def work(draft: Draft) -> Draft:
        known = {part.upload_id for part in draft.papers[code].files} if code in draft.papers else set()
        # The first photo of a link stands in the place of what was there, the others behind it.
        add = bool((earlier | {view.upload_id}) & known)
        paper_files.put_in(draft, code, [paper_files.part_of(view)], add=add)
        return draft

    try:
        await drafts.change(gateway, link.owner, link.draft_id, work)
    except Problem:
        await _forget(gateway, link, view)
        raise


async def _note(gateway: Gateway, link: Link, view: UploadView) -> None:
    async with gateway.database.transaction() as connection:
        await connection.execute(
            """
            INSERT INTO phone_photos (token_sha256, upload_id, position)
            SELECT $1, $2, count(*) FROM phone_photos WHERE token_sha256 = $1
            ON CONFLICT (token_sha256, upload_id) DO NOTHING
            """,
            _digest(link.token),
            view.upload_id,
        )


async def _forget(gateway: Gateway, link: Link, view: UploadView) -> None:
    async with gateway.database.transaction() as connection:
        await connection.execute(
            "DELETE FROM phone_photos WHERE token_sha256 = $1 AND upload_id = $2",
            _digest(link.token),
            view.upload_id,
        )


async def photos(gateway: Gateway, link: Link) -> list[UploadView]:
    """What came by this link, in order."""
    rows = await gateway.database.fetch(
        "SELECT upload_id FROM phone_photos WHERE token_sha256 = $1 ORDER BY position LIMIT $2",
        _digest(link.token),
        MOST_PHOTOS,
    )
    return [await gateway.uploads.get(link.owner, row["upload_id"]) for row in rows]


async def finish(gateway: Gateway, link: Link, device: bytes) -> None:
    """The phone says that these are all; the computer goes on by itself."""
    await _belong_to(gateway, link, device)
    async with gateway.database.transaction() as connection:
        await connection.execute(
            "UPDATE phone_links SET finished_at = coalesce(finished_at, $2) WHERE token_sha256 = $1",
            _digest(link.token),
            time.now(),
        )


async def belongs_to(gateway: Gateway, link: Link, device: bytes) -> bool:
    """Whether this browser is the one that the link belongs to, or the link is still anybody's."""
    found = await gateway.database.fetch(
        "SELECT device_sha256 FROM phone_links WHERE token_sha256 = $1", _digest(link.token)
    )
    return bool(found) and found[0]["device_sha256"] in (None, device)


async def _belong_to(gateway: Gateway, link: Link, device: bytes) -> None:
    async with gateway.database.transaction() as connection:
        bound = await connection.fetchval(
            """
            UPDATE phone_links SET device_sha256 = coalesce(device_sha256, $2)
            WHERE token_sha256 = $1 AND coalesce(device_sha256, $2) = $2 RETURNING 1
            """,
            _digest(link.token),
            device,
        )
    if bound is None:
        raise Problem("phone_link_ended")


async def _revoke(connection: Connection, draft_id: UUID, code: str) -> None:
    await connection.execute(
        """
        UPDATE phone_links SET revoked_at = $3
        WHERE draft_id = $1 AND material_code = $2 AND revoked_at IS NULL AND expires_at > $3
        """,
        draft_id,
        code,
        time.now(),
    )


def _link(row: asyncpg.Record, token: str) -> Link:
    return Link(
        token,
        row["owner"],
        row["draft_id"],
        row["material_code"],
        row["expires_at"],
        finished=row["finished_at"] is not None,
        has_device=row["device_sha256"] is not None,
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _place(draft_id: UUID, code: str) -> str:
    return f"phone_links:{draft_id}:{code}"
