"""What the provincial platform's program can do."""

from uuid import UUID

from services.applications import contracts as c
from services.gateway import cases, feed
from services.gateway.forms import ProvinceCase
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem


def partner_of(visitor: Visitor) -> str:
    """The partner that this program speaks for: its client id."""
    kind, _, client_id = visitor.actor.id.partition(":")
    if kind != "client":
        raise Problem("forbidden")
    return client_id


async def submit(gateway: Gateway, visitor: Visitor, form: ProvinceCase, command_id: UUID) -> c.CaseReceipt:
    """Hand on an application under the partner's own number."""
    return await cases.submit(gateway, visitor, form, command_id)


async def partner_cases(gateway: Gateway, visitor: Visitor, cursor: str | None, limit: int) -> c.CasePage:
    """The partner's own cases."""
    return await cases.case_list(gateway, visitor, "partner", cursor, limit)


async def events(gateway: Gateway, visitor: Visitor, after: str | None, limit: int) -> feed.FeedPage:
    """What happened to the partner's cases after this cursor; without one, from the beginning."""
    partner = partner_of(visitor)
    scope = f"province_events\n{partner}"
    position = 0 if after is None else int(gateway.cursors.open(after, scope))
    entries, last, more = await feed.read_feed(gateway.database, partner, position, limit)
    return feed.FeedPage(events=entries, cursor=gateway.cursors.seal(str(last), scope), more=more)
