"""Looks at personal data that the gateway itself gives: each is an event, and so an entry of the audit log."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from services.applications import contracts as c
from services.gateway.contracts import AccountLookedUpV1, CaseFileOpenedV1, CasesFoundV1
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from shared import time
from shared.database import Connection
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


async def record_search(gateway: Gateway, visitor: Visitor, case_ids: Sequence[UUID]) -> None:
    """Commit the record before the cases are shown: whoever tries out numbers leaves a trace of each."""
    at, search_id = time.now(), uuid4()
    told = envelope(
        CasesFoundV1(case_ids=tuple(case_ids), found_at=at),
        source="/gateway",
        event_id=uuid4(),
        subject=str(search_id),
        sequence=1,
        recorded_at=at,
        actor=visitor.actor,
    )
    async with gateway.database.transaction() as connection:
        await outbox.add(connection, [told])


async def record_looked_up_account(connection: Connection, visitor: Visitor, account_id: UUID) -> None:
    """In the transaction in which the account is read: a look that cannot be recorded does not happen."""
    at, look_id = time.now(), uuid4()
    told = envelope(
        AccountLookedUpV1(account_id=account_id, purpose="intake", looked_up_at=at),
        source="/gateway",
        event_id=uuid4(),
        # A look is no change of the account, so it is a subject of its own.
        subject=str(look_id),
        sequence=1,
        recorded_at=at,
        actor=visitor.actor,
    )
    await outbox.add(connection, [told])
