"""A person whom the platform knows by the scanned certificate: name and contact are filled in, and the look is recorded."""

from dataclasses import dataclass

from services.applications import contracts as c
from services.gateway import client, looks
from services.gateway.counter.reading import Card
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.sealing import keyring_of
from shared.errors import Refused


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody; `source` says from where: `account` or `case`."""

    source: str
    fields: dict[str, str]


async def find(gateway: Gateway, visitor: Visitor, card: Card) -> Known | None:
    """By the account, whose owner keeps it right; else by the newest case in this unit."""
    return await _by_account(gateway, visitor, card) or await _by_case(gateway, visitor, card)


async def _by_account(gateway: Gateway, visitor: Visitor, card: Card) -> Known | None:
    index = gateway.blind_index.index(f"account-certificate:{card.certificate_type}", card.number)
    async with gateway.database.transaction() as connection:
        row = await connection.fetchrow(
            "SELECT id, display_name, mobile, email FROM accounts WHERE certificate_index = $1", index
        )
        if row is None:
            return None
        await looks.record_looked_up_account(connection, visitor, row["id"])
    ring = keyring_of(gateway)
    found = {
        column: ring.decrypt_text(row[column], context=f"accounts:{row['id']}:{column}")
        for column in ("display_name", "mobile", "email")
        if row[column] is not None
    }
    return Known("account", _filled_in(card, found))


def _filled_in(card: Card, found: dict[str, str]) -> dict[str, str]:
    name = found.get("display_name", "")
    fields = {
        "applicant.name": name,
        "contact.mobile": found.get("mobile", ""),
        "contact.email": found.get("email", ""),
        # An organisation is not reached by its own name.
        "contact.name": name if card.kind == "natural" else "",
    }
    return {field: value for field, value in fields.items() if value}


async def _by_case(gateway: Gateway, visitor: Visitor, card: Card) -> Known | None:
    question = c.FindApplicant(
        certificate_type=c.CertificateType(card.certificate_type), certificate_number=card.number
    )
    try:
        found = await gateway.services.ask(visitor, client.FIND_APPLICANT, question)
    except Refused as refusal:
        # Without the service, or without an earlier case, the clerk types.
        if refusal.kind in ("not_found", "unavailable"):
            return None
        raise
    return Known("case", _of_parties(found))


def _of_parties(found: c.RevealedParties) -> dict[str, str]:
    by_role = {party.role: party for party in found.parties}
    applicant, contact = by_role["applicant"], by_role["contact"]
    fields = {
        "applicant.name": applicant.name,
        "applicant.representative": applicant.representative,
        "applicant.address": applicant.address,
        "contact.name": contact.name,
        "contact.mobile": contact.mobile,
        "contact.email": contact.email,
    }
    return {field: value for field, value in fields.items() if value}
