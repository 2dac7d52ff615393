"""A form that may carry files, read up to a limit whatever the headers promise."""

from fastapi import Request
from starlette.datastructures import FormData
from starlette.types import Message

from services.gateway.problems import Problem
from services.gateway.visits import checked_form
from shared.blobs import MAX_BYTES

MEBIBYTE = 1024 * 1024
# One paper with its form, or several smaller ones at once.
ONE_FILE_BYTES = MAX_BYTES + MEBIBYTE
MANY_FILES_BYTES = 100 * MEBIBYTE


async def form_with_files(request: Request, limit: int = ONE_FILE_BYTES) -> FormData:
    """The form, its token checked; refused as soon as it is known to pass the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared[:20]) > limit:
        raise Problem("file_too_large")
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise Problem("file_too_large")
        return message

    return await checked_form(Request(request.scope, receive))
