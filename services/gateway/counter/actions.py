"""What a counter clerk can do; the API and the pages of this room call the same functions."""

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel

from services.applications import contracts as c
from services.applications.contracts import looking_up
from services.applications.contracts.licences import IssueLicence
from services.applications.contracts.rehearsing import Rehearsal, Rehearse
from services.gateway import cases, client, looks
from services.gateway.client import Method
from services.gateway.forms import CorrectionNotice, CounterCase, CounterSupply, Delivery, TolerantAcceptance
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from shared.errors import Refused


async def submit(gateway: Gateway, visitor: Visitor, form: CounterCase, command_id: UUID) -> c.CaseReceipt:
    """Take in an application for somebody."""
    return await cases.submit(gateway, visitor, form, command_id)


async def desk(
    gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int, channel: cases.Channel | None = None
) -> c.CasePage:
    """What awaits acceptance in the clerk's unit, from every channel or from one."""
    return await cases.case_list(gateway, visitor, "desk", cursor, limit, channel=channel)


async def find(gateway: Gateway, visitor: Visitor, asked: looking_up.FindCases) -> looking_up.FoundCases:
    """Whose case this is: by the end of its number or of a certificate; what was found is put on record first."""
    found = await gateway.services.ask(visitor, client.FIND_CASES, asked)
    await looks.record_search(gateway, visitor, [one.line.case_id for one in found.items])
    return found


async def day(gateway: Gateway, visitor: Visitor, on: date | None) -> looking_up.DayView:
    """What the clerk did on a day."""
    return await gateway.services.ask(visitor, client.GET_DAY, looking_up.GetDay(on=on))


async def act(
    gateway: Gateway,
    visitor: Visitor,
    method: Method[Any, c.CaseReceipt],
    command: BaseModel,
    command_id: UUID,
) -> c.CaseReceipt:
    """One of the rarer acts on a case, with what was typed for it."""
    return await gateway.services.ask(visitor, method, command, command_id)


async def to_deliver(gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int) -> c.CasePage:
    """What is decided and not yet handed out."""
    return await cases.case_list(gateway, visitor, "delivery", cursor, limit)


async def accept(
    gateway: Gateway, visitor: Visitor, case_id: UUID, expected_version: int, command_id: UUID
) -> c.CaseReceipt:
    """Accept a complete application; the time to decide starts to run."""
    command = c.AcceptCase(case_id=case_id, expected_version=expected_version)
    return await gateway.services.ask(visitor, client.ACCEPT_CASE, command, command_id)


async def rehearse_acceptance(gateway: Gateway, visitor: Visitor, case: c.CaseView) -> Rehearsal:
    """What accepting this case would give: its dates and its document; nothing is done."""
    act: dict[str, c.AcceptCase | c.AcceptTolerantly] = {
        "accept_case": c.AcceptCase(case_id=case.case_id, expected_version=case.version)
    }
    if case.check.proposed_outcome == "accept_tolerantly":
        act = {"accept_tolerantly": c.AcceptTolerantly(case_id=case.case_id, expected_version=case.version)}
    return await gateway.services.ask(visitor, client.REHEARSE, Rehearse.model_validate(act))


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
