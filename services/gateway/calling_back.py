"""Call-backs: who wants to be called, the numbers sealed, and what came of each call.

People who do not get on with a page must not have to: two taps are enough.  Each look at a number leaves a record.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from services.applications.contracts.fields import fault
from services.gateway.contracts import CallBackNumberSeenV1
from services.gateway.forms import Form
from services.gateway.gateway import Gateway
from services.gateway.identity import throttle
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.sealing import keyring_of
from shared import time
from shared.messaging import outbox
from shared.messaging.envelope import envelope
from shared.privacy import mask_mobile

MOST_SHOWN = 200
Reason = Literal["help", "rating"]
# Asking again is harmless, a script that fills the desk's list is not.
LIMIT = throttle.Limit("call_back", 10)


def _phone(text: str) -> str:
    # Whoever asks for a call may well have no mobile: a number with its area code is as good.
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"1[0-9]{10}|0[0-9]{9,11}", digits):
        raise fault(
            "phone_format",
            "电话号码：手机号应为 11 位数字；座机请带区号，例如 0558-5120000。",
            "Phone number: a mobile number has 11 digits; write a landline with its area code, as 0558-5120000.",
        )
    return digits


class CallBackNumber(Form):
    """The number to call: a mobile, or a landline with its area code."""

    phone: Annotated[str, StringConstraints(max_length=40), AfterValidator(_phone)]


class CallBack(BaseModel):
    """A request as the desk sees it: the number is masked until somebody is about to dial it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    masked: str
    reason: Reason
    case_id: UUID | None
    asked_at: datetime
    # How often somebody called and nobody answered.
    tries: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks to be called, and about what."""

    phone: str
    reason: Reason = "help"
    case_id: UUID | None = None


async def ask(gateway: Gateway, visitor: Visitor, asked: Asked, request_id: UUID) -> None:
    """Put the number on the desk's list; sent twice, or already waiting, it stands there once."""
    sealed = keyring_of(gateway).encrypt(asked.phone, context=_place(request_id))
    async with gateway.database.transaction() as connection:
        await connection.execute(
            """
            INSERT INTO call_backs (id, owner, number, number_index, reason, case_id, asked_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """,
            request_id,
            visitor.actor.id if visitor.signed_in else None,
            sealed,
            gateway.blind_index.digest("call_back", asked.phone.encode()),
            asked.reason,
            asked.case_id,
            time.now(),
        )


async def waiting(gateway: Gateway) -> list[CallBack]:
    """Who waits for a call, the longest first."""
    rows = await gateway.database.fetch(
        "SELECT * FROM call_backs WHERE reached_at IS NULL ORDER BY asked_at LIMIT $1", MOST_SHOWN
    )
    return [_shown(gateway, row) for row in rows]


async def number_of(gateway: Gateway, visitor: Visitor, request_id: UUID) -> str:
    """The number in full; a look that cannot be recorded does not happen."""
    async with gateway.database.transaction() as connection:
        row = await connection.fetchrow("SELECT * FROM call_backs WHERE id = $1", request_id)
        if row is None:
            raise Problem("not_found")
        at = time.now()
        seen = CallBackNumberSeenV1(call_back_id=request_id, case_id=row["case_id"], seen_at=at)
        told = envelope(
            seen,
            source="/gateway",
            event_id=uuid4(),
            subject=str(request_id),
            sequence=int(at.timestamp() * 1000),
            recorded_at=at,
            actor=visitor.actor,
        )
        await outbox.add(connection, [told])
    return _number(gateway, row)


async def called(gateway: Gateway, visitor: Visitor, request_id: UUID, *, reached: bool, tries: int) -> None:
    """What came of a call; the same report again counts once, for it names how many tries it saw."""
    changed = """
        UPDATE call_backs SET tries = tries + 1, answered_by = $3, reached_at = $4
        WHERE id = $1 AND tries = $2 AND reached_at IS NULL
    """
    async with gateway.database.transaction() as connection:
        await connection.execute(
            changed, request_id, tries, visitor.actor.id, time.now() if reached else None
        )


def _shown(gateway: Gateway, row: asyncpg.Record) -> CallBack:
    return CallBack(
        id=row["id"],
        masked=mask_mobile(_number(gateway, row)),
        reason=row["reason"],
        case_id=row["case_id"],
        asked_at=row["asked_at"],
        tries=row["tries"],
    )


def _number(gateway: Gateway, row: asyncpg.Record) -> str:
    return keyring_of(gateway).decrypt_text(row["number"], context=_place(row["id"]))


def _place(request_id: UUID) -> str:
    return f"call_backs:{request_id}"
