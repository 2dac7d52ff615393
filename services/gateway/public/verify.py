"""Verifying a document by the id in its QR code: whether it was issued and still holds, and whether a file is the one.

Anybody may ask, and nobody learns a name.  Tries that find nothing slow the asker down, as with the other lookups.
"""

import hashlib
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.documents import contracts as d
from services.gateway import client, examples
from services.gateway.answers import Answer
from services.gateway.forms import Form
from services.gateway.gateway import Gateway
from services.gateway.identity.throttle import ADDRESS
from services.gateway.identity.visitor import Visitor
from services.gateway.operations import ANYBODY, Room, Visit
from shared.blobs import MAX_BYTES
from shared.errors import Refused

PATH = "/public/documents/{document_id}"
FILE_TYPES = ("application/pdf", "application/octet-stream")


class FileDigest(Form):
    """The digest of a file that somebody holds."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="文件的 SHA-256 of the file, in hex")]


async def verify(gateway: Gateway, visitor: Visitor, document_id: UUID, address: str) -> d.Verification:
    """What anybody may know of the document."""
    await gateway.throttle.count(ADDRESS, address)
    try:
        found = await gateway.services.ask(
            visitor, client.VERIFY_DOCUMENT, d.VerifyDocument(document_id=document_id)
        )
    except Refused as refusal:
        if refusal.kind == "unavailable":
            await gateway.throttle.take_back(ADDRESS, address)
        raise
    await gateway.throttle.take_back(ADDRESS, address)
    return found


async def compare(
    gateway: Gateway, visitor: Visitor, document_id: UUID, sha256: str, address: str
) -> d.Comparison:
    """Whether the file with this digest is the one that was signed; a wrong file counts as a try."""
    await gateway.throttle.count(ADDRESS, address)
    request = d.ComparePdf(document_id=document_id, sha256=sha256)
    found = await gateway.services.ask(visitor, client.COMPARE_PDF, request)
    if found.same:
        await gateway.throttle.take_back(ADDRESS, address)
    return found


def digest_of(content: bytes) -> str:
    """The digest of a file as it was handed in; the file itself goes no further."""
    return hashlib.sha256(content).hexdigest()


def add_verification(room: Room) -> None:
    """The operations of verifying."""

    @room.get(
        PATH,
        who=ANYBODY,
        zh="核验文书：是否制发、现在是否有效（不含个人信息）",
        en="Whether a document was issued and still holds; no personal data",
        reply=d.Verification,
        problems=("not_found", "too_many_attempts"),
    )
    async def verify_document(visit: Visit) -> Answer:
        return Answer(await verify(visit.gateway, visit.visitor, visit.uuid("document_id"), visit.address))

    @room.post(
        f"{PATH}/digest",
        who=ANYBODY,
        zh="比对文件：按 SHA-256",
        en="Whether a file is the one that was signed, by its SHA-256",
        body=FileDigest,
        reply=d.Comparison,
        problems=("not_found", "too_many_attempts"),
        example=examples.FILE_DIGEST,
    )
    async def compare_digest(visit: Visit) -> Answer:
        sha256 = visit.body(FileDigest).sha256
        return Answer(
            await compare(visit.gateway, visit.visitor, visit.uuid("document_id"), sha256, visit.address)
        )

    @room.post(
        f"{PATH}/file",
        who=ANYBODY,
        zh="比对文件：直接提交 PDF（只计算校验值，不保存）",
        en="Whether this PDF is the one that was signed; only its digest is taken, nothing is kept",
        raw_body=FILE_TYPES,
        reply=d.Comparison,
        problems=("not_found", "too_many_attempts", "file_too_large"),
    )
    async def compare_file(visit: Visit) -> Answer:
        document_id = visit.uuid("document_id")
        content = await visit.raw(MAX_BYTES, too_large="file_too_large")
        return Answer(
            await compare(visit.gateway, visit.visitor, document_id, digest_of(content), visit.address)
        )
