"""What an approver can do; the API and the pages of this room call the same functions."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.applications import contracts as c
from services.applications.contracts import powers as p
from services.applications.contracts.rehearsing import Rehearsal, Rehearse
from services.applications.contracts.reviewing import BatchReceipt, DecideBatch
from services.applications.contracts.tolerating import ConfirmSupply
from services.gateway import cases, client, looks
from services.gateway.client import Method
from services.gateway.forms import Decision
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem


async def review_list(gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int) -> c.CasePage:
    """What awaits a decision in the approver's unit, most urgent first."""
    return await cases.case_list(gateway, visitor, "review", cursor, limit)


async def waiting_for_me(gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int) -> c.CasePage:
    """The tasks that this person may do, the nearest date first."""
    return await cases.case_list(gateway, visitor, "waiting_for_me", cursor, limit)


async def waiting_for_others(
    gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int
) -> c.CasePage:
    """The tasks of others in the unit, the nearest date first."""
    return await cases.case_list(gateway, visitor, "waiting_for_others", cursor, limit)


async def decided_list(gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int) -> c.CasePage:
    """What is decided and not delivered yet."""
    return await cases.case_list(gateway, visitor, "delivery", cursor, limit)


async def confirm_supply(
    gateway: Gateway, visitor: Visitor, case_id: UUID, expected_version: int, command_id: UUID
) -> c.CaseReceipt:
    """The papers that came late were examined and are right."""
    command = ConfirmSupply(case_id=case_id, expected_version=expected_version)
    return await gateway.services.ask(visitor, client.CONFIRM_SUPPLY, command, command_id)


def decision(case_id: UUID, expected_version: int, form: Decision) -> c.DecideCase:
    """The decision as the service takes it."""
    return c.DecideCase(
        case_id=case_id,
        expected_version=expected_version,
        result=form.result,
        reasons=form.reasons,
        ground=form.ground,
        minutes_sha256=form.minutes_sha256,
        stand_in_reason=form.stand_in_reason,
    )


async def decide(
    gateway: Gateway,
    visitor: Visitor,
    case_id: UUID,
    expected_version: int,
    form: Decision,
    command_id: UUID,
) -> c.CaseReceipt:
    """Grant or refuse; whoever alone received the case does not decide it."""
    command = decision(case_id, expected_version, form)
    return await gateway.services.ask(visitor, client.DECIDE_CASE, command, command_id)


async def rehearse(gateway: Gateway, visitor: Visitor, name: str, command: BaseModel) -> Rehearsal:
    """What this act would give: the state, the dates, the documents word for word; nothing is done."""
    return await gateway.services.ask(
        visitor, client.REHEARSE, Rehearse.model_validate({name: command.model_dump()})
    )


async def decide_batch(
    gateway: Gateway, visitor: Visitor, batch: DecideBatch, command_id: UUID
) -> BatchReceipt:
    """The same decision for identical cases, each with its own document."""
    return await gateway.services.ask(visitor, client.DECIDE_BATCH, batch, command_id)


async def powers(gateway: Gateway, visitor: Visitor) -> p.PowersView:
    """The posts, delegations and absences of the unit."""
    return await gateway.services.ask(visitor, client.LIST_POWERS, p.ListPowers())


async def done_for_me(gateway: Gateway, visitor: Visitor) -> p.DoneForMeList:
    """What others did in this person's place."""
    return await gateway.services.ask(visitor, client.LIST_DONE_FOR_ME, p.ListDoneForMe())


async def put_on_record(
    gateway: Gateway,
    visitor: Visitor,
    method: Method[Any, p.PowerReceipt],
    command: BaseModel,
    command_id: UUID,
) -> p.PowerReceipt:
    """Put a post, a delegation or an absence on record."""
    return await gateway.services.ask(visitor, method, command, command_id)


async def paper(gateway: Gateway, visitor: Visitor, case_id: UUID, upload_id: UUID) -> c.MaterialView:
    """A paper whose small picture is looked at; the look is recorded like one at the file itself."""
    case = await cases.view(gateway, visitor, cases.CaseKey(case_id))
    for material in case.check.materials:
        if material.upload_id == upload_id and material.digest is not None:
            await looks.record_opened_file(gateway, visitor, case, material.code, upload_id)
            return material
    raise Problem("not_found")
