"""Who acts: roles, the actor, and the signed token that carries the actor with every command.

The gateway (and each service, when it calls another) signs a token for one audience that lives sixty seconds. Every
service verifies it itself: an identity in a request body is never believed. An issuer may only claim the roles it is
trusted for, and `system` always speaks as the very service that signed.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from shared import time

TOKEN_LIFETIME_SECONDS = 60
# A signed token is used again for this long, because signing for every call of a busy clerk buys nothing.
TOKEN_REUSE_SECONDS = 20
# Machines of one cluster may differ by this much before a fresh token looks as if it came from the future.
CLOCK_LEEWAY_SECONDS = 5
REMEMBERED_TOKENS = 4096

K = TypeVar("K")
V = TypeVar("V")

_ALGORITHM = "EdDSA"
_CLAIMS = ["iss", "aud", "sub", "iat", "exp", "roles"]


class Role(StrEnum):
    """What a person or a program may be towards the platform; authorisation combines it with whose data it is."""

    APPLICANT = "applicant"
    CLERK = "clerk"
    APPROVER = "approver"
    ORGAN_HEAD = "organ_head"
    KEEPER = "keeper"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    PROVINCE = "province"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: `account:<uuid>`, `staff:<username>`, `client:<client_id>` or `service:<name>`.

    `person_id` is the pseudonym of a verified certificate, so that a case made at the counter is found online.
    """

    id: str
    roles: frozenset[Role]
    unit: str | None = None
    person_id: UUID | None = None
    mandate: str | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds at least one of these roles."""
        return not self.roles.isdisjoint(roles)


def system_actor(service: str) -> Actor:
    """The service acting by itself: timers, consumers and calls between services."""
    return Actor(id=f"service:{service}", roles=frozenset({Role.SYSTEM}))


class Unauthenticated(Exception):
    """The call carries no token that this service can believe."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """A signer this process believes, and the roles it may speak for."""

    public_key: str
    roles: frozenset[Role]


def load_trusted(path: Path) -> dict[str, TrustedIssuer]:
    """Read `trusted.json`: issuer → its public key and the roles it may claim."""
    listed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {
        issuer: TrustedIssuer(entry["public_key"], frozenset(Role(role) for role in entry["roles"]))
        for issuer, entry in listed.items()
    }


class TokenSigner:
    """Signs actor tokens in the name of one issuer."""

    def __init__(self, issuer: str, private_key_pem: bytes) -> None:
        key = load_pem_private_key(private_key_pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"the identity key of {issuer} is not an Ed25519 key")
        self._issuer = issuer
        self._key = key
        self._signed: OrderedDict[tuple[Actor, str], tuple[str, float]] = OrderedDict()

    @classmethod
    def from_secrets(cls, secrets_dir: Path, issuer: str) -> TokenSigner:
        return cls(issuer, (secrets_dir / "identity" / f"{issuer}.key").read_bytes())

    def sign(self, actor: Actor, audience: str) -> str:
        """A token for this actor towards one service; the same one again while it is fresh enough."""
        issued_at = time.now().timestamp()
        token, signed_at = self._signed.get((actor, audience), ("", float("-inf")))
        # The test clock may jump in either direction, and a token from the future would be refused.
        if 0 <= issued_at - signed_at < TOKEN_REUSE_SECONDS:
            return token
        token = jwt.encode(
            _claims(self._issuer, actor, audience, int(issued_at)),
            self._key,
            _ALGORITHM,
            headers={"kid": self._issuer},
        )
        _remember(self._signed, (actor, audience), (token, issued_at))
        return token


class TokenVerifier:
    """Believes the tokens of trusted issuers that were signed for this audience.

    A verified token is remembered until it expires: an Ed25519 verification for every call would be the hot path.
    """

    def __init__(self, audience: str, trusted: Mapping[str, TrustedIssuer]) -> None:
        self._audience = audience
        self._roles = {issuer: entry.roles for issuer, entry in trusted.items()}
        self._keys = {issuer: _public_key(issuer, entry.public_key) for issuer, entry in trusted.items()}
        self._verified: OrderedDict[str, tuple[Actor, float, float]] = OrderedDict()

    @classmethod
    def from_secrets(cls, secrets_dir: Path, audience: str) -> TokenVerifier:
        return cls(audience, load_trusted(secrets_dir / "identity" / "trusted.json"))

    def verify(self, token: str) -> Actor:
        """The actor this token speaks for; raises Unauthenticated for anything else."""
        remembered = self._verified.get(token)
        if remembered is None:
            remembered = self._read(token)
            _remember(self._verified, token, remembered)
        actor, issued_at, expires_at = remembered
        instant = time.now().timestamp()
        if instant >= expires_at:
            self._verified.pop(token, None)
            raise Unauthenticated("the token has expired")
        if issued_at > instant + CLOCK_LEEWAY_SECONDS:
            raise Unauthenticated("the token is from the future")
        return actor

    def _read(self, token: str) -> tuple[Actor, float, float]:
        claims = self._claims(token)
        try:
            actor = _actor(claims)
            issued_at, expires_at = float(claims["iat"]), float(claims["exp"])
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as fault:
            raise Unauthenticated("the token's claims cannot be read") from fault
        # Written so that no number fits that is none (NaN), and none that never comes.
        if not 0 < expires_at - issued_at <= TOKEN_LIFETIME_SECONDS:
            raise Unauthenticated("the token would live too long")
        self._check_trust(claims["iss"], actor)
        return actor, issued_at, expires_at

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            issuer = jwt.get_unverified_header(token).get("kid")
            key = self._keys.get(issuer) if isinstance(issuer, str) else None
            if key is None:
                raise Unauthenticated("the token's issuer is not trusted here")
            # The times are compared with the platform's own clock, which a test may have moved.
            options: Any = {"require": _CLAIMS, "verify_exp": False, "verify_iat": False}
            claims: dict[str, Any] = jwt.decode(
                token, key, [_ALGORITHM], audience=self._audience, issuer=issuer, options=options
            )
        except jwt.PyJWTError as fault:
            raise Unauthenticated("the token is not valid for this service") from fault
        return claims

    def _check_trust(self, issuer: str, actor: Actor) -> None:
        if not actor.roles or not actor.roles <= self._roles[issuer]:
            raise Unauthenticated("the issuer claims a role it is not trusted for")
        # A service acts as itself and as nothing else; nobody else may pass for a service.
        service = f"service:{issuer}" if actor.has(Role.SYSTEM) else None
        if service != (actor.id if actor.id.startswith("service:") else None):
            raise Unauthenticated("only a service itself speaks as that service")


def _claims(issuer: str, actor: Actor, audience: str, issued_at: int) -> dict[str, Any]:
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": actor.id,
        "iat": issued_at,
        "exp": issued_at + TOKEN_LIFETIME_SECONDS,
        "roles": sorted(actor.roles),
        "unit": actor.unit,
        "person": None if actor.person_id is None else str(actor.person_id),
        "mandate": actor.mandate,
    }
    return {name: value for name, value in claims.items() if value is not None}


def _actor(claims: Mapping[str, Any]) -> Actor:
    person = claims.get("person")
    return Actor(
        id=claims["sub"],
        roles=frozenset(Role(role) for role in claims["roles"]),
        unit=claims.get("unit"),
        person_id=None if person is None else UUID(person),
        mandate=claims.get("mandate"),
    )


def _public_key(issuer: str, pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(pem.encode("ascii"))
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"the trusted key of {issuer} is not an Ed25519 key")
    return key


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep the newest entries only, so that no flood of tokens grows the process."""
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > REMEMBERED_TOKENS:
        memory.popitem(last=False)
