"""The credit of an applicant at the counter: asking every source again before a case is answered."""

from services.applications.contracts import credit as c
from services.gateway import client
from services.gateway.answers import Answer
from services.gateway.counter.api import WHO, room
from services.gateway.operations import Visit


@room.post(
    "/cases/{case_id}/credit",
    who=WHO,
    zh="重新查询申请人信用（仅限等待答复的容缺受理申请）；查询会被记录",
    en="Ask every credit source again about an applicant who asked for tolerance and waits; the look is recorded",
    reply=c.CaseCredit,
    problems=("credit_not_needed",),
)
async def ask_credit_again(visit: Visit) -> Answer:
    request = c.AskCreditAgain(case_id=visit.uuid("case_id"))
    return Answer(await visit.gateway.services.ask(visit.visitor, client.ASK_CREDIT_AGAIN, request))
