"""What waits for the applicant: said on every page of theirs until the papers were handed in again.

People edit and forget to send; so nothing but the re-submission takes the banner away.
"""

from collections.abc import Sequence

from fastapi import Request

from services.applications.contracts import CaseLine
from services.gateway.applicant import actions
from services.gateway.identity.visitor import Visitor
from services.gateway.visits import gateway_of
from shared.errors import Refused
from shared.identity import Role

WAITS = frozenset({"CORRECTION_NOTICED", "ACCEPTED_TOLERANT"})
MOST_LOOKED_AT = 50
# These pages say it themselves, each in its own place.
_OWN_WORDS = ("/", "/my/cases")


async def waiting_for(request: Request, visitor: Visitor) -> Sequence[CaseLine]:
    """The visitor's cases whose papers are still to come; none while the service is away."""
    if not visitor.has(Role.APPLICANT) or request.url.path in _OWN_WORDS:
        return ()
    try:
        found = await actions.my_cases(gateway_of(request), visitor, None, MOST_LOOKED_AT)
    except Refused:
        return ()
    path = request.url.path
    return [line for line in found.items if line.state in WAITS and str(line.case_id) not in path]
