"""What else an event writes, in the transaction that records it: registers that outlive the case.

Whatever follows from the case alone (timers, tasks) is brought in line with the fold instead, by the store.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.store import credit
from shared.database import Connection

# The transaction, the case after the event, the event.
Effect = Callable[[Connection, Case, Any], Awaitable[None]]


async def _put_default_on_record(connection: Connection, case: Case, event: e.ToleranceExpired) -> None:
    # §5.3(7): a broken undertaking blocks tolerance for this person until it is repaired.
    await credit.record_default(connection, event.default_id, case.applicant_id, case.id, event.effective_on)


EFFECTS: Mapping[type[e.CaseEvent], Effect] = {
    e.ToleranceExpired: _put_default_on_record,
}


async def follow(connection: Connection, case: Case, event: e.CaseEvent) -> None:
    """Write what the event brings beside its own row."""
    effect = EFFECTS.get(type(event))
    if effect is not None:
        await effect(connection, case, event)
