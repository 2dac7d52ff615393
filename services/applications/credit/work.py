"""What the staff do with credit records has this in common: a transaction, an actor, keys, and a record of the look."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.applications.contracts.credit import CreditViewedV1
from services.applications.ids import new_id
from services.applications.publishing import SOURCE
from services.applications.store import credit as rows
from shared.database import Connection
from shared.identity import Actor
from shared.messaging import outbox
from shared.messaging.envelope import Event, envelope
from shared.privacy import BlindIndex, Keyring


@dataclass(frozen=True, slots=True)
class Work:
    """The circumstances of one act."""

    connection: Connection
    actor: Actor
    people: BlindIndex
    keyring: Keyring
    traceparent: str | None = None


async def tell(
    work: Work, event: Event, subject: UUID, sequence: int, at: datetime, sealed: dict[str, Any]
) -> None:
    """Publish an event; its digest also seals what is recorded but not published."""
    told = envelope(
        event,
        source=SOURCE,
        event_id=new_id(at),
        subject=str(subject),
        sequence=sequence,
        recorded_at=at,
        actor=work.actor,
        payload=event.model_dump(mode="json") | sealed,
        traceparent=work.traceparent,
    )
    await outbox.add(work.connection, [told])


async def record_look(
    work: Work, viewed: str, purpose: str, at: datetime, *, person_id: UUID, case_id: UUID | None = None
) -> None:
    """Record that the staff asked about a person, and why, in the transaction of the answer.

    个人信息保护法 Art 51 and the platform's own rule: whoever looks says why, and the audit log has it.
    """
    look_id = new_id(at)
    digest = await keep_purpose(work, look_id, viewed, purpose, at, person_id=person_id, case_id=case_id)
    event = CreditViewedV1.model_validate(
        {
            "look_id": look_id,
            "person_id": person_id,
            "case_id": case_id,
            "unit": work.actor.unit,
            "viewed": viewed,
            "purpose_sha256": digest,
            "viewed_at": at,
        }
    )
    await tell(work, event, look_id, 1, at, {})


async def keep_purpose(
    work: Work,
    look_id: UUID,
    viewed: str,
    purpose: str,
    at: datetime,
    *,
    person_id: UUID | None = None,
    case_id: UUID | None = None,
) -> str:
    """Keep the purpose encrypted, for it is free text and may name a person; returns its digest."""
    await rows.insert_look(
        work.connection,
        look_id,
        person_id=person_id,
        case_id=case_id,
        viewed=viewed,
        actor=work.actor,
        purpose=work.keyring.encrypt(purpose, context=f"credit-look:{look_id}"),
        at=at,
    )
    return hashlib.sha256(f"{look_id}:{purpose}".encode()).hexdigest()
