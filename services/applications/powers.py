"""What the review's rules need to know beside the case: who holds which power today, and which cases were earlier."""

from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.applications.domain.case import Case
from services.applications.domain.item import Item
from services.applications.office import Office
from services.applications.store import posts
from shared.database import Connection


async def facts_for_review(connection: Connection, case: Case, item: Item, on: date) -> dict[str, Any]:
    """Fields of the domain's facts; an item without steps and without a limited number costs no question."""
    facts: dict[str, Any] = {}
    if item.review:
        facts["powers"] = await posts.powers_on(connection, case.unit, on)
    if item.number_limited:
        facts["earlier_undecided"] = await posts.earlier_undecided(connection, case)
    return facts


async def keep_words(office: Office, connection: Connection, case_id: UUID, words: str) -> None:
    """Keep, encrypted, the words whose digest the event holds; they may name people."""
    digest = sha256(words.encode()).hexdigest()
    await posts.keep_words(
        connection, case_id, digest, office.keyring.encrypt(words, context=_place(case_id))
    )


async def words_of(office: Office, connection: Connection, case_id: UUID) -> dict[str, str]:
    """The words of a case's review by their digest."""
    sealed = await posts.words_of(connection, case_id)
    return {
        digest: office.keyring.decrypt_text(words, context=_place(case_id))
        for digest, words in sealed.items()
    }


def _place(case_id: UUID) -> str:
    return f"remark:{case_id}"
