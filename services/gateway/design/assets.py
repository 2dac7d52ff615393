"""Style sheets, scripts and their address: put together once at start, cached by browsers for good.

The address holds the digest of the content, so that a new release is a new address and nothing stale is ever shown.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from services.gateway.problems import Problem

DESIGN = Path(__file__).parent
_LAYERS = "@layer tokens, base, components, print;\n"
# In this order: what stands later may build on what stands before.
_SCRIPTS = (
    "errors.js",
    "desk.js",
    "upload.js",
    "sign.js",
    "live.js",
    "review.js",
    "aloud.js",
    "combobox.js",
    "law.js",
)

router = APIRouter()


@cache
def stylesheet() -> str:
    """Every style sheet in the order of the layers, as one file."""
    css = DESIGN / "css"
    parts = [
        css / "tokens.css",
        css / "base.css",
        *sorted((css / "components").glob("*.css")),
        css / "print.css",
    ]
    return _LAYERS + "".join(part.read_text(encoding="utf-8") for part in parts)


@cache
def script() -> str:
    """Our own scripts as one file; every page works without it."""
    return "".join((DESIGN / "js" / name).read_text(encoding="utf-8") for name in _SCRIPTS)


@cache
def htmx() -> str:
    """htmx 2.0.11 as its authors publish it (0BSD, see vendor/)."""
    return (DESIGN / "vendor" / "htmx-2.0.11.min.js").read_text(encoding="utf-8")


_FILES = {
    "style.css": (stylesheet, "text/css; charset=utf-8"),
    "tongban.js": (script, "text/javascript; charset=utf-8"),
    "htmx.js": (htmx, "text/javascript; charset=utf-8"),
}


@cache
def address(name: str) -> str:
    """Where a page finds this file."""
    content, _ = _FILES[name]
    return f"/assets/{hashlib.sha256(content().encode()).hexdigest()[:12]}/{name}"


@cache
def compressed(name: str) -> bytes:
    """The file as it travels.  Pages are not compressed: beside what a visitor typed they hold the token of their forms."""
    content, _ = _FILES[name]
    return gzip.compress(content().encode(), 9, mtime=0)


def forget() -> None:
    """Read the files again; for developers, whose files change under a running gateway."""
    for known in (stylesheet, script, htmx, address, compressed):
        known.cache_clear()


@router.get("/assets/{digest}/{name}", include_in_schema=False)
async def asset(request: Request, digest: str, name: str) -> Response:
    if name not in _FILES:
        raise Problem("not_found")
    content, media_type = _FILES[name]
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    if address(name).split("/")[2] != digest:
        # A page of the release before asks: it gets what there is, but must not keep it under the old name.
        headers = {"cache-control": "no-store"}
    headers["vary"] = "accept-encoding"
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(compressed(name), 200, headers | {"content-encoding": "gzip"}, media_type)
    return Response(content(), 200, headers, media_type)
