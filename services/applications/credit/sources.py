"""What a source of credit answers is: one question about one person, one answer, and never an exception."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.applications.domain.credit import CreditAnswer
from services.applications.store.parties import Party


@dataclass(frozen=True, slots=True)
class Subject:
    """About whom is asked: the pseudonym for our own rows, the certificate for a source outside."""

    person_id: UUID
    certificate_type: str = field(repr=False)
    certificate_number: str = field(repr=False)


def subject_of(party: Party) -> Subject:
    """The applicant of a case as the subject of a question."""
    assert party.person_id is not None
    assert party.certificate_type is not None
    assert party.certificate_number is not None
    return Subject(party.person_id, party.certificate_type, party.certificate_number)


class CreditSource(Protocol):
    """Somebody outside who knows about credit."""

    name: str

    async def ask(self, subject: Subject, at: datetime) -> CreditAnswer:
        """What is on record; `answered=False` with the fault when nothing usable came in time."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
