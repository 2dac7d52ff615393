"""What waits in a unit, seen by one person: for me by days left, for others and for whom, and what is decided."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import Request
from markupsafe import Markup

from services.applications.contracts import CaseLine
from services.applications.contracts.views import ClockView
from services.gateway.approver import actions
from services.gateway.case_list import PER_PAGE, CaseList, Listing, read_list
from services.gateway.design.drawing.ribbon import ribbon
from services.gateway.design.language import N_, Words, _, chosen
from services.gateway.design.words import ROLES
from services.gateway.identity.visitor import Visitor
from services.gateway.visits import gateway_of
from shared.errors import Refused
from shared.identity import Role
from shared.time import shanghai

_ELSEWHERE = Words(
    {"ACCEPTED_TOLERANT": N_("申请人（补交材料）"), "SPECIAL_PROCEDURE": N_("特别程序（期限暂停）")}
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The lists of one person; a service that is away is said once."""

    mine: CaseList
    others: tuple[CaseLine, ...]
    decided: tuple[CaseLine, ...]


def beside(mine: CaseList, case_id: UUID) -> tuple[CaseLine | None, CaseLine | None]:
    """The cases before and after this one among those that wait for me."""
    lines = list({line.case_id: line for line in mine.lines}.values())
    at = next((place for place, line in enumerate(lines) if line.case_id == case_id), None)
    if at is None:
        # A case that was opened otherwise: the next one is the most urgent.
        return None, lines[0] if lines else None
    return (lines[at - 1] if at else None), (lines[at + 1] if at + 1 < len(lines) else None)


async def read_mine(request: Request, visitor: Visitor) -> CaseList:
    """What waits for this person, a page at a time."""
    return await read_list(request, visitor, "page.review", actions.waiting_for_me)


async def read_waiting(request: Request, visitor: Visitor) -> Waiting:
    """All the lists, asked for at once; only one's own is paged."""
    nothing: tuple[CaseLine, ...] = ()
    mine, theirs, in_review = await asyncio.gather(
        read_mine(request, visitor),
        _first_page(request, visitor, actions.waiting_for_others),
        _first_page(request, visitor, actions.review_list),
    )
    decided = (
        await _first_page(request, visitor, actions.decided_list) if visitor.has(Role.ORGAN_HEAD) else nothing
    )
    known = {line.case_id for line in (*mine.lines, *theirs)}
    others = [*theirs, *(line for line in in_review if line.case_id not in known)]
    others.sort(key=lambda line: (line.due_on or date.max, line.case_no))
    return Waiting(mine, tuple(others), decided)


async def _first_page(request: Request, visitor: Visitor, listing: Listing) -> tuple[CaseLine, ...]:
    """The nearest of a list; where a service is away, one's own list says so."""
    try:
        return (await listing(gateway_of(request), visitor, None, PER_PAGE)).items
    except Refused as refusal:
        if refusal.kind != "unavailable":
            raise
        return ()


def whom(line: CaseLine) -> str:
    """Whom this case waits for: a post, a role with its section, the applicant, or somebody else of the unit."""
    if line.waits_for_post:
        return _("岗位：{post}", post=line.waits_for_post)
    if line.waits_for_role:
        role = ROLES.get(line.waits_for_role, line.waits_for_role)
        return f"{line.section} {role}" if line.section else role
    return _ELSEWHERE.get(line.state) or _("本单位其他人员（您收件、受理或者回避了）")


def task(line: CaseLine) -> str:
    """What is to be done: the step by its name, or the decision."""
    return chosen(line.step_zh, line.step_en) if line.step_zh else chosen(line.state_zh, line.state_en)


def line_ribbon(line: CaseLine) -> Markup:
    """The clock of a line: from the day it came in to the day it is due."""
    if line.due_on is None:
        return Markup("")
    clock = ClockView(
        name="due",
        name_zh=N_("期限"),
        name_en="Time limit",
        started_on=shanghai(line.submitted_at).date(),
        length=0,
        unit="working_day",
        due_on=line.due_on,
        provisional=False,
        overdue=line.overdue,
    )
    return ribbon(clock)


def alike(lines: tuple[CaseLine, ...]) -> Iterator[str]:
    """The items of which more than one decision waits: these can be decided together."""
    codes = [line.item_code for line in lines if line.step in (None, "decision")]
    yield from sorted({code for code in codes if codes.count(code) > 1})
