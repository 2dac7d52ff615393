"""The SQL of notices: what was said, and the inbox of who may read it.  Sending has its own file, `outgoing.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from services.notifications.domain.notice import Notice
from services.notifications.templates import TemplateBook
from shared.database import Connection


class TemplateChanged(Exception):
    """A template file differs from what was used before under the same version: a new version has to be written."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose notices the asker may see: one person's, one unit's, or (both absent) everybody's."""

    person_id: UUID | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What a batch of notices came to: the messages that were not there before, and those that go by mail too."""

    messages: frozenset[UUID]
    mails: int


async def add_templates(connection: Connection, book: TemplateBook, now: datetime) -> None:
    """Keep every version that this program carries; raises `TemplateChanged` when one was rewritten."""
    for template in book.versions:
        await connection.execute(
            """
            INSERT INTO templates (template_id, version, name, statutory, title, body, sha256, added_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
            """,
            template.template_id,
            template.version,
            template.name,
            template.statutory,
            template.title,
            template.body,
            template.sha256,
            now,
        )
    kept = {
        (row["template_id"], row["version"]): row["sha256"]
        for row in await connection.fetch("SELECT template_id, version, sha256 FROM templates")
    }
    changed = [
        f"{template.template_id}.v{template.version}"
        for template in book.versions
        if kept[template.template_id, template.version] != template.sha256
    ]
    if changed:
        raise TemplateChanged(f"these template versions were used with another text: {', '.join(changed)}")


async def list_templates(connection: Connection) -> list[asyncpg.Record]:
    """Every version of every template, the newest of each first."""
    rows: list[asyncpg.Record] = await connection.fetch(
        "SELECT template_id, version, name, statutory, title, body, sha256 FROM templates"
        " ORDER BY template_id, version DESC"
    )
    return rows


async def add_notices(
    connection: Connection, notices: Sequence[Notice], now: datetime, horizon: timedelta
) -> Added:
    """Write the notices that are not there yet, each with its e-mail delivery when one is to be tried."""
    new = await _insert_messages(connection, notices, now)
    by_mail = [notice.message_id for notice in notices if notice.by_email and notice.message_id in new]
    if by_mail:
        await connection.execute(
            """
            INSERT INTO deliveries (message_id, channel, state, created_at, due_at, give_up_at)
            SELECT message_id, 'email', 'queued', $2, $2, $3 FROM unnest($1::uuid[]) AS mails (message_id)
            """,
            by_mail,
            now,
            now + horizon,
        )
    return Added(new, len(by_mail))


async def _insert_messages(
    connection: Connection, notices: Sequence[Notice], now: datetime
) -> frozenset[UUID]:
    rows = await connection.fetch(
        """
        INSERT INTO messages (message_id, cause_id, cause_type, occurred_at, case_id, case_no, unit, person_id,
                              template_id, template_version, statutory, facts, title, body, link, published, created_at)
        SELECT *, $17::timestamptz FROM unnest(
            $1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::uuid[], $6::text[], $7::text[], $8::uuid[],
            $9::text[], $10::integer[], $11::boolean[], $12::jsonb[], $13::text[], $14::text[], $15::text[],
            $16::bigint[])
        ON CONFLICT DO NOTHING RETURNING message_id
        """,
        *_columns(notices),
        now,
    )
    return frozenset(row["message_id"] for row in rows)


def _columns(notices: Sequence[Notice]) -> list[list[Any]]:
    rows = [
        (
            notice.message_id,
            notice.cause.event_id,
            notice.cause.event_type,
            notice.cause.occurred_at,
            notice.cause.case_id,
            notice.cause.case_no,
            notice.cause.unit,
            notice.person_id,
            notice.wording.template_id,
            notice.wording.template_version,
            notice.wording.statutory,
            notice.wording.facts,
            notice.wording.title,
            notice.wording.body,
            notice.wording.link,
            # A statutory notice is published as served in the same transaction: that is its first event.
            int(notice.wording.statutory),
        )
        for notice in notices
    ]
    return [list(column) for column in zip(*rows, strict=True)]


_MESSAGE = """
    SELECT message_id, position, cause_id, cause_type, case_id, case_no, template_id, template_version, statutory,
           title, body, link, created_at, read_at FROM messages
"""
# The one place where a reader's reach is checked: every reading query carries it.
_WITHIN_SCOPE = "($1::uuid IS NULL OR person_id = $1) AND ($2::text IS NULL OR unit = $2)"


async def list_inbox(
    connection: Connection, person_id: UUID, *, before: int | None, limit: int, unread_only: bool
) -> list[asyncpg.Record]:
    """One person's notices, newest first; one more than `limit` tells that there is another page."""
    rows: list[asyncpg.Record] = await connection.fetch(
        f"""
        {_MESSAGE} WHERE person_id = $1 AND ($2::bigint IS NULL OR position < $2)
        {"AND read_at IS NULL" if unread_only else ""} ORDER BY position DESC LIMIT $3
        """,
        person_id,
        before,
        limit + 1,
    )
    return rows


async def list_case_messages(
    connection: Connection, scope: Scope, case_id: UUID, *, after: int, limit: int
) -> list[asyncpg.Record]:
    """The notices about a case that the scope covers, oldest first, with one more when there is another page."""
    rows: list[asyncpg.Record] = await connection.fetch(
        f"{_MESSAGE} WHERE {_WITHIN_SCOPE} AND case_id = $3 AND position > $4 ORDER BY position LIMIT $5",
        scope.person_id,
        scope.unit,
        case_id,
        after,
        limit + 1,
    )
    return rows


async def get_message(connection: Connection, scope: Scope, message_id: UUID) -> asyncpg.Record | None:
    """One notice, when the scope covers it."""
    return await connection.fetchrow(
        f"{_MESSAGE} WHERE {_WITHIN_SCOPE} AND message_id = $3", scope.person_id, scope.unit, message_id
    )


async def mark_read(connection: Connection, person_id: UUID, message_id: UUID, now: datetime) -> bool:
    """Note the first reading by the addressee; False when there is no such notice of theirs."""
    found = await connection.fetchval(
        """
        UPDATE messages SET read_at = COALESCE(read_at, $3) WHERE message_id = $1 AND person_id = $2
        RETURNING message_id
        """,
        message_id,
        person_id,
        now,
    )
    return found is not None


async def deliveries_of(
    connection: Connection, message_ids: Sequence[UUID]
) -> Mapping[UUID, list[asyncpg.Record]]:
    """The deliveries of these notices, by notice."""
    rows = await connection.fetch(
        """
        SELECT message_id, channel, state, due_at, served_at, reason FROM deliveries
        WHERE message_id = ANY($1::uuid[]) ORDER BY channel
        """,
        message_ids,
    )
    return _by_message(rows)


async def attempts_of(
    connection: Connection, message_ids: Sequence[UUID]
) -> Mapping[UUID, list[asyncpg.Record]]:
    """The attempts of these notices, by notice, first to last."""
    rows = await connection.fetch(
        """
        SELECT message_id, channel, number, started_at, finished_at, outcome, smtp_code FROM attempts
        WHERE message_id = ANY($1::uuid[]) ORDER BY number
        """,
        message_ids,
    )
    return _by_message(rows)


def _by_message(rows: Sequence[asyncpg.Record]) -> dict[UUID, list[asyncpg.Record]]:
    found: dict[UUID, list[asyncpg.Record]] = {}
    for row in rows:
        found.setdefault(row["message_id"], []).append(row)
    return found
