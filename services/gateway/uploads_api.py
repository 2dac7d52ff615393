"""Uploads over the API: the file as the body itself, or as one part of a form; never more than the limit is read."""

import re
import unicodedata
from collections.abc import AsyncGenerator
from email.message import Message as Header
from urllib.parse import unquote

from python_multipart.exceptions import MultipartParseError
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from services.gateway.answers import Answer
from services.gateway.cases import File
from services.gateway.downloads import download
from services.gateway.identity.visitor import Visitor
from services.gateway.operations import SIGNED_IN, Room, Visit
from services.gateway.problems import Problem
from services.gateway.uploads import UploadView
from shared.blobs import ALLOWED_MEDIA_TYPES, MAX_BYTES

UPLOAD_MEDIA_TYPES = ("application/octet-stream", "multipart/form-data", *sorted(ALLOWED_MEDIA_TYPES))
# Boundaries and part headers around one file.
MULTIPART_OVERHEAD_BYTES = 16 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")

room = Room("uploads", "/uploads", "上传文件", "Uploads")


@room.post(
    "",
    who=SIGNED_IN,
    zh="上传一个文件；编号只对上传者有效",
    en="Upload a file; its id is worth something to its owner only",
    reply=UploadView,
    raw_body=UPLOAD_MEDIA_TYPES,
    status=201,
    idempotent=True,
    problems=("file_too_large", "file_type_refused", "file_empty"),
)
async def add(visit: Visit) -> Answer:
    content, name = await read_upload(visit)
    view = await visit.gateway.uploads.add(owner_of(visit.visitor), content, name, visit.command)
    return Answer(view, location=f"/api/v1/uploads/{view.upload_id}")


@room.get(
    "/{upload_id}",
    who=SIGNED_IN,
    zh="自己上传的文件信息",
    en="One's own upload",
    reply=UploadView,
    problems=("not_found",),
)
async def get(visit: Visit) -> Answer:
    return Answer(await visit.gateway.uploads.get(owner_of(visit.visitor), visit.uuid("upload_id")))


@room.get(
    "/{upload_id}/content",
    who=SIGNED_IN,
    zh="下载自己上传的文件",
    en="One's own upload as a download",
    raw_reply="application/octet-stream",
    problems=("not_found",),
)
async def content(visit: Visit) -> Response:
    view = await visit.gateway.uploads.get(owner_of(visit.visitor), visit.uuid("upload_id"))
    found = await visit.gateway.uploads.content(view.digest)
    return download(File(found, view.media_type, f"{view.upload_id}"))


def owner_of(visitor: Visitor) -> str:
    """To whom the visitor's uploads belong."""
    return visitor.actor.id


async def read_upload(visit: Visit) -> tuple[bytes, str | None]:
    """The file and its name; a form may hold exactly one file."""
    content_type = visit.header("content-type") or ""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        body = await visit.raw(MAX_BYTES + MULTIPART_OVERHEAD_BYTES, too_large="file_too_large")
        return await _read_form(content_type, body)
    if media_type not in UPLOAD_MEDIA_TYPES:
        raise Problem(
            "not_acceptable_media",
            zh="请以文件本身或 multipart/form-data 上传。",
            en="Send the file itself, or a multipart/form-data form with one file.",
        )
    body = await visit.raw(MAX_BYTES, too_large="file_too_large")
    return body, _name_of(visit.header("content-disposition"))


async def _read_form(content_type: str, body: bytes) -> tuple[bytes, str | None]:
    async def chunks() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    parser = MultiPartParser(
        Headers({"content-type": content_type}), chunks(), max_files=1, max_fields=5, max_part_size=1024
    )
    try:
        form = await parser.parse()
    except (MultiPartException, MultipartParseError, KeyError, ValueError, AssertionError):
        raise Problem("malformed_form") from None
    try:
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        if len(files) != 1:
            raise Problem(
                "malformed_form", zh="表单中需要恰好一个文件。", en="The form must hold exactly one file."
            )
        return await files[0].read(), _clean(files[0].filename)
    finally:
        await form.close()


def _name_of(disposition: str | None) -> str | None:
    """The file's name in a Content-Disposition header, if one was sent."""
    if not disposition:
        return None
    header = Header()
    header["content-disposition"] = disposition.replace("\r", "").replace("\n", "")
    try:
        name = header.get_filename()
    except ValueError:  # the encoding that the header names cannot read it: then there is no name
        return None
    return _clean(unquote(name)) if name else None


def _clean(name: str | None) -> str | None:
    """A name to show: without path, control or format characters, and not endless."""
    if not name:
        return None
    plain = _CONTROL.sub("_", name)
    shown = "".join(sign for sign in plain if unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))
    return shown.strip()[-120:] or None
