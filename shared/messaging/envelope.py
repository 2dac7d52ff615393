"""The envelope of every event: CloudEvents 1.0 in structured JSON, around a contract owned by its publisher.

An event's type ends in its version and is also its routing key; the third word of the type names the publishing
service, and so the exchange.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

import rfc8785
from pydantic import BaseModel, ConfigDict, Field

from shared.identity import Actor

TYPE_PREFIX = "cn.tongban."
# Neither a NUL character nor a number of more than eight bytes fits a table.
NO_NUL = r"^[^\x00]*$"
CONTENT_TYPE = "application/cloudevents+json"


class Event(BaseModel):
    """Base of every event contract: facts about something that happened, and no personal data.

    Fields may be added with a default; anything else is a new class with the next version in its type.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    event_type: ClassVar[str]

    @classmethod
    def publisher(cls) -> str:
        """The service that publishes this event, e.g. `applications`."""
        return publisher_of(cls.event_type)


class Envelope(BaseModel):
    """A CloudEvent; `subject` and `sequence` give the order of events about one thing (a case, an item)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str = Field(pattern=NO_NUL)
    subject: str = Field(pattern=NO_NUL)
    sequence: int = Field(ge=0, lt=2**63)
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    actor: str
    actorrole: str
    payloadsha256: str
    traceparent: str | None = None
    data: dict[str, Any]


def publisher_of(event_type: str) -> str:
    """The service named in an event type: `cn.tongban.applications.case_accepted.v1` gives `applications`."""
    return event_type.split(".")[2]


def exchange_of(service: str) -> str:
    """The topic exchange to which one service's events go."""
    return f"{service}.events"


def sha256_of_json(payload: Mapping[str, Any]) -> str:
    """Hex SHA-256 of the payload in canonical JSON (RFC 8785): the same facts give the same digest everywhere."""
    return hashlib.sha256(rfc8785.dumps(dict(payload))).hexdigest()


def envelope(
    event: Event,
    *,
    source: str,
    event_id: UUID,
    subject: str,
    sequence: int,
    recorded_at: datetime,
    actor: Actor,
    payload: Mapping[str, Any] | None = None,
    traceparent: str | None = None,
) -> Envelope:
    """Wrap a contract for sending.

    `payload` is what was recorded inside the service when that is more than the contract tells; its digest travels
    with the event, so that the audit log also seals what is not published.
    """
    data = event.model_dump(mode="json")
    return Envelope(
        id=event_id,
        source=source,
        type=event.event_type,
        subject=subject,
        sequence=sequence,
        time=recorded_at,
        actor=actor.id,
        actorrole=",".join(sorted(role.value for role in actor.roles)),
        payloadsha256=sha256_of_json(payload if payload is not None else data),
        traceparent=traceparent,
        data=data,
    )
