"""The rows of credit: the two registers, how their records ended, what sources answered, who looked.

Both what was imported (`credit_records`) and what this platform itself recorded (`defaults`) count, until repaired or
withdrawn.  A person is known by the keyed index of the certificate only.  No row is ever deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4

from asyncpg import Record

from shared.database import Connection
from shared.identity import Actor

Change = Literal["repaired", "withdrawn"]
OWN_LIST = "本平台容缺承诺履约记录"
OWN_SOURCE = "本平台"
# Two imports at once take turns, so that each sees what the other has brought.
_IMPORTS = 0x637265646974

_COLUMNS = "id, person_id, kind, list_item, source, reference, grade, recorded_on, repaired_on, withdrawn_on"
_REGISTERED = f"SELECT {_COLUMNS}, 'register' AS register FROM credit_records"  # noqa: S608  # constants of ours
_DEFAULTED = f"""
    SELECT id, person_id, kind, '{OWN_LIST}' AS list_item, '{OWN_SOURCE}' AS source, id::text AS reference,
        NULL::text AS grade, recorded_on, repaired_on, withdrawn_on, 'defaults' AS register
    FROM defaults
"""  # noqa: S608  # constants of ours
_COUNTS = " WHERE person_id = $1 AND withdrawn_on IS NULL AND (repaired_on IS NULL OR repaired_on > $2)"
OF_A_PERSON = f"{_REGISTERED} WHERE person_id = $1 UNION ALL {_DEFAULTED} WHERE person_id = $1"
COUNTING = f"{_REGISTERED}{_COUNTS} UNION ALL {_DEFAULTED}{_COUNTS}"
_AFTER = " WHERE (recorded_on, id) < ($1, $2) ORDER BY recorded_on DESC, id DESC LIMIT $3"
PAGE = f"""
    SELECT * FROM (({_REGISTERED}{_AFTER}) UNION ALL ({_DEFAULTED}{_AFTER})) AS both_registers
    ORDER BY recorded_on DESC, id DESC LIMIT $3
"""  # noqa: S608  # constants of ours
NEWEST_ANSWER = """
    SELECT queried_at, answered, body FROM credit_answers WHERE person_id = $1 AND source = $2
    ORDER BY queried_at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A record for the local register; a grade of the public evaluation is of the kind `grade`."""

    person_id: UUID
    kind: str
    list_item: str
    recorded_on: date
    source: str = ""
    reference: str | None = None
    grade: str | None = None
    key: str | None = None


class Place(NamedTuple):
    """Where a page of the list begins: after this record."""

    recorded_on: date
    id: UUID


async def counting(connection: Connection, person_id: UUID, on: date) -> list[Record]:
    """What holds against this person on this day: a repair restores eligibility from its date (§8.1)."""
    rows: list[Record] = await connection.fetch(COUNTING, person_id, on)
    return sorted(rows, key=lambda row: (row["recorded_on"], row["id"]))


async def of_person(connection: Connection, person_id: UUID) -> list[Record]:
    """Every record of this person, the repaired and the withdrawn too."""
    rows: list[Record] = await connection.fetch(OF_A_PERSON, person_id)
    return sorted(rows, key=lambda row: (row["recorded_on"], row["id"]), reverse=True)


async def page(connection: Connection, after: Place | None, limit: int) -> list[Record]:
    """The records of both registers, the newest first."""
    recorded_on, record_id = after or Place(date.max, UUID(int=2**128 - 1))
    rows: list[Record] = await connection.fetch(PAGE, recorded_on, record_id, limit)
    return rows


async def find(connection: Connection, record_id: UUID) -> Record | None:
    """One record of either register, locked until the end of the transaction."""
    for query in (_REGISTERED, _DEFAULTED):
        row: Record | None = await connection.fetchrow(f"{query} WHERE id = $1 FOR UPDATE", record_id)
        if row is not None:
            return row
    return None


async def lock_imports(connection: Connection) -> None:
    """Wait for an import that runs; ends with the transaction."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _IMPORTS)


async def by_key(connection: Connection, keys: Sequence[str]) -> dict[str, Listed]:
    """The records that are on the register under these keys."""
    rows = await connection.fetch(
        """
        SELECT person_id, kind, list_item, recorded_on, source, reference, grade, record_key FROM credit_records
        WHERE record_key = ANY($1::text[])
        """,
        list(keys),
    )
    return {row["record_key"]: Listed(*row) for row in rows}


async def insert(connection: Connection, listed: Sequence[Listed], import_id: UUID | None) -> int:
    """Put records on the register; those whose key is there stay as they are.  How many are new."""
    rows = [
        (uuid4(), r.person_id, r.kind, r.list_item, r.source, r.recorded_on, r.reference, r.grade, r.key)
        for r in listed
    ]
    inserted = await connection.fetch(
        """
        INSERT INTO credit_records
            (id, person_id, kind, list_item, source, recorded_on, reference, grade, record_key, import_id)
        SELECT *, $10::uuid FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[],
            $7::text[], $8::text[], $9::text[])
        ON CONFLICT (record_key) DO NOTHING RETURNING id
        """,
        *([list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 9),
        import_id,
    )
    return len(inserted)


async def seed(connection: Connection, listed: Sequence[Listed], source: str) -> None:
    """Put these on record once, however often the service starts."""
    for row in listed:
        await connection.execute(
            """
            INSERT INTO credit_records (id, person_id, kind, list_item, source, recorded_on)
            SELECT $1, $2, $3, $4, $5, $6
            WHERE NOT EXISTS (SELECT 1 FROM credit_records WHERE person_id = $2 AND kind = $3)
            """,
            uuid4(),
            row.person_id,
            row.kind,
            row.list_item,
            source,
            row.recorded_on,
        )


async def record_default(
    connection: Connection,
    default_id: UUID,
    person_id: UUID,
    case_id: UUID,
    recorded_on: date,
    *,
    kind: Literal["broken_undertaking", "false_commitment"] = "broken_undertaking",
) -> None:
    """A broken undertaking or a false commitment; it blocks tolerance for this person until it is repaired."""
    await connection.execute(
        "INSERT INTO defaults (id, person_id, case_id, kind, recorded_on) VALUES ($1, $2, $3, $4, $5)",
        default_id,
        person_id,
        case_id,
        kind,
        recorded_on,
    )


async def end(connection: Connection, row: Record, change: Change, on: date) -> None:
    """Mark a record as repaired or withdrawn from this day; the row stays."""
    table = "defaults" if row["register"] == "defaults" else "credit_records"
    column = "repaired_on" if change == "repaired" else "withdrawn_on"
    await connection.execute(f"UPDATE {table} SET {column} = $2 WHERE id = $1", row["id"], on)  # noqa: S608  # ours


async def insert_change(
    connection: Connection,
    change_id: UUID,
    record_id: UUID,
    change: Change,
    on: date,
    *,
    instrument: str | None,
    reason: bytes | None,
    actor: Actor,
    at: datetime,
) -> int:
    """Keep how a record ended; returns the number of changes of this record, this one included."""
    await connection.execute(
        """
        INSERT INTO credit_changes
            (id, record_id, change, effective_on, instrument, reason, actor, actor_unit, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        change_id,
        record_id,
        change,
        on,
        instrument,
        reason,
        actor.id,
        actor.unit,
        at,
    )
    count: int = await connection.fetchval(
        "SELECT count(*) FROM credit_changes WHERE record_id = $1", record_id
    )
    return count


async def instruments(connection: Connection, record_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The instruments of the repairs of these records."""
    rows = await connection.fetch(
        """
        SELECT record_id, instrument FROM credit_changes
        WHERE record_id = ANY($1::uuid[]) AND instrument IS NOT NULL ORDER BY recorded_at
        """,
        list(record_ids),
    )
    return {row["record_id"]: row["instrument"] for row in rows}


async def insert_import(
    connection: Connection,
    import_id: UUID,
    *,
    file_sha256: bytes,
    source: str,
    counts: Mapping[str, int],
    actor: Actor,
    at: datetime,
) -> None:
    """Keep that a file was imported."""
    await connection.execute(
        """
        INSERT INTO credit_imports
            (id, file_sha256, source, lines, imported, known, refused, actor, actor_unit, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        import_id,
        file_sha256,
        source,
        counts["lines"],
        counts["imported"],
        counts["known"],
        counts["refused"],
        actor.id,
        actor.unit,
        at,
    )


async def newest_answer(connection: Connection, person_id: UUID, source: str) -> Mapping[str, Any] | None:
    """What this source last answered about this person."""
    row = await connection.fetchrow(NEWEST_ANSWER, person_id, source)
    if row is None:
        return None
    body: Mapping[str, Any] = row["body"]
    return body


async def insert_answer(
    connection: Connection, person_id: UUID, source: str, at: datetime, *, answered: bool, body: Any
) -> None:
    """Keep an answer, or that there was none."""
    await connection.execute(
        """
        INSERT INTO credit_answers (id, person_id, source, queried_at, answered, body)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        uuid4(),
        person_id,
        source,
        at,
        answered,
        body,
    )


async def insert_look(
    connection: Connection,
    look_id: UUID,
    *,
    person_id: UUID | None,
    case_id: UUID | None,
    viewed: str,
    actor: Actor,
    purpose: bytes,
    at: datetime,
) -> None:
    """Keep that somebody of the staff asked about a person's credit, with the (encrypted) purpose."""
    await connection.execute(
        """
        INSERT INTO credit_looks (id, person_id, case_id, viewed, actor, actor_unit, purpose, viewed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        look_id,
        person_id,
        case_id,
        viewed,
        actor.id,
        actor.unit,
        purpose,
        at,
    )
