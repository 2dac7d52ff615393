"""What service and press say to each other: JSON with a length before it, and a PDF after it when there is one."""

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Protocol

from services.documents.domain.form import Line, Paper

LENGTH = struct.Struct(">II")
MOST_BYTES = 64 * 1024 * 1024


class Readable(Protocol):
    """A stream of bytes that is read to the end of each message."""

    def read(self, size: int, /) -> bytes: ...


def pack(head: Mapping[str, Any], body: bytes = b"") -> bytes:
    """One message as bytes."""
    text = json.dumps(head, ensure_ascii=False).encode()
    return LENGTH.pack(len(text), len(body)) + text + body


def lengths(header: bytes) -> tuple[int, int]:
    """How long head and body of the message are."""
    head, body = LENGTH.unpack(header)
    if head + body > MOST_BYTES:
        raise ValueError("the message is longer than any document")
    return head, body


def read(stream: Readable) -> tuple[dict[str, Any], bytes] | None:
    """The next message, or None when the other side has closed."""
    header = stream.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return None
    head, body = lengths(header)
    return json.loads(stream.read(head)), stream.read(body)


def of_paper(paper: Paper) -> dict[str, Any]:
    """A paper as JSON."""
    return asdict(paper)


def to_paper(head: Mapping[str, Any]) -> Paper:
    """A paper from JSON."""
    return Paper(**{**head, "lines": tuple(Line(**line) for line in head["lines"])})
