"""Files as downloads: never shown inside our own pages' origin, whatever they hold."""

from starlette.responses import Response

from services.gateway.cases import File


def download(file: File) -> Response:
    """The file as an attachment under a plain name."""
    headers = {
        "content-disposition": f'attachment; filename="{file.name}"',
        "cache-control": "private, no-store",
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return Response(file.content, 200, headers, file.media_type)
