"""The operator's and the auditor's part of the API."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.audit import contracts as a
from services.gateway import client, examples
from services.gateway.answers import Answer
from services.gateway.bundle_api import add_process_record
from services.gateway.forms import Form
from services.gateway.operations import PageQuery, Room, Visit, only
from services.gateway.operator import actions, board, settling
from services.gateway.problems import Problem
from services.notifications import contracts as n
from shared.identity import Role
from shared.messaging import operating

WHO = only(Role.OPERATOR)
room = Room("operator", "/operator", "运行维护", "Operators")


class Resend(Form):
    """By which channel to try again."""

    channel: n.Channel = n.Channel.EMAIL


class LettersQuery(BaseModel):
    """From which dead letter on, and how many."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: int = Field(default=0, ge=0, le=2**53 - 1, description="从此编号之后 after this id")
    limit: int = Field(default=50, ge=1, le=200, description="条数 how many")


class Discarding(Form):
    """Why a dead letter is put away."""

    reason: operating.DiscardReason


class SearchQuery(PageQuery):
    """What is known of the entries that are looked for; times are those of the sealing."""

    subject: str | None = Field(default=None, min_length=1, max_length=200, description="对象 the subject")
    actor: str | None = Field(default=None, min_length=1, max_length=200, description="操作者 the actor")
    type: str | None = Field(
        default=None, min_length=1, max_length=200, description="事件类型 the event type"
    )
    since: datetime | None = Field(default=None, description="自何时 from when on")
    until: datetime | None = Field(default=None, description="至何时（不含）until when, exclusive")


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
    reply=board.ServiceBoard,
)
async def list_services(visit: Visit) -> Answer:
    return Answer(await board.service_board(visit.gateway, visit.visitor))


@room.get(
    "/dead-letters/{service}",
    who=only(Role.OPERATOR, Role.AUDITOR),
    zh="一个服务待处理的死信（内容已遮盖）",
    en="Messages that a service could not handle; their content is masked",
    query=LettersQuery,
    reply=operating.DeadLetterPage,
    problems=("not_found",),
)
async def list_dead_letters(visit: Visit) -> Answer:
    query = visit.query(LettersQuery)
    ask = operating.ListDeadLetters(after=query.after, limit=query.limit)
    return Answer(await settling.letters_of(visit.gateway, visit.visitor, visit.text("service"), ask))


@room.post(
    "/dead-letters/{service}/{letter_id}/replay",
    who=WHO,
    zh="重放一条死信",
    en="Hand a dead letter to its consumer again",
    reply=operating.Settled,
    idempotent=True,
    problems=("not_found",),
)
async def replay_dead_letter(visit: Visit) -> Answer:
    return await _settle(visit, settling.Order(service="", id=0, order="replay"))


@room.post(
    "/dead-letters/{service}/{letter_id}/discard",
    who=WHO,
    zh="搁置一条死信，并记明理由",
    en="Put a dead letter away, with the reason",
    body=Discarding,
    reply=operating.Settled,
    idempotent=True,
    problems=("not_found",),
    example={"reason": "duplicate"},
)
async def discard_dead_letter(visit: Visit) -> Answer:
    reason = visit.body(Discarding).reason
    return await _settle(visit, settling.Order(service="", id=0, order="discard", reason=reason))


async def _settle(visit: Visit, order: settling.Order) -> Answer:
    letter_id = visit.text("letter_id")
    if not settling.is_number(letter_id):
        raise Problem("not_found")
    order = order.model_copy(update={"service": visit.text("service"), "id": int(letter_id)})
    return Answer(await settling.settle(visit.gateway, visit.visitor, order, visit.command))


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
    "/audit/search",
    who=only(Role.AUDITOR, Role.OPERATOR),
    zh="检索审计账：对象、操作者、类型、时间",
    en="Search the audit log by subject, actor, type and time, newest first",
    query=SearchQuery,
    reply=a.EntryPage,
    problems=("invalid_cursor",),
)
async def search_entries(visit: Visit) -> Answer:
    query = visit.query(SearchQuery)
    wanted = query.model_dump(exclude={"cursor", "limit"}, exclude_none=True)
    request = a.SearchEntries(**wanted, cursor=visit.cursor_in(query.cursor, **wanted), limit=query.limit)
    page = await visit.gateway.services.ask(visit.visitor, client.SEARCH_ENTRIES, request)
    content = {"entries": [entry.model_dump() for entry in page.entries]}
    return visit.page(content, page.next_cursor, query.limit, **wanted)


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
