"""The people of a case: every column encrypted for its own place, readable with the keyring only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from asyncpg import Record

from services.applications.store.rows import Table
from shared.database import Connection
from shared.privacy import BlindIndex, Keyring, normalise

# How much of a certificate people say at a window.
END = 4
# Ten thousand ends need no more to be told apart.
_DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class Party:
    """One person of a case, in the clear; never logged, never part of an event."""

    role: str
    name: str
    person_id: UUID | None = None
    kind: str | None = None
    certificate_type: str | None = None
    certificate_number: str | None = None
    representative: str | None = None
    address: str | None = None
    mobile: str | None = None
    email: str | None = None
    # The days on which this person reaches the case; without any it is always.
    reach_from: date | None = None
    reach_until: date | None = None


TABLE = Table(
    "parties",
    {
        "case_id": "uuid",
        "role": "text",
        "person_id": "uuid",
        "kind": "text",
        "certificate_type": "text",
        "name": "bytea",
        "certificate_number": "bytea",
        "representative": "bytea",
        "address": "bytea",
        "mobile": "bytea",
        "email": "bytea",
        "reach_from": "date",
        "reach_until": "date",
        "certificate_end": "bytea",
    },
)


class SealedParty(NamedTuple):
    """A row of `parties`, its values in the order of the columns."""

    case_id: UUID
    role: str
    person_id: UUID | None
    kind: str | None
    certificate_type: str | None
    name: bytes
    certificate_number: bytes | None
    representative: bytes | None
    address: bytes | None
    mobile: bytes | None
    email: bytes | None
    reach_from: date | None
    reach_until: date | None
    certificate_end: bytes | None


class PartyBook:
    """Seals and opens parties."""

    def __init__(self, keyring: Keyring, people: BlindIndex) -> None:
        self._keyring = keyring
        self._people = people

    def end_of(self, number: str) -> bytes:
        """The keyed digest under which a certificate is found by its last four (see migration 0012)."""
        return self._people.index("certificate_end", normalise(number)[-END:])[:_DIGEST_BYTES]

    def seal(self, case_id: UUID, party: Party) -> SealedParty:
        """The party as a row of this case."""
        place = f":{case_id}:{party.role}"
        encrypt = self._keyring.encrypt

        def sealed(column: str, value: str | None) -> bytes | None:
            return None if value is None else encrypt(value, context=column + place)

        return SealedParty(
            case_id=case_id,
            role=party.role,
            person_id=party.person_id,
            kind=party.kind,
            certificate_type=party.certificate_type,
            name=encrypt(party.name, context="name" + place),
            certificate_number=sealed("certificate_number", party.certificate_number),
            representative=sealed("representative", party.representative),
            address=sealed("address", party.address),
            mobile=sealed("mobile", party.mobile),
            email=sealed("email", party.email),
            reach_from=party.reach_from,
            reach_until=party.reach_until,
            certificate_end=None
            if party.certificate_number is None
            else self.end_of(party.certificate_number),
        )

    def open(self, row: Record) -> Party:
        """The party in the clear."""
        place = f":{row['case_id']}:{row['role']}"

        def opened(column: str) -> str | None:
            value = row[column]
            return None if value is None else self._keyring.decrypt_text(value, context=column + place)

        return Party(
            role=row["role"],
            name=self.open_name(row["case_id"], row["role"], row["name"]),
            person_id=row["person_id"],
            kind=row["kind"],
            certificate_type=row["certificate_type"],
            certificate_number=opened("certificate_number"),
            representative=opened("representative"),
            address=opened("address"),
            mobile=opened("mobile"),
            email=opened("email"),
            reach_from=row["reach_from"],
            reach_until=row["reach_until"],
        )

    def open_name(self, case_id: UUID, role: str, sealed: bytes) -> str:
        """Only the name, for a line of a list."""
        return self._keyring.decrypt_text(sealed, context=f"name:{case_id}:{role}")

    def open_number(self, case_id: UUID, role: str, sealed: bytes) -> str:
        """Only the certificate number, to see whether it ends as asked for."""
        return self._keyring.decrypt_text(sealed, context=f"certificate_number:{case_id}:{role}")

    async def keep_ends(self, connection: Connection, case_id: UUID) -> None:
        """Bring the digests of this case's certificates about where an older engine wrote none."""
        rows = await connection.fetch(
            """
            SELECT role, certificate_number FROM parties
            WHERE case_id = $1 AND certificate_number IS NOT NULL AND certificate_end IS NULL
            """,
            case_id,
        )
        for row in rows:
            number = self.open_number(case_id, row["role"], row["certificate_number"])
            await connection.execute(
                "UPDATE parties SET certificate_end = $3 WHERE case_id = $1 AND role = $2",
                case_id,
                row["role"],
                self.end_of(number),
            )

    async def of_case(self, connection: Connection, case_id: UUID) -> dict[str, Party]:
        """The parties of a case by their role."""
        return (await self.of_cases(connection, [case_id])).get(case_id, {})

    async def of_cases(
        self, connection: Connection, case_ids: Sequence[UUID]
    ) -> dict[UUID, dict[str, Party]]:
        """The parties of these cases by their role."""
        found: dict[UUID, dict[str, Party]] = {}
        if case_ids:
            rows = await connection.fetch("SELECT * FROM parties WHERE case_id = ANY($1::uuid[])", case_ids)
            for row in rows:
                found.setdefault(row["case_id"], {})[row["role"]] = self.open(row)
        return found
