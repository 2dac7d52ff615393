"""A work list of the desk: read once, with the cursor sealed for its reader; a service that is away is said, not hidden."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request

from services.applications.contracts import CaseLine, CasePage
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.visits import gateway_of
from shared.errors import Refused

PER_PAGE = 50
Listing = Callable[[Gateway, Visitor, str | None, int], Awaitable[CasePage]]


@dataclass(frozen=True, slots=True)
class CaseList:
    """The lines of one page, or none at all while the service is away."""

    lines: tuple[CaseLine, ...]
    following: str | None
    away: bool = False


async def read_list(request: Request, visitor: Visitor, name: str, listing: Listing) -> CaseList:
    """The page of this list that the request asks for."""
    gateway = gateway_of(request)
    scope = f"{name}\n{visitor.actor.id}"
    cursor = request.query_params.get("cursor")
    inner = gateway.cursors.open(cursor, scope) if cursor else None
    try:
        found = await listing(gateway, visitor, inner, PER_PAGE)
    except Refused as refusal:
        if refusal.kind != "unavailable":
            raise
        return CaseList((), None, away=True)
    following = gateway.cursors.seal(found.next_cursor, scope) if found.next_cursor else None
    return CaseList(found.items, following)
