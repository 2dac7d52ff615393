"""Formal documents: sealed in the transaction of their event, with a gap-free number; the text is encrypted."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.applications.domain.documents import (
    Draft,
    Line,
    PartyText,
    number,
    number_by_case,
    template_version,
)
from services.applications.domain.events import Issued
from services.applications.domain.phrases import chinese_date
from services.applications.domain.wording import render
from services.applications.ids import new_id
from services.applications.store.rows import Table, arrays
from shared.database import Connection
from shared.privacy import Keyring
from shared.time import shanghai

TABLE = Table(
    "documents",
    {
        "id": "uuid",
        "case_id": "uuid",
        "case_version": "integer",
        "kind": "text",
        "number": "text",
        "template_version": "integer",
        "issued_on": "date",
        "values": "jsonb",
        "text": "bytea",
        "sha256": "bytea",
        "signature": "bytea",
    },
)
_INSERT = TABLE.insert()
# Made once: `json.dumps` makes an encoder for each text that is not written in its standard way.
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# The rows stay locked to the end of the transaction: rolled back numbers are given to the next documents.
_TAKE_NUMBERS = """
    INSERT INTO document_numbers AS series (kind, year, last)
    SELECT kind, $3, count FROM unnest($1::text[], $2::integer[]) AS wanted (kind, count) ORDER BY kind
    ON CONFLICT (kind, year) DO UPDATE SET last = series.last + excluded.last RETURNING kind, last
"""
# The numbers that a transaction has taken, by the kind of document.
Numbers = Mapping[str, Iterator[str]]


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A row of `documents`."""

    id: UUID
    case_id: UUID
    case_version: int
    kind: str
    number: str
    issued_on: date
    values: Mapping[str, Any]
    text: bytes
    sha256: bytes
    # The drawn signature under a promise, encrypted.
    signature: bytes | None = None

    @property
    def row(self) -> tuple[Any, ...]:
        """The values in the order of the columns."""
        return (
            self.id,
            self.case_id,
            self.case_version,
            self.kind,
            self.number,
            template_version(self.kind),
            self.issued_on,
            _compact(self.values),
            self.text,
            self.sha256,
            self.signature,
        )

    @property
    def issued(self) -> Issued:
        """How the event names the document."""
        return Issued(self.kind, self.id, self.number, self.sha256.hex())


class DocumentOffice:
    """Seals drafts and opens documents."""

    def __init__(self, keyring: Keyring, organ_word: str) -> None:
        self._keyring = keyring
        self._organ_word = organ_word

    def seal_for_submission(
        self, draft: Draft, party: PartyText, *, case_id: UUID, case_no: str, on: date, at: datetime
    ) -> SealedDocument:
        """A document that belongs to the submission: it bears the case number and costs no round trip."""
        return self._seal(draft, party, case_id, 1, number_by_case(draft.kind, case_no), on, at)

    async def take_numbers(self, connection: Connection, kinds: Mapping[str, int], year: int) -> Numbers:
        """So many numbers of each kind, without a gap; their series wait until this transaction ends.

        A transaction takes all that it needs at once, and everybody in the order of the kinds, so that two never wait
        for each other.
        """
        if not kinds:
            return {}
        last = await connection.fetch(_TAKE_NUMBERS, list(kinds), list(kinds.values()), year)
        return {kind: self._serials(kind, year, serial, kinds[kind]) for kind, serial in last}

    def _serials(self, kind: str, year: int, last: int, count: int) -> Iterator[str]:
        return (number(self._organ_word, kind, year, serial) for serial in range(last - count + 1, last + 1))

    def seal(
        self, draft: Draft, party: PartyText, formal: str, *, case_id: UUID, case_version: int, at: datetime
    ) -> SealedDocument:
        """A document under a number of its series."""
        return self._seal(draft, party, case_id, case_version, formal, shanghai(at).date(), at)

    async def seal_anew(
        self, connection: Connection, void: Record, *, on: date, at: datetime
    ) -> SealedDocument:
        """A void document under the next number of its series, sealed today; everything else stands as it was."""
        kind = void["kind"]
        formal = next((await self.take_numbers(connection, {kind: 1}, on.year))[kind])
        values = {**void["values"], "number": formal, "issued_on": on.isoformat()}
        lines = [_anew(line, formal, on) for line in self.open(void)]
        return self._seal_lines(lines, void["kind"], values, void["case_id"], void["case_version"], on, at)

    def _seal(
        self, draft: Draft, party: PartyText, case_id: UUID, version: int, formal: str, on: date, at: datetime
    ) -> SealedDocument:
        values = {**draft.values, "number": formal, "issued_on": on.isoformat()}
        lines = render(draft.kind, values, party, draft.secrets)
        return self._seal_lines(lines, draft.kind, values, case_id, version, on, at)

    def _seal_lines(
        self,
        lines: Sequence[Line],
        kind: str,
        values: Mapping[str, Any],
        case_id: UUID,
        version: int,
        on: date,
        at: datetime,
    ) -> SealedDocument:
        content = text_of(lines)
        document_id = new_id(at)
        return SealedDocument(
            id=document_id,
            case_id=case_id,
            case_version=version,
            kind=kind,
            number=values["number"],
            issued_on=on,
            values=values,
            text=self._keyring.encrypt(content, context=_place(document_id)),
            sha256=hashlib.sha256(content).digest(),
        )

    def with_signature(self, document: SealedDocument, image: bytes) -> SealedDocument:
        """The document with the drawn signature that belongs under it."""
        sealed = self._keyring.encrypt(image, context=_signature_place(document.id))
        return replace(document, signature=sealed)

    def open_signature(self, row: Record) -> bytes:
        """The drawn signature of a document that has one."""
        return self._keyring.decrypt(row["signature"], context=_signature_place(row["id"]))

    def open(self, row: Record) -> list[Line]:
        """The original text of a document."""
        content = self._keyring.decrypt(row["text"], context=_place(row["id"]))
        return [Line(style, text, label) for style, label, text in json.loads(content)]


def _anew(line: Line, formal: str, on: date) -> Line:
    if line.style == "number":
        return replace(line, text=formal)
    return replace(line, text=chinese_date(on.isoformat())) if line.style == "date" else line


def text_of(lines: Iterable[Line]) -> bytes:
    """The text as it is stored and hashed."""
    return _compact([(line.style, line.label, line.text) for line in lines]).encode()


def _place(document_id: UUID) -> str:
    return f"document:{document_id}"


def _signature_place(document_id: UUID) -> str:
    return f"signature:{document_id}"


async def insert(connection: Connection, documents: Sequence[SealedDocument]) -> None:
    """Write the rows in one statement."""
    if documents:
        await connection.execute(
            _INSERT, *arrays([document.row for document in documents], len(TABLE.columns))
        )


async def of_case(connection: Connection, case_id: UUID) -> list[Record]:
    """What the case lists of its documents, oldest first."""
    rows: list[Record] = await connection.fetch(
        """
        SELECT d.id, kind, number, issued_on, case_version, "values" -> 'is_licence' AS is_licence, void_reason,
               r.replaces
        FROM documents d LEFT JOIN reissues r ON r.document_id = d.id
        WHERE d.case_id = $1 ORDER BY case_version, kind, d.id
        """,
        case_id,
    )
    return rows


async def one(connection: Connection, case_id: UUID, document_id: UUID) -> Record | None:
    """One document of this case; the id alone gives no access."""
    row: Record | None = await connection.fetchrow(
        "SELECT * FROM documents WHERE id = $1 AND case_id = $2", document_id, case_id
    )
    return row


async def promise_of(connection: Connection, case_id: UUID, promise: str) -> Record | None:
    """The undertaking or the commitment of this case, as it was signed; one issued anew for it bears no drawing."""
    row: Record | None = await connection.fetchrow(
        """
        SELECT * FROM documents WHERE case_id = $1 AND kind = $2 AND case_version = 1
        ORDER BY signature IS NULL, id LIMIT 1
        """,
        case_id,
        promise,
    )
    return row
