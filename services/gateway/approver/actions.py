"""What an approver can do; the API and the pages of this room call the same functions."""

from uuid import UUID

from services.applications import contracts as c
from services.applications.contracts.tolerating import ConfirmSupply
from services.gateway import cases, client
from services.gateway.forms import Decision
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor


async def review_list(gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int) -> c.CasePage:
    """What awaits a decision in the approver's unit, most urgent first."""
    return await cases.case_list(gateway, visitor, "review", cursor, limit)


async def confirm_supply(
    gateway: Gateway, visitor: Visitor, case_id: UUID, expected_version: int, command_id: UUID
) -> c.CaseReceipt:
    """The papers that came late were examined and are right."""
    command = ConfirmSupply(case_id=case_id, expected_version=expected_version)
    return await gateway.services.ask(visitor, client.CONFIRM_SUPPLY, command, command_id)


async def decide(
    gateway: Gateway,
    visitor: Visitor,
    case_id: UUID,
    expected_version: int,
    form: Decision,
    command_id: UUID,
) -> c.CaseReceipt:
    """Grant or refuse; whoever alone received the case does not decide it."""
    command = c.DecideCase(
        case_id=case_id,
        expected_version=expected_version,
        result=form.result,
        reasons=form.reasons,
        ground=form.ground,
        minutes_sha256=form.minutes_sha256,
        stand_in_reason=form.stand_in_reason,
    )
    return await gateway.services.ask(visitor, client.DECIDE_CASE, command, command_id)
