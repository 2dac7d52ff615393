"""Operations of the review that several rooms share: opinions, recusals, urging, and the lists of what waits."""

from typing import Any, Literal

from services.applications import contracts as c
from services.applications.contracts import reviewing as r
from services.gateway import cases, client, review_forms
from services.gateway.answers import Answer
from services.gateway.case_api import receipt_of
from services.gateway.client import Method
from services.gateway.operations import PageQuery, Room, Visit, Who

CONDITIONAL: dict[str, Any] = {
    "reply": c.CaseReceipt,
    "idempotent": True,
    "conditional": True,
    "tagged": True,
    "problems": ("not_found",),
}


async def tell(visit: Visit, method: Method[Any, c.CaseReceipt], form: Any) -> Answer:
    """Send the form with the case of the path and the version of the entity tag."""
    command = method.request(
        case_id=visit.uuid("case_id"), expected_version=visit.expected_version, **dict(form)
    )
    return receipt_of(await visit.gateway.services.ask(visit.visitor, method, command, visit.command))


async def waiting(visit: Visit, view: Literal["waiting_for_me", "waiting_for_others"]) -> Answer:
    """A page of a list of what waits."""
    query = visit.query(PageQuery)
    page = await cases.case_list(
        visit.gateway, visit.visitor, view, visit.cursor_in(query.cursor), query.limit
    )
    return visit.page({"items": [line.model_dump() for line in page.items]}, page.next_cursor, query.limit)


def add_urging(room: Room, who: Who) -> None:
    """Urging a case in this room."""

    @room.post(
        "/cases/{case_id}/urgings",
        who=who,
        zh="催办",
        en="Ask that the case be moved on; an applicant may do so once a day",
        body=review_forms.Urging,
        reply=c.CaseReceipt,
        idempotent=True,
        tagged=True,
        problems=("not_found",),
        example=review_forms.URGING,
    )
    async def urge_case(visit: Visit) -> Answer:
        form = visit.body(review_forms.Urging)
        command = r.UrgeCase(case_id=visit.uuid("case_id"), step=form.step)
        return receipt_of(
            await visit.gateway.services.ask(visit.visitor, client.URGE_CASE, command, visit.command)
        )


def add_recusal_requests(room: Room, who: Who) -> None:
    """Asking for a recusal in this room."""

    @room.post(
        "/cases/{case_id}/recusal-requests",
        who=who,
        zh="申请回避",
        en="Ask that somebody be taken off the case",
        body=review_forms.Statement,
        example=review_forms.STATEMENT,
        **CONDITIONAL,
    )
    async def request_recusal(visit: Visit) -> Answer:
        return await tell(visit, client.REQUEST_RECUSAL, visit.body(review_forms.Statement))


def add_review_steps(room: Room, who: Who) -> None:
    """Answering steps, withdrawing from a case, and what waits, in this room."""

    @room.get(
        "/waiting",
        who=who,
        zh="待我办理",
        en="What waits for me, the nearest date first",
        query=PageQuery,
        reply=c.CasePage,
        problems=("invalid_cursor",),
    )
    async def list_waiting_for_me(visit: Visit) -> Answer:
        return await waiting(visit, "waiting_for_me")

    @room.get(
        "/waiting-for-others",
        who=who,
        zh="待他人办理",
        en="What waits for others in my unit, the nearest date first",
        query=PageQuery,
        reply=c.CasePage,
        problems=("invalid_cursor",),
    )
    async def list_waiting_for_others(visit: Visit) -> Answer:
        return await waiting(visit, "waiting_for_others")

    @room.post(
        "/cases/{case_id}/opinions",
        who=who,
        zh="提出审查意见",
        en="Answer a step of the review",
        body=review_forms.Opinion,
        example=review_forms.OPINION,
        **CONDITIONAL,
    )
    async def give_opinion(visit: Visit) -> Answer:
        return await tell(visit, client.GIVE_OPINION, visit.body(review_forms.Opinion))

    @room.post(
        "/cases/{case_id}/recusals",
        who=who,
        zh="回避",
        en="Withdraw from a case; about others the head of the organ decides",
        body=review_forms.Recusal,
        example=review_forms.RECUSAL,
        **CONDITIONAL,
    )
    async def recuse(visit: Visit) -> Answer:
        return await tell(visit, client.RECUSE, visit.body(review_forms.Recusal))


def add_site_checks(room: Room, who: Who) -> None:
    """Recording a check on site in this room."""

    @room.post(
        "/cases/{case_id}/site-checks",
        who=who,
        zh="登记实地核查",
        en="Put on record what at least two of the staff found on site",
        body=review_forms.SiteCheck,
        example=review_forms.SITE_CHECK,
        **CONDITIONAL,
    )
    async def record_site_check(visit: Visit) -> Answer:
        return await tell(visit, client.RECORD_SITE_CHECK, visit.body(review_forms.SiteCheck))
