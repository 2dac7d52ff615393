"""Loading a case within what the caller may see, and writing what happened to it in one transaction."""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.applications import records
from services.applications.domain.case import Case
from services.applications.domain.events import CaseEvent
from services.applications.domain.item import Item
from services.applications.ids import new_id
from services.applications.publishing import contract_of, envelope_of
from services.applications.store.rows import Table, arrays
from shared.database import Connection
from shared.identity import Actor
from shared.messaging.envelope import Envelope
from shared.privacy import Keyring


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose cases a caller may see; part of the query itself, so that no path goes around it.

    All fields empty means every case: only supervisors, auditors, operators and the system get that.
    """

    unit: str | None = None
    partner: str | None = None
    person_id: UUID | None = None
    # The day on which that person asks: a mandate reaches no further than its dates.
    on: date | None = None


EVERYTHING = Scope()

_LOAD = """
    SELECT body, access_code, summary FROM cases WHERE id = $1
    AND ($2::text IS NULL OR unit = $2) AND ($3::text IS NULL OR partner = $3)
    AND ($4::uuid IS NULL OR EXISTS (
        SELECT 1 FROM parties WHERE case_id = cases.id AND person_id = $4
        AND (reach_from IS NULL OR reach_from <= $5) AND (reach_until IS NULL OR reach_until >= $5)
    ))
"""
_LOAD_BY_NUMBER = "SELECT body, access_code, summary FROM cases WHERE case_no = $1"
_LOCKED = " FOR UPDATE"
_UPDATE = """
    UPDATE cases SET version = $2, state = $3, due_on = $4, proposed = $5, body = $6::text::jsonb, channel = $7,
    agent_id = $8 WHERE id = $1
"""

EVENTS = Table(
    "case_events",
    {
        "case_id": "uuid",
        "version": "integer",
        "event_id": "uuid",
        "name": "text",
        "schema_version": "integer",
        "actor": "text",
        "actor_role": "text",
        "actor_unit": "text",
        "recorded_at": "timestamptz",
        "effective_on": "date",
        "data": "jsonb",
        "sha256": "bytea",
    },
)
_INSERT_EVENTS = EVENTS.insert()


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case as loaded, with what is stored beside the fold."""

    case: Case
    access_code: bytes
    summary: bytes | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event on its way into the record: the case after it, its row and its envelope."""

    case: Case
    event: CaseEvent
    event_id: UUID
    json: str
    sha256: bytes
    envelope: Envelope

    def row(self, actor: Actor, at: datetime) -> tuple[Any, ...]:
        """The values of `case_events` in the order of the columns."""
        name = records.event_name(self.event)
        return (
            self.case.id,
            self.case.version,
            self.event_id,
            name,
            records.SCHEMA_VERSIONS[name],
            actor.id,
            self.envelope.actorrole,
            actor.unit,
            at,
            self.event.effective_on,
            self.json,
            self.sha256,
        )


def record(
    case: Case, event: CaseEvent, item: Item, *, actor: Actor, at: datetime, traceparent: str | None
) -> Recorded:
    """Write the event down; `case` is the case after it."""
    event_id = new_id(at)
    text, sha256 = records.event_to_json(event)
    envelope = envelope_of(
        contract_of(case, event, item),
        case,
        event_id=event_id,
        recorded_at=at,
        actor=actor,
        sha256=sha256,
        traceparent=traceparent,
    )
    return Recorded(case, event, event_id, text, sha256, envelope)


async def load(
    connection: Connection, case_id: UUID, scope: Scope, *, lock: bool = False
) -> StoredCase | None:
    """The case when it is within the scope; locked for this transaction when it is to be changed."""
    row = await connection.fetchrow(
        _LOAD + _LOCKED if lock else _LOAD,
        case_id,
        scope.unit,
        scope.partner,
        scope.person_id,
        scope.on,
    )
    return None if row is None else _stored(row)


class AccessCodes:
    """The eight letters on the receipt voucher: stored encrypted, compared in constant time."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        # What an unknown number is compared with, so that it takes as long as a wrong code.
        self._decoy = keyring.encrypt("--------", context="decoy")

    def seal(self, case_id: UUID, code: str) -> bytes:
        """The code as it is stored."""
        return self._keyring.encrypt(code, context=_code_place(case_id))

    async def load(
        self, connection: Connection, case_no: str, code: str, *, lock: bool = False
    ) -> StoredCase | None:
        """The case of this number, when the code is right."""
        row = await connection.fetchrow(_LOAD_BY_NUMBER + _LOCKED if lock else _LOAD_BY_NUMBER, case_no)
        stored = None if row is None else _stored(row)
        sealed, place = (
            (stored.access_code, _code_place(stored.case.id)) if stored else (self._decoy, "decoy")
        )
        right = hmac.compare_digest(self._keyring.decrypt(sealed, context=place), code.encode())
        return stored if right else None


def _code_place(case_id: UUID) -> str:
    return f"access_code:{case_id}"


def summary_place(case_id: UUID) -> str:
    """The context under which the applicant's summary is encrypted."""
    return f"summary:{case_id}"


def _stored(row: Record) -> StoredCase:
    return StoredCase(records.case_from_record(row["body"]), row["access_code"], row["summary"])


async def load_all(connection: Connection, case_ids: Collection[UUID]) -> dict[UUID, Case]:
    """Whole cases, held by this transaction from now on; whoever holds several takes them in the order of their ids."""
    rows = await connection.fetch(
        "SELECT id, body FROM cases WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", list(case_ids)
    )
    return {row["id"]: records.case_from_record(row["body"]) for row in rows}


async def update(connection: Connection, changed: Sequence[Case]) -> None:
    """Bring rows that this transaction holds in line with their cases."""
    await connection.executemany(_UPDATE, [_changing(case) for case in changed])


def _changing(case: Case) -> tuple[Any, ...]:
    return (
        case.id,
        case.version,
        case.state.value,
        case.due_on,
        case.proposed,
        records.case_to_json(case),
        case.channel,
        case.agent_id,
    )


async def insert_events(
    connection: Connection, recorded: Sequence[Recorded], actor: Actor, at: datetime
) -> None:
    """Add rows to the statutory record in one statement."""
    if recorded:
        rows = [one.row(actor, at) for one in recorded]
        await connection.execute(_INSERT_EVENTS, *arrays(rows, len(EVENTS.columns)))


async def event_rows(connection: Connection, case_id: UUID) -> list[Record]:
    """The statutory record of a case, in order."""
    rows: list[Record] = await connection.fetch(
        "SELECT * FROM case_events WHERE case_id = $1 ORDER BY version", case_id
    )
    return rows


async def effect_rows(connection: Connection, case_id: UUID) -> list[Record]:
    """Each event with the time its message left; an outbox row that was purged had left before."""
    rows: list[Record] = await connection.fetch(
        """
        SELECT e.event_id, e.name, e.version, e.recorded_at, e.actor_role, o.routing_key, o.sent_at
        FROM case_events AS e LEFT JOIN outbox AS o ON o.subject = $2 AND o.message_id = e.event_id
        WHERE e.case_id = $1 ORDER BY e.version
        """,
        case_id,
        str(case_id),
    )
    return rows


async def insert_look(
    connection: Connection,
    look_id: UUID,
    case_id: UUID,
    actor: Actor,
    viewed: str,
    purpose: bytes,
    at: datetime,
) -> None:
    """Keep a look at unmasked data with its (encrypted) purpose."""
    await connection.execute(
        """
        INSERT INTO looks (id, case_id, actor, actor_unit, viewed, purpose, viewed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        look_id,
        case_id,
        actor.id,
        actor.unit,
        viewed,
        purpose,
        at,
    )
