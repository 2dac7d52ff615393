"""The lists of cases, each for one kind of caller."""

from services.applications import access
from services.applications.contracts import CasePage, ListCases
from services.applications.domain.errors import NotAllowed
from services.applications.domain.lanes import lanes_of
from services.applications.handlers import Doing
from services.applications.store import lists, posts
from services.applications.store.cases import Scope
from services.applications.viewing.case import line_view
from services.applications.viewing.review import task_line
from shared import time
from shared.identity import Actor, Role


async def list_cases(doing: Doing, request: ListCases) -> CasePage:
    """One page of a list; each list belongs to one kind of caller."""
    if request.view in ("waiting_for_me", "waiting_for_others") and _works_in_a_unit(doing.actor):
        return await _waiting(doing, request)
    page = await _page(doing, request)
    today = time.today()
    lines = []
    for row in page.rows:
        item = doing.office.known.item(row["item_code"], row["item_version"], today)
        name = doing.office.parties.open_name(row["id"], "applicant", row["name"])
        lines.append(line_view(row, name, (item.name, item.name_en), today))
    return CasePage(items=tuple(lines), next_cursor=page.next_cursor)


def _works_in_a_unit(actor: Actor) -> bool:
    return actor.has(*access.STAFF) and actor.unit is not None


async def _waiting(doing: Doing, request: ListCases) -> CasePage:
    """What waits in the caller's unit: for the caller, or for somebody else."""
    actor, connection, today = doing.actor, doing.connection, time.today()
    assert actor.unit is not None
    powers = await posts.powers_on(connection, actor.unit, today)
    lanes = lanes_of(access.by(actor), actor.unit, powers, today)
    if request.view == "waiting_for_me":
        page = await lists.waiting_for(connection, actor.unit, actor.id, lanes, request.cursor, request.limit)
    else:
        page = await lists.waiting_for_others(connection, actor.unit, lanes, request.cursor, request.limit)
    lines = []
    for task in page.tasks:
        row = page.lines[task["case_id"]]
        item = doing.office.known.item(row["item_code"], row["item_version"], today)
        name = doing.office.parties.open_name(row["id"], "applicant", row["name"])
        lines.append(task_line(line_view(row, name, (item.name, item.name_en), today), task, item))
    return CasePage(items=tuple(lines), next_cursor=page.next_cursor)


async def _page(doing: Doing, request: ListCases) -> lists.Page:
    actor, connection = doing.actor, doing.connection
    if request.view == "mine" and actor.has(Role.APPLICANT) and actor.person_id is not None:
        return await lists.of_person(connection, actor.person_id, time.today(), request.cursor, request.limit)
    if request.view == "partner" and actor.has(Role.PROVINCE):
        scope = Scope(partner=access.partner_of(actor))
        return await lists.of_partner(connection, scope, request.cursor, request.limit)
    if request.view in ("desk", "review", "delivery") and actor.has(*access.STAFF) and actor.unit is not None:
        return await lists.of_unit(
            connection, request.view, actor.unit, request.cursor, request.limit, request.channel
        )
    raise NotAllowed(
        "list_not_allowed",
        "您的身份没有这个办件列表。",
        "Your role has no such list of cases.",
        pointer="/view",
    )
