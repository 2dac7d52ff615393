"""A notice: one event told to one person, frozen as it was said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

# The namespace of message ids; changing it would let a replayed event be told twice.
_MESSAGES = UUID("6f0c1ad2-5f0b-5c5e-9a5e-2f1a7b0f6a11")


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that a notice tells of, and the case it is about."""

    event_id: UUID
    event_type: str
    occurred_at: datetime
    case_id: UUID
    case_no: str
    unit: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What was said: the template with its version, the facts put into it, and the text that came out."""

    template_id: str
    template_version: int
    statutory: bool
    facts: dict[str, Any]
    title: str
    body: str
    link: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to one person; `by_email` when an e-mail is to be tried beside the in-app row."""

    cause: Cause
    person_id: UUID
    wording: Wording
    by_email: bool

    @property
    def message_id(self) -> UUID:
        """The same event told to the same person is the same message, whatever is replayed."""
        return uuid5(_MESSAGES, f"{self.cause.event_id}/{self.person_id}")
