"""The SQL of the printer: what is to be printed, claims, PDFs.

A claim is a lease with a fence: a process that dies leaves a lease that runs out, and one that comes back late finds
that the fence has moved on.  PDF, state and event are written in one transaction, so after any crash a document has
either its one PDF and its one event, or neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from shared.database import Connection
from shared.privacy import Keyring

# What belongs to the submission is printed when somebody wants it.
ON_DEMAND = frozenset({"receipt_voucher", "undertaking", "commitment"})


@dataclass(frozen=True, slots=True)
class KnownCase:
    """What an event, or applications itself, says about a case."""

    case_id: UUID
    sequence: int
    state: str
    unit: str
    applicant_id: UUID
    agent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that is to be printed."""

    document_id: UUID
    case_id: UUID
    kind: str
    number: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A try at printing, ours as long as nobody holds a later fence."""

    wanted: Wanted
    fence: int
    attempts: int
    crashes: int


@dataclass(frozen=True, slots=True)
class File:
    """A signed PDF before it is put away."""

    pdf: bytes
    sha256: bytes
    pages: int
    signed_by: str


async def keep_cases(connection: Connection, cases: Sequence[KnownCase]) -> None:
    """Keep the newest that is known of each case; one that comes late changes nothing."""
    newest = {case.case_id: case for case in sorted(cases, key=lambda case: case.sequence)}
    if not newest:
        return
    await connection.execute(
        """
        INSERT INTO cases (case_id, sequence, state, unit, applicant_id, agent_id)
        SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::uuid[], $6::uuid[])
        ON CONFLICT (case_id) DO UPDATE SET sequence = excluded.sequence, state = excluded.state, unit = excluded.unit,
            applicant_id = excluded.applicant_id, agent_id = excluded.agent_id
        WHERE cases.sequence < excluded.sequence
        """,
        [case.case_id for case in newest.values()],
        [case.sequence for case in newest.values()],
        [case.state for case in newest.values()],
        [case.unit for case in newest.values()],
        [case.applicant_id for case in newest.values()],
        [case.agent_id for case in newest.values()],
    )


async def want(connection: Connection, wanted: Sequence[Wanted], now: datetime) -> None:
    """Put documents on the list; one that is on it already stays as it is."""
    if wanted:
        await connection.execute(
            """
            INSERT INTO documents (document_id, case_id, kind, number, text_sha256, state, heard_at, due_at)
            SELECT *, 'waiting', $6::timestamptz, $6::timestamptz
            FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
            ON CONFLICT DO NOTHING
            """,
            [one.document_id for one in wanted],
            [one.case_id for one in wanted],
            [one.kind for one in wanted],
            [one.number for one in wanted],
            [one.text_sha256 for one in wanted],
            now,
        )


async def claim_next(connection: Connection, now: datetime, lease: timedelta) -> Claim | None:
    """Take the document that is due longest."""
    row = await connection.fetchrow(
        """
        UPDATE documents SET fence = fence + 1, attempts = attempts + 1, lease_until = $2
        WHERE document_id = (
            SELECT document_id FROM documents
            WHERE state = 'waiting' AND due_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
            ORDER BY due_at, position LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING document_id, case_id, kind, number, text_sha256, fence, attempts, crashes
        """,
        now,
        now + lease,
    )
    if row is None:
        return None
    wanted = Wanted(*(row[name] for name in ("document_id", "case_id", "kind", "number", "text_sha256")))
    return Claim(wanted, row["fence"], row["attempts"], row["crashes"])


async def postpone(connection: Connection, claim: Claim, due_at: datetime, *, crashed: bool) -> None:
    """This try came to nothing; the next one is due then."""
    await connection.execute(
        """
        UPDATE documents SET due_at = $3, lease_until = NULL, crashes = crashes + $4
        WHERE document_id = $1 AND fence = $2 AND state = 'waiting'
        """,
        claim.wanted.document_id,
        claim.fence,
        due_at,
        int(crashed),
    )


async def learn(connection: Connection, claim: Claim, title: str, organ: str, issued_on: date) -> None:
    """Keep what its text says about the document, for whoever verifies it."""
    await connection.execute(
        "UPDATE documents SET title = $2, organ = $3, issued_on = $4 WHERE document_id = $1 AND state = 'waiting'",
        claim.wanted.document_id,
        title,
        organ,
        issued_on,
    )


async def put_away(connection: Connection, claim: Claim, file: File, keyring: Keyring, now: datetime) -> bool:
    """Keep the PDF; False when the claim is not ours any more, and then nothing is written."""
    ours = await connection.fetchval(
        """
        UPDATE documents SET state = 'printed', settled_at = $3, lease_until = NULL
        WHERE document_id = $1 AND fence = $2 AND state = 'waiting' RETURNING true
        """,
        claim.wanted.document_id,
        claim.fence,
        now,
    )
    if not ours:
        return False
    document_id = claim.wanted.document_id
    await connection.execute(
        """
        INSERT INTO files (document_id, pdf, sha256, size, pages, signed_by, rendered_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        document_id,
        keyring.encrypt(file.pdf, context=_place(document_id)),
        file.sha256,
        len(file.pdf),
        file.pages,
        file.signed_by,
        now,
    )
    return True


async def give_up(connection: Connection, claim: Claim, code: str, zh: str, en: str, now: datetime) -> bool:
    """The document can't be printed for good; False when the claim is not ours any more."""
    ours = await connection.fetchval(
        """
        UPDATE documents SET state = 'failed', settled_at = $3, lease_until = NULL, failure_code = $4, failure_zh = $5,
            failure_en = $6
        WHERE document_id = $1 AND fence = $2 AND state = 'waiting' RETURNING true
        """,
        claim.wanted.document_id,
        claim.fence,
        now,
        code,
        zh,
        en,
    )
    return bool(ours)


_WITH_FILE = """
    SELECT d.document_id, d.case_id, d.kind, d.number, d.state, d.title, d.organ, d.issued_on, d.failure_code,
           d.failure_zh, d.failure_en, f.sha256, f.size, f.signed_by, c.state AS case_state, c.unit, c.applicant_id,
           c.agent_id
    FROM documents d LEFT JOIN files f USING (document_id) LEFT JOIN cases c USING (case_id)
    WHERE d.document_id = $1
"""


async def one(connection: Connection, document_id: UUID) -> asyncpg.Record | None:
    """A document with what is known of its file and its case, without the file."""
    return await connection.fetchrow(_WITH_FILE, document_id)


async def pdf(connection: Connection, document_id: UUID, keyring: Keyring) -> bytes:
    """The signed PDF of a printed document."""
    sealed = await connection.fetchval("SELECT pdf FROM files WHERE document_id = $1", document_id)
    return keyring.decrypt(sealed, context=_place(document_id))


async def waiting(connection: Connection) -> tuple[int, datetime | None]:
    """How many documents wait, and since when the first of them."""
    row: Any = await connection.fetchrow(
        "SELECT count(*) AS waiting, min(heard_at) AS since FROM documents WHERE state = 'waiting'"
    )
    return row["waiting"], row["since"]


def _place(document_id: UUID) -> str:
    return f"pdf:{document_id}"
