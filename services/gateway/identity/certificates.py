"""Whether a certificate is what it says: the seam for the national identity service.

In this version registration is judged locally: the number must be well formed, with a real birth date and a right
check digit.  That does not prove that it belongs to whoever registers; every such account is marked
`verification: local`, and a provider of the national identity authentication takes this class's place in production.
Until there is one, nobody registers there: whoever knows a number would see every case of the person it belongs to.
"""

from dataclasses import dataclass
from typing import Protocol

from shared.errors import Refused


@dataclass(frozen=True, slots=True)
class Verification:
    """How a certificate was verified; `method` is stored with the account."""

    method: str


class CertificateVerifier(Protocol):
    """Asks whoever can know whether this name and number belong together; raises `Refused` when they do not."""

    async def verify(self, name: str, certificate_type: str, number: str) -> Verification: ...


class LocalVerifier:
    """Believes a well-formed number; the request's own model has checked its digits by then."""

    async def verify(self, name: str, certificate_type: str, number: str) -> Verification:
        return Verification("local")


class NoVerifier:
    """Stands where no provider is connected."""

    async def verify(self, name: str, certificate_type: str, number: str) -> Verification:
        raise Refused(
            "forbidden",
            "identity_cannot_be_verified",
            "尚未接入统一身份认证，暂不能在线注册；请到窗口办理。",
            "The national identity authentication is not connected, so nobody can register; please come to the counter.",
        )


def verifier_for(mode: str) -> CertificateVerifier:
    """The verifier of this version: in production a well-formed number is not believed."""
    return NoVerifier() if mode == "production" else LocalVerifier()
