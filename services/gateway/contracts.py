"""What the gateway publishes: who signed in, and what became of an account. Ids only, and no personal data."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from shared.messaging.envelope import Event


class SignedInV1(Event):
    """Somebody signed in; `session` says whether with a browser or with a program."""

    event_type: ClassVar[str] = "cn.tongban.gateway.signed_in.v1"

    account_id: UUID | None = None
    client_id: str | None = None
    session: Literal["cookie", "bearer", "client"]
    signed_in_at: datetime


class SignInFailedV1(Event):
    """A wrong password, or too many tries. `account_id` is absent when there is no such account."""

    event_type: ClassVar[str] = "cn.tongban.gateway.sign_in_failed.v1"

    account_id: UUID | None = None
    client_id: str | None = None
    reason: Literal["wrong", "throttled", "disabled"]
    failed_at: datetime


class SignedOutV1(Event):
    """A session was ended by its owner."""

    event_type: ClassVar[str] = "cn.tongban.gateway.signed_out.v1"

    account_id: UUID | None = None
    client_id: str | None = None
    signed_out_at: datetime


class AccountChangedV1(Event):
    """An account was registered, its password was changed or set anew, or a reset was asked for."""

    event_type: ClassVar[str] = "cn.tongban.gateway.account_changed.v1"

    account_id: UUID
    change: Literal["registered", "password_changed", "password_reset", "reset_requested", "seeded"]
    verification: str | None = None
    version: int
    changed_at: datetime


class CaseFileOpenedV1(Event):
    """Somebody of the staff opened a file that was handed in, which may hold anything about a person."""

    event_type: ClassVar[str] = "cn.tongban.gateway.case_file_opened.v1"

    case_id: UUID
    case_no: str
    material_code: str
    upload_id: UUID
    opened_at: datetime


class CallBackNumberSeenV1(Event):
    """Somebody of the staff looked at the number of a person who asked to be called back."""

    event_type: ClassVar[str] = "cn.tongban.gateway.call_back_number_seen.v1"

    call_back_id: UUID
    case_id: UUID | None = None
    seen_at: datetime


class CasesFoundV1(Event):
    """Somebody of the staff looked for a case by the end of a number; the number itself stands nowhere."""

    event_type: ClassVar[str] = "cn.tongban.gateway.cases_found.v1"

    case_ids: tuple[UUID, ...]
    found_at: datetime


class AccountLookedUpV1(Event):
    """A clerk scanned a certificate, and name and contact of its account were filled in; what was seen stands nowhere."""

    event_type: ClassVar[str] = "cn.tongban.gateway.account_looked_up.v1"

    account_id: UUID
    purpose: Literal["intake"]
    looked_up_at: datetime


class DeadLetterOrderedV1(Event):
    """An operator ordered what becomes of a message that could not be handled; recorded before it is carried out."""

    event_type: ClassVar[str] = "cn.tongban.gateway.dead_letter_ordered.v1"

    service: str
    dead_letter_id: int
    order: Literal["replay", "discard"]
    reason: Literal["handled_otherwise", "outdated", "duplicate", "unreadable"] | None = None
    ordered_at: datetime


PUBLISHED: tuple[type[Event], ...] = (
    DeadLetterOrderedV1,
    SignedInV1,
    SignInFailedV1,
    SignedOutV1,
    AccountChangedV1,
    CaseFileOpenedV1,
    AccountLookedUpV1,
    CasesFoundV1,
    CallBackNumberSeenV1,
)
