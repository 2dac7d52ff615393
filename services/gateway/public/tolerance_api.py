"""The public list for tolerant acceptance (容缺受理事项清单): which items, which papers, by when."""

from services.catalogue import contracts as k
from services.gateway import client
from services.gateway.answers import Answer
from services.gateway.operations import ANYBODY, Visit
from services.gateway.public.api import room


@room.get(
    "/catalogue/tolerance-list",
    who=ANYBODY,
    zh="容缺受理事项清单：可容缺的材料和规则",
    en="The public list for tolerant acceptance: items, papers that may follow later, and the rules",
    reply=k.ToleranceList,
)
async def get_tolerance_list(visit: Visit) -> Answer:
    request = k.GetToleranceList()
    return Answer(await visit.gateway.services.ask(visit.visitor, client.GET_TOLERANCE_LIST, request))
