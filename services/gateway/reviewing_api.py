"""Operations of the review that several rooms share: opinions, recusals, urging, and the lists of what waits."""

from typing import Literal

from services.applications import contracts as c
from services.applications.contracts import reviewing as r
from services.gateway import cases, client, reviewing_forms
from services.gateway.answers import Answer
from services.gateway.case_api import receipt_of
from services.gateway.case_commands import add_command
from services.gateway.operations import PageQuery, Room, Visit, Who


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
        body=reviewing_forms.Urging,
        reply=c.CaseReceipt,
        idempotent=True,
        tagged=True,
        problems=("not_found",),
        example=reviewing_forms.URGING,
    )
    async def urge_case(visit: Visit) -> Answer:
        form = visit.body(reviewing_forms.Urging)
        command = r.UrgeCase(case_id=visit.uuid("case_id"), step=form.step)
        return receipt_of(
            await visit.gateway.services.ask(visit.visitor, client.URGE_CASE, command, visit.command)
        )


def add_recusal_requests(room: Room, who: Who) -> None:
    """Asking for a recusal in this room."""

    add_command(
        room,
        "/cases/{case_id}/recusal-requests",
        client.REQUEST_RECUSAL,
        who=who,
        zh="申请回避",
        en="Ask that somebody be taken off the case",
        body=reviewing_forms.Statement,
        example=reviewing_forms.STATEMENT,
    )


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

    add_command(
        room,
        "/cases/{case_id}/opinions",
        client.GIVE_OPINION,
        who=who,
        zh="提出审查意见",
        en="Answer a step of the review",
        body=reviewing_forms.Opinion,
        example=reviewing_forms.OPINION,
    )

    add_command(
        room,
        "/cases/{case_id}/recusals",
        client.RECUSE,
        who=who,
        zh="回避",
        en="Withdraw from a case; about others the head of the organ decides",
        body=reviewing_forms.Recusal,
        example=reviewing_forms.RECUSAL,
    )


def add_site_checks(room: Room, who: Who) -> None:
    """Recording a check on site in this room."""

    add_command(
        room,
        "/cases/{case_id}/site-checks",
        client.RECORD_SITE_CHECK,
        who=who,
        zh="登记实地核查",
        en="Put on record what at least two of the staff found on site",
        body=reviewing_forms.SiteCheck,
        example=reviewing_forms.SITE_CHECK,
    )
