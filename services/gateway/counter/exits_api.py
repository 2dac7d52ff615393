"""Ways out at the counter that are no decision on the application: no licence needed, another organ competent."""

from services.gateway import client
from services.gateway.answers import Answer
from services.gateway.counter.api import WHO, room
from services.gateway.exit_forms import NOT_COMPETENT, NOT_REQUIRED, NotCompetent, NotRequired
from services.gateway.operations import Visit
from services.gateway.review_api import CONDITIONAL, tell


@room.post(
    "/cases/{case_id}/not-required",
    who=WHO,
    zh="不受理（依法不需要取得行政许可）",
    en="Tell at once that the matter needs no licence",
    body=NotRequired,
    example=NOT_REQUIRED,
    **CONDITIONAL,
)
async def declare_not_required(visit: Visit) -> Answer:
    return await tell(visit, client.DECLARE_NOT_REQUIRED, visit.body(NotRequired))


@room.post(
    "/cases/{case_id}/not-competent",
    who=WHO,
    zh="不予受理（不属本机关职权）",
    en="Decide not to accept because another organ is competent",
    body=NotCompetent,
    example=NOT_COMPETENT,
    **CONDITIONAL,
)
async def declare_not_competent(visit: Visit) -> Answer:
    return await tell(visit, client.DECLARE_NOT_COMPETENT, visit.body(NotCompetent))
