"""Helpers: somebody who acts for the applicant under a dated mandate, and for whom somebody acts."""

from services.applications.contracts import CaseView, PartyView
from services.gateway.gateway import Gateway
from services.gateway.identity.own import own_identity
from services.gateway.identity.visitor import Visitor


def party(case: CaseView, role: str) -> PartyView | None:
    """The person of the case in this role."""
    return next((one for one in case.parties if one.role == role), None)


async def acts_for(gateway: Gateway, visitor: Visitor, case: CaseView) -> PartyView | None:
    """For whom the visitor acts in this case; nobody when it is the visitor's own."""
    agent, applicant = party(case, "agent"), party(case, "applicant")
    if agent is None or applicant is None or (case.mandate is not None and not case.mandate.holds):
        return None
    own = await own_identity(gateway, visitor)
    number = own.certificate_number
    return applicant if number == agent.certificate_number != applicant.certificate_number else None
