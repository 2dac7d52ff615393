"""Small pictures of files, each for whoever may see the file; what has none is not found, and the page shows a sign."""

from starlette.responses import Response

from services.gateway.gateway import Gateway
from services.gateway.problems import Problem

HEADERS = {
    "cache-control": "private, no-store",
    "content-security-policy": "sandbox; default-src 'none'",
    "content-disposition": "inline",
}


async def thumbnail(gateway: Gateway, digest: str, media_type: str) -> Response:
    """The picture, drawn by ourselves: nothing of what somebody sent is ever shown as it came."""
    drawn = await gateway.uploads.thumbnail(digest, media_type)
    if drawn is None:
        raise Problem("not_found")
    return Response(drawn, 200, HEADERS, "image/jpeg")
