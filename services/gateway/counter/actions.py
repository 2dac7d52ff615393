"""What a counter clerk can do; the API and the pages of this room call the same functions."""

from uuid import UUID, uuid5

from services.applications import contracts as c
from services.applications.contracts.licences import IssueLicence
from services.gateway import cases, client
from services.gateway.forms import CorrectionNotice, CounterCase, CounterSupply, Delivery, TolerantAcceptance
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from shared.errors import Refused


async def submit(gateway: Gateway, visitor: Visitor, form: CounterCase, command_id: UUID) -> c.CaseReceipt:
    """Take in an application for somebody."""
    return await cases.submit(gateway, visitor, form, command_id)


async def desk(gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int) -> c.CasePage:
    """What awaits acceptance in the clerk's unit, from every channel."""
    return await cases.case_list(gateway, visitor, "desk", cursor, limit)


async def to_deliver(gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int) -> c.CasePage:
    """What is decided and not yet handed out."""
    return await cases.case_list(gateway, visitor, "delivery", cursor, limit)


async def accept(
    gateway: Gateway, visitor: Visitor, case_id: UUID, expected_version: int, command_id: UUID
) -> c.CaseReceipt:
    """Accept a complete application; the time to decide starts to run."""
    command = c.AcceptCase(case_id=case_id, expected_version=expected_version)
    return await gateway.services.ask(visitor, client.ACCEPT_CASE, command, command_id)


async def accept_tolerantly(
    gateway: Gateway,
    visitor: Visitor,
    case_id: UUID,
    expected_version: int,
    form: TolerantAcceptance,
    command_id: UUID,
) -> c.CaseReceipt:
    """Accept although tolerable papers are missing (容缺受理)."""
    command = c.AcceptTolerantly(
        case_id=case_id, expected_version=expected_version, supply_due_on=form.supply_due_on
    )
    return await gateway.services.ask(visitor, client.ACCEPT_TOLERANTLY, command, command_id)


async def request_correction(
    gateway: Gateway,
    visitor: Visitor,
    case_id: UUID,
    expected_version: int,
    form: CorrectionNotice,
    command_id: UUID,
) -> c.CaseReceipt:
    """Tell the applicant everything that is to be corrected, once (行政许可法 Art 32(4))."""
    command = c.RequestCorrection(
        case_id=case_id,
        expected_version=expected_version,
        defects=form.defects,
        correction_working_days=form.correction_working_days,
    )
    return await gateway.services.ask(visitor, client.REQUEST_CORRECTION, command, command_id)


async def supply(
    gateway: Gateway,
    visitor: Visitor,
    case_id: UUID,
    expected_version: int,
    form: CounterSupply,
    command_id: UUID,
) -> c.CaseReceipt:
    """Take in papers for an open case."""
    key = cases.CaseKey(case_id)
    return await cases.supply(gateway, visitor, key, expected_version, form, form.channel, command_id)


async def hand_over(
    gateway: Gateway,
    visitor: Visitor,
    case_id: UUID,
    expected_version: int,
    form: Delivery,
    command_id: UUID,
) -> c.CaseReceipt:
    """Make out the certificate, where the item gives one, and deliver: at the window that is one act.

    Both commands have ids that follow from this one, so that a repeated page repeats nothing.
    """
    issue = IssueLicence(case_id=case_id, expected_version=expected_version)
    try:
        made = await gateway.services.ask(visitor, client.ISSUE_LICENCE, issue, uuid5(command_id, "issue"))
    except Refused:
        # No certificate, or it is made out already; whatever else is wrong the delivery says itself.
        return await deliver(gateway, visitor, case_id, expected_version, form, command_id)
    delivering = uuid5(command_id, "deliver")
    return await deliver(gateway, visitor, case_id, made.version, form, delivering)


async def deliver(
    gateway: Gateway,
    visitor: Visitor,
    case_id: UUID,
    expected_version: int,
    form: Delivery,
    command_id: UUID,
) -> c.CaseReceipt:
    """Record that the result reached the applicant (送达回证)."""
    command = c.DeliverResult(
        case_id=case_id,
        expected_version=expected_version,
        method=form.method,
        recipient=form.recipient,
        waybill=form.waybill,
    )
    return await gateway.services.ask(visitor, client.DELIVER_RESULT, command, command_id)
