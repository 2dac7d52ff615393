"""Licences, mandates and channels at the counter: made out, filed, recorded for whoever stands there."""

from services.gateway import client
from services.gateway import licence_api as shared
from services.gateway.answers import Answer
from services.gateway.counter.api import WHO, room
from services.gateway.operations import Visit
from services.gateway.review_api import CONDITIONAL, tell

shared.add_issuing(room, WHO)
shared.add_hearing_the_licensee(room, WHO)
shared.add_mandates(room, WHO)


@room.post(
    "/cases/{case_id}/closure",
    who=WHO,
    zh="办结归档",
    en="File a delivered case",
    body=shared.Nothing,
    example={},
    **CONDITIONAL,
)
async def close_case(visit: Visit) -> Answer:
    return await tell(visit, client.CLOSE_CASE, visit.body(shared.Nothing))
