"""Leaf v1: what the log remembers of one event, and the exact bytes that are hashed.

The bytes are the RFC 8785 (JSON Canonicalization Scheme) form of an object of strings and one integer.  For such an
object Python's own encoder, told to sort the keys and leave out spaces, writes precisely that form; a property test
compares it with a full RFC 8785 implementation.  So whoever checks a leaf needs nothing but the standard library.

A new form of leaf is a new version beside this one: bytes that were hashed once are never written differently.
"""

import json
import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from services.audit.domain.errors import LeafRefused
from services.audit.domain.merkle import leaf_hash

LARGEST_INTEGER = 2**53 - 1
"""RFC 8785 knows only numbers that a double holds exactly."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", re.ASCII)
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One event in the log, by identifiers and digests only.

    `payload_sha256` binds everything that was recorded with the event, also what is not published.
    """

    event_id: str
    type: str
    source: str
    subject: str
    sequence: int
    actor: str
    role: str
    recorded_at: str
    payload_sha256: str

    def __post_init__(self) -> None:
        for name in _TEXTS:
            _must_be_plain(name, getattr(self, name))
        if not _UUID.fullmatch(self.event_id):
            raise LeafRefused("event_id", "不是小写的标准 UUID", "is not a UUID in lower case")
        if not _is_instant(self.recorded_at):
            raise LeafRefused(
                "recorded_at", "不是带微秒的 UTC 时刻", "is not a UTC instant with microseconds"
            )
        if not _SHA256.fullmatch(self.payload_sha256):
            raise LeafRefused(
                "payload_sha256", "不是小写的 SHA-256 摘要", "is not a SHA-256 digest in lower case"
            )
        if type(self.sequence) is not int or abs(self.sequence) > LARGEST_INTEGER:
            raise LeafRefused(
                "sequence", "不是 JSON 能准确表示的整数", "is not an integer that JSON keeps exact"
            )

    @property
    def content(self) -> str:
        """The canonical JSON text; its UTF-8 bytes are what is hashed."""
        return _encode({name: getattr(self, name) for name in _FIELDS})

    @property
    def hash(self) -> bytes:
        """The leaf hash in the Merkle tree."""
        return leaf_hash(self.content.encode())


_FIELDS = tuple(field.name for field in fields(Leaf))
_TEXTS = tuple(name for name in _FIELDS if name != "sequence")
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def parse_leaf(content: str) -> Leaf:
    """The leaf written in `content`; anything but its one canonical form is refused."""
    try:
        values = json.loads(content)
    except ValueError:
        raise LeafRefused("content", "不是 JSON", "is not JSON") from None
    if not isinstance(values, dict) or values.keys() != set(_FIELDS):
        raise LeafRefused(
            "content", "不含第 1 版规定的全部字段", "does not have exactly the fields of version 1"
        )
    leaf = Leaf(**values)
    if leaf.content != content:
        raise LeafRefused("content", "不是规范格式（RFC 8785）", "is not in canonical form (RFC 8785)")
    return leaf


def instant(moment: datetime) -> str:
    """How leaf v1 writes an instant: UTC, always six digits of a second, closed by Z."""
    if moment.tzinfo is None:
        raise LeafRefused("recorded_at", "没有时区", "has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _must_be_plain(name: str, text: Any) -> None:
    """Control characters and lone surrogates have no place in an identifier, and no canonical form in a database."""
    if not isinstance(text, str):
        raise LeafRefused(name, "不是文字", "is not text")
    if _UNFIT.search(text):
        raise LeafRefused(
            name, "含有控制字符或不成对的代理字符", "has a control character or a lone surrogate"
        )


def _is_instant(text: str) -> bool:
    if not _INSTANT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
