"""Looks at personal data that the gateway itself gives: each is an event, and so an entry of the audit log."""

from uuid import UUID, uuid4

from services.applications import contracts as c
from services.gateway.contracts import CaseFileOpenedV1
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from shared import time
from shared.messaging import outbox
from shared.messaging.envelope import envelope


async def record_opened_file(
    gateway: Gateway, visitor: Visitor, case: c.CaseView, material_code: str, upload_id: UUID
) -> None:
    """Commit the record before the file is handed out: a look that cannot be recorded does not happen."""
    at = time.now()
    opened = CaseFileOpenedV1(
        case_id=case.case_id,
        case_no=case.case_no,
        material_code=material_code,
        upload_id=upload_id,
        opened_at=at,
    )
    told = envelope(
        opened,
        source="/gateway",
        event_id=uuid4(),
        subject=str(case.case_id),
        sequence=int(at.timestamp() * 1000),
        recorded_at=at,
        actor=visitor.actor,
    )
    async with gateway.database.transaction() as connection:
        await outbox.add(connection, [told])
