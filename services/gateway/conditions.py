"""What a request says about itself: its headers, above all Idempotency-Key and If-Match, and its cursors."""

import base64
import binascii
import hashlib
import hmac
import re
from uuid import UUID, uuid5

from starlette.types import Scope

from services.gateway.problems import Problem

# The namespace of command ids: the same principal, operation and key give the same command for ever.
_COMMANDS = UUID("5f0c1c4e-3a3b-5d0e-9c55-0f4f3f1f7a10")
_KEY = re.compile(r"[\x21-\x7e]{8,128}")
_STRONG_ETAG = re.compile(r'"([1-9][0-9]{0,9})"')
_LARGEST_VERSION = 2**31 - 1
_MAC_BYTES = 16


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers by name; one that came twice is one list (RFC 9110 §5.2), which no header that holds one thing can be."""
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def command_id_of(principal: str, operation: str, key: str) -> UUID:
    """The id of a command, from who acts, what is done and the key that the caller chose."""
    return uuid5(_COMMANDS, f"{principal}\n{operation}\n{key}")


def idempotency_key(header: str | None) -> str:
    """The caller's key; raises the problem that says what is wrong with it."""
    if header is None:
        raise Problem("idempotency_key_required")
    if not _KEY.fullmatch(header):
        raise Problem("idempotency_key_invalid")
    return header


def etag(version: int) -> str:
    """The strong entity tag of a version."""
    return f'"{version}"'


def expected_version(header: str | None) -> int:
    """The version that the caller has seen; raises 428 without, 400 for anything but one strong tag of ours."""
    if header is None:
        raise Problem("if_match_required")
    match = _STRONG_ETAG.fullmatch(header.strip())
    if match is None or int(match.group(1)) > _LARGEST_VERSION:
        raise Problem("if_match_invalid")
    return int(match.group(1))


class Cursors:
    """Makes a service's cursor opaque and binds it to one list of one visitor: any other use is refused."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, inner: str, scope: str) -> str:
        """The cursor as it is given out; `scope` names the list, its filters and whose it is."""
        content = inner.encode()
        return base64.urlsafe_b64encode(self._mac(content, scope) + content).decode().rstrip("=")

    def open(self, cursor: str, scope: str) -> str:
        """What was sealed for this list; raises `invalid_cursor` otherwise."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
            content = raw[_MAC_BYTES:]
            if hmac.compare_digest(raw[:_MAC_BYTES], self._mac(content, scope)):
                return content.decode()
        except (binascii.Error, ValueError):
            pass
        raise Problem("invalid_cursor")

    def _mac(self, content: bytes, scope: str) -> bytes:
        return hmac.new(self._key, scope.encode() + b"\0" + content, hashlib.sha256).digest()[:_MAC_BYTES]
