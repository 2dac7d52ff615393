"""Files that people hand in: stored encrypted, under an id that belongs to whoever uploaded them.

An id is worth something to its owner only.  A digest never gives access: knowing a document is no right to see who
handed it in.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Literal, NamedTuple, Self, cast
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.applications.contracts import SuppliedMaterial
from services.gateway.problems import Problem
from shared import time
from shared.blobs import PDF, BlobMissing, BlobStore, check_upload
from shared.blobs_pictures import MOST_PHOTOS, PHOTOS, Pictures
from shared.database import Connection, Database
from shared.errors import FieldError
from shared.messaging.commands import Command, CommandLog
from shared.privacy import BlindIndex, Keyring

MOST_REMEMBERED = 10_000
Advice = Literal["dark", "blurred", "small"]


class UploadView(BaseModel):
    """A stored file; its id goes into the materials of a case."""

    model_config = ConfigDict(frozen=True)

    upload_id: UUID
    media_type: str
    size_bytes: int
    digest: str
    file_name: str | None = None
    created_at: datetime
    # What a reader may mind in a photo; a reason to look again, never to refuse.
    advice: tuple[Advice, ...] = ()


class StoredFile(NamedTuple):
    """What a material says of its file."""

    digest: str
    media_type: str
    size_bytes: int


class Paper(BaseModel):
    """One paper as a visitor hands it in: a file by its upload id, a paper shown at the counter, or one to be shared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[0-9A-Za-z][0-9A-Za-z_.-]{0,49}$")]
    form: Literal["electronic", "paper", "shared"] = "electronic"
    upload_id: UUID | None = None

    @model_validator(mode="after")
    def _a_file_belongs_to_an_electronic_paper(self) -> Self:
        if self.form == "electronic" and self.upload_id is None:
            raise PydanticCustomError(
                "upload_missing",
                "{en}",
                {
                    "zh": "电子材料需要先上传文件，再填写上传编号。",
                    "en": "An electronic paper needs an uploaded file; give its upload id.",
                },
            )
        return self


class Uploads:
    """The uploads of this platform."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        commands: CommandLog,
        keyring: Keyring,
        blind_index: BlindIndex,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._commands = commands
        self._keyring = keyring
        self._blind_index = blind_index
        self._pictures = Pictures()
        # Uploads never change, so what was read once stays true.
        self._known: OrderedDict[tuple[UUID, str], StoredFile] = OrderedDict()

    async def add(self, owner: str, content: bytes, file_name: str | None, command_id: UUID) -> UploadView:
        """Store a file for its owner; the same command again answers the same, another file is refused."""
        media_type = check_upload(content, file_name)
        advice: tuple[str, ...] = ()
        if media_type in PHOTOS:
            # The camera's own words (where, when, with what) are nobody's business, and never stored.
            content, advice = await self._pictures.straighten(content)
            # What came out is judged like anything that comes from outside.
            media_type = check_upload(content, file_name)
        elif media_type == PDF:
            await self._pictures.refuse_locked(content)
        digest = await self._blobs.put(content)
        view = UploadView(
            upload_id=uuid4(),
            media_type=media_type,
            size_bytes=len(content),
            digest=digest,
            file_name=file_name,
            created_at=time.now(),
            advice=cast("tuple[Advice, ...]", advice),
        )

        async def store(connection: Connection) -> UploadView:
            # A sweep may have erased these very bytes a moment ago; under the lock they are there or come again.
            await connection.execute(_HOLD, digest)
            if not await self._blobs.exists(digest):
                await self._blobs.put(content)
            await self._insert(connection, owner, view)
            return view

        request = self._blind_index.digest("command", f"{owner}\n{digest}\n{file_name}".encode())
        this = Command(command_id, "add_upload", request)
        return await self._commands.run_once(self._database, this, UploadView, store)

    async def _insert(self, connection: Connection, owner: str, view: UploadView) -> None:
        # A file's name is often a person's name, so it is sealed like one.
        name = view.file_name and self._keyring.encrypt(
            view.file_name, context=f"uploads:{view.upload_id}:name"
        )
        await connection.execute(
            """
            INSERT INTO uploads (id, owner, digest, media_type, size_bytes, file_name, created_at, advice)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            view.upload_id,
            owner,
            view.digest,
            view.media_type,
            view.size_bytes,
            name,
            view.created_at,
            list(view.advice),
        )

    async def get(self, owner: str, upload_id: UUID) -> UploadView:
        """The owner's upload; anybody else's does not exist."""
        rows = await self._database.fetch(
            "SELECT * FROM uploads WHERE id = $1 AND owner = $2", upload_id, owner
        )
        if not rows:
            raise Problem("not_found")
        row = rows[0]
        name = row["file_name"]
        return UploadView(
            upload_id=row["id"],
            media_type=row["media_type"],
            size_bytes=row["size_bytes"],
            digest=row["digest"],
            file_name=name and self._keyring.decrypt_text(name, context=f"uploads:{upload_id}:name"),
            created_at=row["created_at"],
            advice=tuple(row["advice"]),
        )

    async def combine(
        self, owner: str, upload_ids: Sequence[UUID], file_name: str | None, command_id: UUID
    ) -> UploadView:
        """Several photos of the owner as one paper: a PDF with a page each."""
        views = [await self.get(owner, upload_id) for upload_id in upload_ids]
        if len(views) > MOST_PHOTOS or any(view.media_type not in PHOTOS for view in views):
            raise Problem("photos_only")
        photos = [await self.content(view.digest) for view in views]
        joined = await self.add(owner, await self._pictures.combine(photos), file_name, command_id)
        said = dict.fromkeys(word for view in views for word in view.advice)
        return joined.model_copy(update={"advice": tuple(said)})

    async def thumbnail(self, digest: str, media_type: str) -> bytes | None:
        """A small picture of a file, for whoever was already found to have a right to it; made once and kept sealed."""
        if media_type not in (PDF, *PHOTOS):
            return None
        if (known := await self._blobs.get_thumbnail(digest)) is not None:
            # What cannot be drawn is remembered as nothing, so that it is not tried again at every look.
            return known or None
        drawn = await self._pictures.thumbnail(await self.content(digest), media_type)
        await self._blobs.put_thumbnail(digest, drawn or b"")
        return drawn

    async def content(self, digest: str) -> bytes:
        """The file itself, for whoever was already found to have a right to it."""
        try:
            return await self._blobs.get(digest)
        except BlobMissing:
            raise Problem("not_found") from None

    async def sweep(self, before: datetime) -> None:
        """Erase the files from before this moment that went into no application and wait in no draft of their owner."""
        loose = await self._database.fetch(_LOOSE, before)
        for row in loose:
            async with self._database.transaction() as connection:
                await self._erase(connection, row["id"], row["digest"])
            self._known.pop((row["id"], row["owner"]), None)

    async def _erase(self, connection: Connection, upload_id: UUID, digest: str) -> None:
        await connection.execute(_HOLD, digest)
        erased = await connection.fetchval(
            "DELETE FROM uploads WHERE id = $1 AND attached_at IS NULL RETURNING id", upload_id
        )
        # The same bytes may have come from somebody else too, under an id of their own.
        others = await connection.fetchval("SELECT count(*) FROM uploads WHERE digest = $1", digest)
        if erased is not None and others == 0:
            await self._blobs.delete(digest)

    async def hand_in(self, owners: Sequence[str], papers: Sequence[Paper]) -> tuple[SuppliedMaterial, ...]:
        """The same as `attach`, for papers that go into a case: their files are kept as long as the case is."""
        materials = await self.attach(owners, papers)
        ids = [paper.upload_id for paper in papers if paper.upload_id is not None]
        if ids:
            async with self._database.transaction() as connection:
                kept = await connection.fetch(
                    "UPDATE uploads SET attached_at = coalesce(attached_at, $2) WHERE id = ANY($1) RETURNING id",
                    ids,
                    time.now(),
                )
            _refuse_unknown(papers, {row["id"] for row in kept})
        return materials

    async def attach(self, owners: Sequence[str], papers: Sequence[Paper]) -> tuple[SuppliedMaterial, ...]:
        """The papers with what the service needs to know of their files; a foreign upload is refused by its place."""
        files = await self._files(
            owners, [paper.upload_id for paper in papers if paper.upload_id is not None]
        )
        _refuse_unknown(papers, files.keys())
        return tuple(_material(paper, files) for paper in papers)

    async def _files(self, owners: Sequence[str], ids: Iterable[UUID]) -> dict[UUID, StoredFile]:
        wanted = set(ids)
        found: dict[UUID, StoredFile] = {}
        for identifier in wanted:
            for owner in owners:
                if (known := self._known.get((identifier, owner))) is not None:
                    found[identifier] = known
        missing = wanted - found.keys()
        if missing:
            found |= await self._read(owners, missing)
        return found

    async def _read(self, owners: Sequence[str], ids: set[UUID]) -> dict[UUID, StoredFile]:
        rows = await self._database.fetch(
            "SELECT id, owner, digest, media_type, size_bytes FROM uploads WHERE id = ANY($1) AND owner = ANY($2)",
            list(ids),
            list(owners),
        )
        found = {}
        for row in rows:
            stored = StoredFile(row["digest"], row["media_type"], row["size_bytes"])
            found[row["id"]] = self._known[row["id"], row["owner"]] = stored
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return found


_UNKNOWN = ("没有这个上传文件，或它不属于您。", "There is no such upload, or it is not yours.")


# Whoever adds or erases a file with this content waits for whoever does so too.
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_LOOSE = """
    SELECT u.id, u.owner, u.digest FROM uploads AS u WHERE u.attached_at IS NULL AND u.created_at < $1
    AND NOT EXISTS (SELECT 1 FROM drafts AS d WHERE d.owner = u.owner AND d.submitted_at IS NULL)
    ORDER BY u.created_at LIMIT 500
"""


def _refuse_unknown(papers: Sequence[Paper], known: Collection[UUID]) -> None:
    faults = [
        FieldError(f"/materials/{number}/upload_id", "upload_unknown", *_UNKNOWN)
        for number, paper in enumerate(papers)
        if paper.upload_id is not None and paper.upload_id not in known
    ]
    if faults:
        raise Problem("upload_unknown", status=422, zh=_UNKNOWN[0], en=_UNKNOWN[1], errors=faults)


def _material(paper: Paper, files: dict[UUID, StoredFile]) -> SuppliedMaterial:
    if paper.upload_id is None:
        return SuppliedMaterial(code=paper.code, form=paper.form)
    stored = files[paper.upload_id]
    return SuppliedMaterial(
        code=paper.code,
        form=paper.form,
        upload_id=paper.upload_id,
        digest=stored.digest,
        media_type=stored.media_type,
        size_bytes=stored.size_bytes,
    )
