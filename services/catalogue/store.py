"""The only SQL of the catalogue. A version and the event that tells of it are written in one transaction."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import asyncpg
import rfc8785
from pydantic import BaseModel, TypeAdapter

from services.catalogue.contracts import (
    CalendarPublishedV1,
    CalendarYear,
    ItemPublishedV1,
    ItemState,
    ItemSummary,
    ItemVersion,
    ItemView,
    ItemWithdrawnV1,
    ListItems,
    Organisation,
    OrganisationPublishedV1,
    Text,
)
from services.catalogue.domain.errors import ItemNotInForce, ItemUnknown, OrganisationUnknown
from services.catalogue.domain.finding import Known
from services.catalogue.domain.publication import Published
from shared.database import Connection
from shared.identity import Actor
from shared.messaging import outbox
from shared.messaging.envelope import Event, envelope


@dataclass(frozen=True, slots=True)
class Recording:
    """Who does it and when: written beside every version and into every event."""

    actor: Actor
    at: datetime
    traceparent: str | None = None


def digest(content: BaseModel) -> str:
    """The same content gives the same digest, also after a field with a default was added to the contract."""
    plain = content.model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(rfc8785.dumps(plain)).hexdigest()


@dataclass(frozen=True, slots=True)
class Found:
    """An item that the index gives for a query, before it is ranked."""

    summary: ItemSummary
    known: Known


_KNOWN: Final = TypeAdapter(Known)
_IN_FORCE: Final = """
    SELECT v.summary, s.known, i.withdrawn_on <= $1 AS withdrawn
    FROM item_search s JOIN item_versions v USING (code, version) JOIN items i ON i.code = s.code"""
_STILL: Final = """
    s.version = (SELECT max(version) FROM item_versions WHERE code = s.code AND effective_on <= $1)
    AND ($2 OR i.withdrawn_on IS NULL OR i.withdrawn_on > $1)"""


class CatalogueStore:
    """The catalogue's tables, seen through one connection; writing needs it to be in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # -- items ----------------------------------------------------------------------------------------------

    async def last_published(self, code: str) -> Published | None:
        """Where the item stands; holds it until the end of the transaction, also when it does not exist yet."""
        await self._hold(code)
        row = await self._connection.fetchrow(
            "SELECT version, content_sha256, withdrawn_on IS NOT NULL AS withdrawn FROM items WHERE code = $1",
            code,
        )
        return None if row is None else Published(**row)

    async def add_version(
        self, item: ItemVersion, summary: ItemSummary, organ: Organisation, recording: Recording
    ) -> None:
        """Write a new version, make it the item's last one, and tell everybody."""
        content = item.content
        await self._connection.execute(
            """
            INSERT INTO item_versions (code, version, effective_on, item_type, served_objects, search_text, summary,
                                       content, content_sha256, published_at, published_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            item.code,
            item.version,
            content.effective_on,
            content.item_type.value,
            [served.value for served in content.served_objects],
            _search_text(item),
            summary.model_dump(mode="json"),
            content.model_dump(mode="json"),
            item.content_sha256,
            item.published_at,
            recording.actor.id,
        )
        sequence = await self._connection.fetchval(
            """
            INSERT INTO items (code, version, content_sha256, sequence) VALUES ($1, $2, $3, 1)
            ON CONFLICT (code) DO UPDATE SET version = excluded.version, content_sha256 = excluded.content_sha256,
                sequence = items.sequence + 1, withdrawn_on = NULL, withdrawn_reason = NULL
            RETURNING sequence
            """,
            item.code,
            item.version,
            item.content_sha256,
        )
        await self._tell(ItemPublishedV1(item=item, organ=organ), item.code, sequence, recording)

    async def withdraw(
        self, code: str, version: int, effective_on: date, reason: Text, recording: Recording
    ) -> None:
        """Record from which day nobody can apply any more, and tell everybody."""
        sequence = await self._connection.fetchval(
            """
            UPDATE items SET withdrawn_on = $2, withdrawn_reason = $3, sequence = sequence + 1
            WHERE code = $1 RETURNING sequence
            """,
            code,
            effective_on,
            reason.model_dump(mode="json"),
        )
        event = ItemWithdrawnV1(code=code, version=version, effective_on=effective_on, reason=reason)
        await self._tell(event, code, sequence, recording)

    async def item(self, code: str, version: int | None, today: date) -> ItemView:
        """One version, or the one in force today."""
        row = await self._connection.fetchrow(
            """
            SELECT v.code, v.version, v.content, v.content_sha256, v.published_at,
                   i.version AS last_version, i.withdrawn_on, i.withdrawn_reason, o.content AS organ
            FROM items i
            JOIN item_versions v ON v.code = i.code
            JOIN LATERAL (SELECT content FROM organisation_versions WHERE uscc = v.content ->> 'organ_uscc'
                          ORDER BY version DESC LIMIT 1) o ON true
            WHERE i.code = $1 AND (v.version = $2 OR ($2::integer IS NULL AND v.effective_on <= $3))
            ORDER BY v.version DESC LIMIT 1
            """,
            code,
            version,
            today,
        )
        if row is None:
            raise await self._why_not(code, version)
        return _view(row, today)

    async def _why_not(self, code: str, version: int | None) -> ItemUnknown | ItemNotInForce:
        exists = await self._connection.fetchval("SELECT true FROM items WHERE code = $1", code)
        return (
            ItemNotInForce(code)
            if exists and version is None
            else ItemUnknown(code, version if exists else None)
        )

    async def items_in_force(
        self, question: ListItems, codes: list[str] | None, after: str, today: date
    ) -> list[ItemSummary]:
        """The summaries after the given code, in the order of the codes, one more than the limit if there are."""
        rows = await self._connection.fetch(
            """
            SELECT v.summary, i.withdrawn_on <= $2 AS withdrawn
            FROM items i
            JOIN LATERAL (SELECT * FROM item_versions WHERE code = i.code AND effective_on <= $2
                          ORDER BY version DESC LIMIT 1) v ON true
            WHERE i.code > $1
              AND ($3 OR i.withdrawn_on IS NULL OR i.withdrawn_on > $2)
              AND ($4::text IS NULL OR v.item_type = $4)
              AND ($5::text IS NULL OR v.served_objects @> ARRAY[$5])
              AND ($6::text[] IS NULL OR i.code = ANY($6))
            ORDER BY i.code LIMIT $7
            """,
            after,
            today,
            question.include_withdrawn,
            question.item_type and question.item_type.value,
            question.served_object and question.served_object.value,
            codes,
            question.limit + 1,
        )
        return [
            ItemSummary.model_validate({**row["summary"], "state": _state(row["withdrawn"])}) for row in rows
        ]

    # -- searching ------------------------------------------------------------------------------------------

    async def make_findable(self, code: str, version: int, known: Known, keys: set[str], rules: int) -> None:
        """Keep what a version can be found by, in place of what was kept under older rules."""
        await self._connection.execute(
            """
            INSERT INTO item_search (code, version, rules, keys, known) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (code, version) DO UPDATE SET rules = excluded.rules, keys = excluded.keys, known = excluded.known
            """,
            code,
            version,
            rules,
            sorted(keys),
            _KNOWN.dump_python(known, mode="json"),
        )

    async def not_indexed(self, rules: int, limit: int) -> list[ItemVersion]:
        """Versions that no search finds yet, or only by older rules."""
        rows = await self._connection.fetch(
            """
            SELECT v.code, v.version, v.content, v.content_sha256, v.published_at
            FROM item_versions v LEFT JOIN item_search s USING (code, version)
            WHERE s.rules IS DISTINCT FROM $1 ORDER BY v.code, v.version LIMIT $2
            """,
            rules,
            limit,
        )
        return [ItemVersion.model_validate(dict(row)) for row in rows]

    async def found(
        self,
        keys: set[str],
        code_key: str,
        beginning: str,
        limit: int,
        today: date,
        *,
        withdrawn: bool,
    ) -> list[Found]:
        """Items in force with all of the keys or this code; those with the beginning first."""
        rows = await self._connection.fetch(
            f"""
            {_IN_FORCE} WHERE (s.keys @> $3 OR s.keys @> ARRAY[$4]) AND {_STILL}
            ORDER BY s.keys @> ARRAY[$5] DESC, s.code LIMIT $6
            """,
            today,
            withdrawn,
            sorted(keys),
            code_key,
            beginning,
            limit,
        )
        return [_found(row) for row in rows]

    async def nearly_found(self, keys: set[str], limit: int, today: date, *, withdrawn: bool) -> list[Found]:
        """Items in force with some of the keys, those with the most of them first."""
        rows = await self._connection.fetch(
            f"""
            WITH shared AS (
                SELECT s.code, s.version, count(*) AS keys
                FROM unnest($3::text[]) AS key JOIN item_search s ON s.keys @> ARRAY[key]
                GROUP BY s.code, s.version ORDER BY keys DESC, s.code LIMIT $4
            )
            {_IN_FORCE} JOIN shared ON shared.code = s.code AND shared.version = s.version
            WHERE {_STILL} ORDER BY shared.keys DESC, s.code
            """,  # noqa: S608  # both parts are constants of this module
            today,
            withdrawn,
            sorted(keys),
            limit,
        )
        return [_found(row) for row in rows]

    async def tolerant_items(self, today: date) -> list[ItemVersion]:
        """The versions in force that are on the list for tolerant acceptance, in the order of their codes."""
        rows = await self._connection.fetch(
            """
            SELECT v.code, v.version, v.content, v.content_sha256, v.published_at
            FROM items i
            JOIN LATERAL (SELECT * FROM item_versions WHERE code = i.code AND effective_on <= $1
                          ORDER BY version DESC LIMIT 1) v ON true
            WHERE (i.withdrawn_on IS NULL OR i.withdrawn_on > $1) AND v.content @> '{"tolerance": {"enabled": true}}'
            ORDER BY i.code
            """,
            today,
        )
        return [ItemVersion.model_validate(dict(row)) for row in rows]

    # -- organisations --------------------------------------------------------------------------------------

    async def organisation(self, uscc: str) -> Organisation:
        """The organisation with all names on record."""
        content = await self._connection.fetchval(
            "SELECT content FROM organisation_versions WHERE uscc = $1 ORDER BY version DESC LIMIT 1", uscc
        )
        if content is None:
            raise OrganisationUnknown(uscc)
        return Organisation.model_validate(content)

    async def last_organisation(self, uscc: str) -> Published | None:
        """Where the organisation stands; holds it until the end of the transaction."""
        await self._hold(uscc)
        row = await self._connection.fetchrow(
            "SELECT version, content_sha256 FROM organisation_versions WHERE uscc = $1 ORDER BY version DESC LIMIT 1",
            uscc,
        )
        return None if row is None else Published(**row)

    async def add_organisation(self, organisation: Organisation, version: int, recording: Recording) -> None:
        """Write a new version of the organisation's names, and tell everybody."""
        await self._connection.execute(
            """
            INSERT INTO organisation_versions (uscc, version, content, content_sha256, published_at, published_by)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            organisation.uscc,
            version,
            organisation.model_dump(mode="json"),
            digest(organisation),
            recording.at,
            recording.actor.id,
        )
        event = OrganisationPublishedV1(version=version, organisation=organisation)
        await self._tell(event, organisation.uscc, version, recording)

    # -- calendars ------------------------------------------------------------------------------------------

    async def calendars(self, year: int | None) -> tuple[CalendarYear, ...]:
        """The last version of each year, or of the one asked for."""
        rows = await self._connection.fetch(
            """
            SELECT DISTINCT ON (year) content FROM calendar_versions
            WHERE $1::integer IS NULL OR year = $1 ORDER BY year, version DESC
            """,
            year,
        )
        return tuple(CalendarYear.model_validate(row["content"]) for row in rows)

    async def last_calendar(self, year: int) -> Published | None:
        """Where the year's calendar stands; holds it until the end of the transaction."""
        await self._hold(f"calendar/{year}")
        row = await self._connection.fetchrow(
            "SELECT version, content_sha256 FROM calendar_versions WHERE year = $1 ORDER BY version DESC LIMIT 1",
            year,
        )
        return None if row is None else Published(**row)

    async def add_calendar(self, calendar: CalendarYear, recording: Recording) -> None:
        """Write a version of a year's working days, and tell everybody."""
        await self._connection.execute(
            """
            INSERT INTO calendar_versions (year, version, content, content_sha256, published_at, published_by)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            calendar.year,
            calendar.version,
            calendar.model_dump(mode="json"),
            digest(calendar),
            recording.at,
            recording.actor.id,
        )
        event = CalendarPublishedV1(calendar=calendar)
        await self._tell(event, f"calendar/{calendar.year}", calendar.version, recording)

    # -- both -----------------------------------------------------------------------------------------------

    async def _hold(self, subject: str) -> None:
        # A row lock would not hold a subject that has no row yet: two first publications must wait for each other too.
        await self._connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", subject)

    async def _tell(self, event: Event, subject: str, sequence: int, recording: Recording) -> None:
        out = envelope(
            event,
            source="/catalogue",
            event_id=uuid.uuid4(),
            subject=subject,
            sequence=sequence,
            recorded_at=recording.at,
            actor=recording.actor,
            traceparent=recording.traceparent,
        )
        await outbox.add(self._connection, [out])


def _search_text(item: ItemVersion) -> str:
    content = item.content
    words: Sequence[str] = (
        content.name.zh,
        content.name.en,
        content.codes.local,
        item.code,
        content.summary.zh,
    )
    return "\n".join(words).lower()


def _found(row: asyncpg.Record) -> Found:
    summary = ItemSummary.model_validate({**row["summary"], "state": _state(row["withdrawn"])})
    return Found(summary, _KNOWN.validate_python(row["known"]))


def _state(withdrawn: bool | None) -> ItemState:
    return ItemState.WITHDRAWN if withdrawn else ItemState.IN_USE


def _view(row: asyncpg.Record, today: date) -> ItemView:
    parts: dict[str, Any] = dict(row)
    version_fields = ("code", "version", "content", "content_sha256", "published_at")
    withdrawn_on: date | None = row["withdrawn_on"]
    return ItemView(
        item=ItemVersion.model_validate({name: parts[name] for name in version_fields}),
        organ=Organisation.model_validate(row["organ"]),
        state=_state(withdrawn_on is not None and withdrawn_on <= today),
        current_version=row["last_version"],
        withdrawn_on=withdrawn_on,
        withdrawn_reason=row["withdrawn_reason"] and Text.model_validate(row["withdrawn_reason"]),
    )
