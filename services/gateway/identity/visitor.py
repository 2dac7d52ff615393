"""The visitor of one request: the actor that the services are told of, and the account behind it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.identity import Actor, Role


class Session(StrEnum):
    """How a visitor proved who they are."""

    NONE = "none"
    COOKIE = "cookie"
    BEARER = "bearer"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Account:
    """What a page or an answer may say of the account: never a name or a number in full."""

    id: UUID | None
    login: str
    display_name: str
    kind: str
    certificate: str | None = None
    mobile: str | None = None
    email: str | None = None
    verification: str | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks; `token_sha256` names the session, so that it can be ended."""

    actor: Actor
    session: Session
    account: Account | None = None
    token_sha256: bytes | None = None

    @property
    def signed_in(self) -> bool:
        """Whether this is somebody in particular."""
        return self.session is not Session.NONE

    def has(self, *roles: Role) -> bool:
        """Whether the visitor is signed in and holds one of these roles."""
        return self.signed_in and self.actor.has(*roles)


# Somebody who is not signed in may still hold a case number with its code: towards the services an applicant without
# a certificate, who therefore owns nothing.
ANONYMOUS = Visitor(Actor("visitor:anonymous", frozenset({Role.APPLICANT})), Session.NONE)
