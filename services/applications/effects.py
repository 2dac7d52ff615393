"""What else an event writes, in the transaction that records it: registers that outlive the case.

Whatever follows from the case alone (timers, tasks) is brought in line with the fold instead, by the store.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from services.applications import projections
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.store import bans, credit, licences, mandates
from shared.database import Connection

# The transaction, the case after the event, the event.
Effect = Callable[[Connection, Case, Any], Awaitable[None]]


async def _put_default_on_record(connection: Connection, case: Case, event: e.ToleranceExpired) -> None:
    # §5.3(7): a broken undertaking blocks tolerance for this person until it is repaired.
    await credit.record_default(connection, event.default_id, case.applicant_id, case.id, event.effective_on)


async def _put_false_commitment_on_record(connection: Connection, case: Case, event: e.PostChecked) -> None:
    # §5.4: a false commitment keeps the person from tolerance and commitments until it is repaired.
    if event.default_id is not None:
        await credit.record_default(
            connection,
            event.default_id,
            case.applicant_id,
            case.id,
            event.effective_on,
            kind="false_commitment",
        )


async def _end_reach(connection: Connection, case: Case, event: e.MandateRevoked) -> None:
    # 民法典 173: from this moment the case is none of the agent's.
    await mandates.end_reach(connection, case.id)


async def _enter_licence(connection: Connection, case: Case, event: e.LicenceIssued) -> None:
    assert case.licence is not None
    await licences.enter(connection, case.id, case.applicant_id, case.item_code, case.licence)


async def _ban_after_refusal(connection: Connection, case: Case, event: e.Decided) -> None:
    # LIC-24.
    if event.banned_until is not None:
        await _ban(connection, case, event.banned_until, "行政许可法 78")


async def _revoke(connection: Connection, case: Case, event: e.Revoked) -> None:
    # LIC-22, and LIC-25 where the licence was obtained by deceit.
    await _end_licence(connection, case, event)
    if event.banned_until is not None:
        await _ban(connection, case, event.banned_until, "行政许可法 79")


async def _ban(connection: Connection, case: Case, until: date, article: str) -> None:
    await bans.add(connection, case.id, case.applicant_id, case.item_code, until, article)
    # Every replica notices by this counter and blocks the next submission.
    await projections.count_change(connection)


async def _end_licence(connection: Connection, case: Case, event: e.CaseEvent) -> None:
    await licences.end(connection, case.id, event.effective_on, type(event).__name__)


EFFECTS: Mapping[type[e.CaseEvent], Effect] = {
    e.ToleranceExpired: _put_default_on_record,
    e.PostChecked: _put_false_commitment_on_record,
    e.Decided: _ban_after_refusal,
    e.MandateRevoked: _end_reach,
    e.LicenceIssued: _enter_licence,
    e.Revoked: _revoke,
    e.ResultRecalled: _end_licence,
    e.LicenceWithdrawn: _end_licence,
    e.LicenceCancelled: _end_licence,
    e.LicenceChanged: _end_licence,
    e.LicenceRenewed: _end_licence,
}


async def follow(connection: Connection, case: Case, event: e.CaseEvent) -> None:
    """Write what the event brings beside its own row."""
    effect = EFFECTS.get(type(event))
    if effect is not None:
        await effect(connection, case, event)
