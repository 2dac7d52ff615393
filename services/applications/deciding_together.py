"""One decision for several identical cases (批量决定): each in its own transaction, with its own document and number."""

from uuid import UUID, uuid5

from services.applications import access
from services.applications.contracts import CaseReceipt, DecideCase
from services.applications.contracts.reviewing import (
    BatchReceipt,
    BatchRefusal,
    BatchResult,
    CaseToDecide,
    DecideBatch,
)
from services.applications.domain.errors import DomainError
from services.applications.handlers import Doing, count, decide_case
from services.applications.office import Office
from services.applications.store import cases
from shared.database import Connection
from shared.errors import Refused
from shared.identity import Actor
from shared.messaging.commands import command as one_time


async def decide_batch(
    office: Office, actor: Actor, batch_id: UUID, request: DecideBatch, traceparent: str | None = None
) -> BatchReceipt:
    """Decide them one after the other; a case that is stale or unlike the first is refused alone, with its reason.

    The command id of each case comes from the batch's, so a repeated batch decides nothing twice; and the batch itself
    is remembered first, so that its id never stands for another batch.
    """
    await _remember(office, batch_id, request)
    alike = await _likeness(office, actor, request.cases[0].case_id)
    results = [
        await _decide_one(office, actor, batch_id, request, case, alike, traceparent)
        for case in request.cases
    ]
    decided = sum(result.receipt is not None for result in results)
    return BatchReceipt(results=tuple(results), decided=decided, refused=len(results) - decided)


async def _remember(office: Office, batch_id: UUID, request: DecideBatch) -> None:
    this = one_time(batch_id, "applications.decide_batch.opened", request)

    async def opened(_: Connection) -> BatchReceipt:
        return BatchReceipt(results=(), decided=0, refused=0)

    await office.commands.run_once(office.database, this, BatchReceipt, opened)


async def _likeness(office: Office, actor: Actor, case_id: UUID) -> tuple[str, int] | None:
    async with office.database.acquire() as connection:
        stored = await cases.load(connection, case_id, access.scope_of(actor))
    return None if stored is None else (stored.case.item_code, stored.case.item_version)


async def _decide_one(
    office: Office,
    actor: Actor,
    batch_id: UUID,
    batch: DecideBatch,
    case: CaseToDecide,
    alike: tuple[str, int] | None,
    traceparent: str | None,
) -> BatchResult:
    request = DecideCase(
        case_id=case.case_id,
        expected_version=case.expected_version,
        result=batch.result,
        reasons=batch.reasons,
    )
    this = one_time(uuid5(batch_id, str(case.case_id)), "applications.decide_batch", request)
    happened: list[Doing] = []

    async def run(connection: Connection) -> CaseReceipt:
        doing = Doing(office, connection, actor, traceparent)
        # Nothing is like a first case that the caller may not see.
        receipt = await decide_case(doing, request, alike=alike or ("", 0))
        happened.append(doing)
        return receipt

    try:
        receipt = await office.commands.run_once(office.database, this, CaseReceipt, run)
    except (DomainError, Refused) as refused:
        if refused.kind == "in_progress":
            # The same batch is on its way: to call the case refused would be wrong a moment later.
            raise
        return BatchResult(
            case_id=case.case_id,
            refusal=BatchRefusal(code=refused.code, zh=refused.zh, en=refused.en),
        )
    for doing in happened:
        count(doing.happened)
    return BatchResult(case_id=case.case_id, receipt=receipt)
