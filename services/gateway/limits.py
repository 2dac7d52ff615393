"""A form that may carry files, read up to a limit whatever the headers promise."""

from fastapi import Request
from starlette.datastructures import FormData

from services.gateway.visits import checked_form, read_form
from shared.blobs import MAX_BYTES

MEBIBYTE = 1024 * 1024
# One paper with its form, or several smaller ones at once.
ONE_FILE_BYTES = MAX_BYTES + MEBIBYTE
MANY_FILES_BYTES = 100 * MEBIBYTE


async def form_with_files(request: Request, limit: int = ONE_FILE_BYTES) -> FormData:
    """The form, its token checked; refused as soon as it is known to pass the limit."""
    return await checked_form(request, limit, too_large="file_too_large")


async def unproven_form(request: Request, limit: int = MANY_FILES_BYTES) -> FormData:
    """The same before its token is checked, for a page that keeps what was typed although its session has ended."""
    return await read_form(request, limit, too_large="file_too_large")
