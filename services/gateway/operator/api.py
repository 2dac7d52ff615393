"""The operator's and the auditor's part of the API."""

from typing import Literal

from pydantic import Field

from services.audit import contracts as a
from services.gateway import client, examples
from services.gateway.answers import Answer
from services.gateway.bundle_api import add_process_record
from services.gateway.forms import Form
from services.gateway.operations import PageQuery, Room, Visit, only
from services.gateway.operator import actions
from services.notifications import contracts as n
from shared.identity import Role

WHO = only(Role.OPERATOR)
room = Room("operator", "/operator", "运行维护", "Operators")


class Resend(Form):
    """By which channel to try again."""

    channel: n.Channel = n.Channel.EMAIL


class EntriesQuery(PageQuery):
    """Which entries of the log come first."""

    order: Literal["newest", "oldest"] = Field(default="newest", description="排列顺序 the order")


@room.get(
    "/cases/{case_id}/effects",
    who=WHO,
    zh="办件引发的全部效果及其时间",
    en="Everything that a case set in motion, with its times",
    reply=actions.EffectsView,
    problems=("not_found",),
)
async def list_effects(visit: Visit) -> Answer:
    return Answer(await actions.effects(visit.gateway, visit.visitor, visit.uuid("case_id")))


# An auditor looks at the case and not at the person: always masked.
add_process_record(room, only(Role.AUDITOR))


@room.get(
    "/services",
    who=WHO,
    zh="各服务此刻是否应答",
    en="Whether every service answers now",
    reply=actions.ServiceBoard,
)
async def list_services(visit: Visit) -> Answer:
    return Answer(await actions.service_board(visit.gateway, visit.visitor))


@room.get(
    "/undelivered",
    who=WHO,
    zh="等待人工处理的通知",
    en="Notices whose delivery waits for a person",
    query=PageQuery,
    reply=n.UndeliveredPage,
    problems=("invalid_cursor",),
)
async def list_undelivered(visit: Visit) -> Answer:
    query = visit.query(PageQuery)
    page = await actions.undelivered(visit.gateway, visit.visitor, visit.cursor_in(query.cursor), query.limit)
    content = {"deliveries": [delivery.model_dump() for delivery in page.deliveries]}
    return visit.page(content, page.next_cursor, query.limit)


@room.post(
    "/messages/{message_id}/resend",
    who=WHO,
    zh="重发通知",
    en="Try a delivery again",
    body=Resend,
    reply=n.MessageView,
    idempotent=True,
    problems=("not_found",),
    example=examples.RESEND,
)
async def resend_message(visit: Visit) -> Answer:
    return Answer(
        await actions.resend(
            visit.gateway,
            visit.visitor,
            visit.uuid("message_id"),
            visit.body(Resend).channel,
            visit.command,
        )
    )


@room.get(
    "/audit/entries",
    who=only(Role.AUDITOR, Role.OPERATOR),
    zh="审计账条目",
    en="The entries of the audit log",
    query=EntriesQuery,
    reply=a.EntryPage,
    problems=("invalid_cursor",),
)
async def list_entries(visit: Visit) -> Answer:
    query = visit.query(EntriesQuery)
    request = a.ListEntries(
        cursor=visit.cursor_in(query.cursor, order=query.order), limit=query.limit, order=query.order
    )
    page = await visit.gateway.services.ask(visit.visitor, client.LIST_ENTRIES, request)
    return _entries(visit, page, query)


@room.get(
    "/audit/subjects/{subject}/entries",
    who=only(Role.AUDITOR, Role.OPERATOR),
    zh="一个办件的审计账条目",
    en="What the audit log holds about one subject",
    query=EntriesQuery,
    reply=a.EntryPage,
    problems=("invalid_cursor",),
)
async def list_subject_entries(visit: Visit) -> Answer:
    query, subject = visit.query(EntriesQuery), visit.text("subject")
    request = a.SubjectEntries(
        subject=subject,
        cursor=visit.cursor_in(query.cursor, order=query.order),
        limit=query.limit,
        order=query.order,
    )
    page = await visit.gateway.services.ask(visit.visitor, client.SUBJECT_ENTRIES, request)
    return _entries(visit, page, query)


def _entries(visit: Visit, page: a.EntryPage, query: EntriesQuery) -> Answer:
    content = {"entries": [entry.model_dump() for entry in page.entries]}
    return visit.page(content, page.next_cursor, query.limit, order=query.order)
