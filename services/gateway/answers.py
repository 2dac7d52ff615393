"""Answers of operations as HTTP: JSON with instants in +08:00, entity tags, links to the next page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from starlette.responses import Response

from services.gateway.conditions import etag
from shared.time import shanghai


def _encode(value: Any) -> Any:
    """What JSON does not know; instants are shown as a clock in China shows them."""
    if isinstance(value, datetime):
        return shanghai(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Enum):
        return value.value
    raise TypeError(type(value).__name__)


def to_json(content: Any) -> bytes:
    """A model, or plain values, as JSON."""
    if isinstance(content, BaseModel):
        content = content.model_dump()
    return json.dumps(content, ensure_ascii=False, default=_encode, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers with; the version becomes the strong entity tag."""

    content: Any = None
    status: int | None = None
    version: int | None = None
    location: str | None = None
    next_link: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, usual_status: int) -> Response:
        """The answer as a response of Starlette."""
        status = self.status or usual_status
        headers = {"cache-control": "no-store", **self.headers}
        if self.version is not None:
            headers["etag"] = etag(self.version)
        if self.location is not None:
            headers["location"] = self.location
        if self.next_link is not None:
            headers["link"] = f'<{self.next_link}>; rel="next"'
        if status == 204:
            return Response(None, 204, headers)
        return Response(to_json(self.content), status, headers, "application/json")
