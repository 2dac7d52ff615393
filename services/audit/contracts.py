"""What the audit service publishes and answers.

A proof can be had by anyone who knows an event's id: it holds no personal data, and it is worth something only when the
person concerned can check it.  Lists of entries are for those whose office it is to look.
"""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.messaging.envelope import Event

LARGEST_SIZE = 2**53 - 1

# --- events ------------------------------------------------------------------------------------------------------


class CheckpointSignedV1(Event):
    """The log signed a checkpoint; whoever keeps `note` is a witness and will notice if anything before it changes.

    The log does not contain this event: a log that logged its own checkpoints would never come to rest.
    """

    event_type: ClassVar[str] = "cn.tongban.audit.checkpoint_signed.v1"

    origin: str
    tree_size: int
    root: str
    note: str


PUBLISHED: tuple[type[Event], ...] = (CheckpointSignedV1,)


# --- requests ----------------------------------------------------------------------------------------------------


class Request(BaseModel):
    """Base of every request: unknown fields are a fault of the caller, not something to ignore."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GetCheckpoint(Request):
    """The newest checkpoint, or the one signed for exactly this size."""

    tree_size: int | None = Field(default=None, ge=0, le=LARGEST_SIZE)


class GetProof(Request):
    """Proof that an event is in the log: under the newest checkpoint, or under the one of this size."""

    event_id: UUID
    tree_size: int | None = Field(default=None, ge=1, le=LARGEST_SIZE)


class GetConsistency(Request):
    """Proof that the log of `to_size` leaves (None: of the newest checkpoint) begins with that of `from_size`."""

    from_size: int = Field(ge=0, le=LARGEST_SIZE)
    to_size: int | None = Field(default=None, ge=0, le=LARGEST_SIZE)


class ListEntries(Request):
    """The entries of the whole log; `cursor` is what the page before gave, opaque to the caller."""

    cursor: str | None = Field(default=None, max_length=64)
    limit: int = Field(default=50, ge=1, le=500)
    order: Literal["newest", "oldest"] = "newest"


class SubjectEntries(Request):
    """The entries about one subject, e.g. a case by its id."""

    subject: str = Field(min_length=1, max_length=200)
    cursor: str | None = Field(default=None, max_length=64)
    limit: int = Field(default=50, ge=1, le=500)
    order: Literal["newest", "oldest"] = "oldest"


class SearchEntries(Request):
    """Entries by whatever is known of them, newest first; times are those of the sealing."""

    subject: str | None = Field(default=None, min_length=1, max_length=200)
    actor: str | None = Field(default=None, min_length=1, max_length=200)
    type: str | None = Field(default=None, min_length=1, max_length=200)
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = Field(default=None, max_length=64)
    limit: int = Field(default=50, ge=1, le=500)


# --- replies -----------------------------------------------------------------------------------------------------


class Reply(BaseModel):
    """Base of every reply; readers ignore what they do not know yet."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class CheckpointView(Reply):
    """A signed checkpoint: `note` is the evidence, the other fields repeat it for reading."""

    origin: str
    tree_size: int
    root: str
    note: str
    signed_at: datetime
    verifier_key: str
    """The public key as `name+keyid+base64`; a careful verifier knows it from elsewhere."""


class InclusionProof(Reply):
    """A proof file: with the log's public key, everything needed to check off-line that one event is in the log.

    `leaf` is the exact text that was hashed; `proof` are the sibling hashes in base64, from the leaf to the root.
    """

    format: Literal["tongban-audit-proof/v1"] = "tongban-audit-proof/v1"
    leaf: str
    index: int
    tree_size: int
    proof: list[str]
    checkpoint: str


class ConsistencyProof(Reply):
    """That the earlier tree is the beginning of the later one; `checkpoint` is the later one's, when one was signed."""

    from_size: int
    to_size: int
    proof: list[str]
    checkpoint: str | None = None


class EntryView(Reply):
    """One entry of the log, as it was sealed."""

    index: int
    event_id: UUID
    type: str
    source: str
    subject: str
    sequence: int
    actor: str
    role: str
    recorded_at: datetime
    payload_sha256: str
    leaf_hash: str
    sealed_at: datetime


class EntryPage(Reply):
    """One page of entries; `next_cursor` is absent on the last."""

    entries: list[EntryView]
    next_cursor: str | None = None
