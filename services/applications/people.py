"""The people of a request and of a case: pseudonyms, masked views, the way documents name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.applications.contracts import CERTIFICATE_NAMES, Agent, CertificateType, PartyView, SubmitCase
from services.applications.contracts.tolerating import DraftPromises
from services.applications.domain.documents import PartyText
from services.applications.store.parties import Party
from shared.privacy import BlindIndex, mask_address, mask_certificate, mask_email, mask_mobile, mask_name


@dataclass(frozen=True, slots=True)
class People:
    """Who stands in a submission."""

    applicant: Party
    contact: Party
    agent: Party | None

    @property
    def all(self) -> tuple[Party, ...]:
        """Everybody."""
        return (self.applicant, self.contact, self.agent) if self.agent else (self.applicant, self.contact)

    @property
    def by_role(self) -> dict[str, Party]:
        """Everybody by role."""
        return {party.role: party for party in self.all}


def people_of(request: SubmitCase | DraftPromises, index: BlindIndex) -> People:
    """The people of a submission with the pseudonyms of their certificates."""
    given, contact = request.applicant, request.contact
    applicant = Party(
        role="applicant",
        name=given.name,
        person_id=index.person_id(given.certificate_type, given.certificate_number),
        kind=given.kind,
        certificate_type=given.certificate_type.value,
        certificate_number=given.certificate_number,
        representative=given.representative,
        address=given.address,
    )
    reached = Party(role="contact", name=contact.name, mobile=contact.mobile, email=contact.email)
    return People(applicant, reached, _agent_of(request, index, applicant.person_id))


def _agent_of(
    request: SubmitCase | DraftPromises, index: BlindIndex, applicant_id: UUID | None
) -> Party | None:
    return None if request.agent is None else agent_of(request.agent, index, applicant_id)


def agent_of(
    agent: Agent, index: BlindIndex, applicant_id: UUID | None, valid_from: date | None = None
) -> Party:
    """An agent with the pseudonym of the certificate and the days on which the mandate reaches the case."""
    person_id = index.person_id(agent.certificate_type, agent.certificate_number)
    return Party(
        role="agent",
        name=agent.name,
        # Somebody who acts for himself is one person, and must not find the case twice.
        person_id=None if person_id == applicant_id else person_id,
        certificate_type=agent.certificate_type.value,
        certificate_number=agent.certificate_number,
        mobile=agent.mobile,
        reach_from=valid_from,
        reach_until=agent.valid_until,
    )


def party_text(parties: Mapping[str, Party], *, masked: bool = False) -> PartyText:
    """The people as a document names them."""
    applicant, contact = parties["applicant"], parties["contact"]
    if masked:
        applicant, contact = masked_party(applicant), masked_party(contact)
    assert applicant.certificate_type is not None
    kind = CertificateType(applicant.certificate_type)
    return PartyText(
        applicant=applicant.name,
        certificate_name=CERTIFICATE_NAMES[kind][0],
        certificate_number=applicant.certificate_number or "",
        contact=contact.name,
        mobile=contact.mobile or "",
    )


def party_view(party: Party, *, masked: bool = True) -> PartyView:
    """A party for a page or an answer; masked unless the caller has a right to more."""
    shown = masked_party(party) if masked else party
    kind = CertificateType(shown.certificate_type) if shown.certificate_type else None
    return PartyView.model_validate(
        {
            "role": shown.role,
            "kind": shown.kind,
            "name": shown.name,
            "certificate_type": kind,
            "certificate_name": CERTIFICATE_NAMES[kind][0] if kind else None,
            "certificate_number": shown.certificate_number,
            "representative": shown.representative,
            "address": shown.address,
            "mobile": shown.mobile,
            "email": shown.email,
        }
    )


def shown_name(name: str, kind: str | None) -> str:
    """The name of an applicant in a list: enterprises in full, natural persons masked."""
    return name if kind == "legal" else mask_name(name)


def masked_party(party: Party) -> Party:
    """The party as somebody without a reason to see more reads it."""
    legal = party.kind == "legal"
    number = party.certificate_number
    return Party(
        role=party.role,
        name=shown_name(party.name, party.kind),
        person_id=party.person_id,
        kind=party.kind,
        certificate_type=party.certificate_type,
        # A credit code is public; a personal number is not.
        certificate_number=number if number is None or legal else mask_certificate(number),
        representative=None if party.representative is None else mask_name(party.representative),
        address=None if party.address is None else mask_address(party.address),
        mobile=None if party.mobile is None else mask_mobile(party.mobile),
        email=None if party.email is None else mask_email(party.email),
    )
