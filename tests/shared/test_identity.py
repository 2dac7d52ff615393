"""Actor tokens: believed only from a trusted issuer, for this audience, in time, and within the issuer's roles."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared import identity, time
from shared.identity import (
    Actor,
    Role,
    TokenSigner,
    TokenVerifier,
    TrustedIssuer,
    Unauthenticated,
    system_actor,
)

KEYS = {name: Ed25519PrivateKey.generate() for name in ("gateway", "notifications", "stranger")}
CLERK = Actor("staff:zhao", frozenset({Role.CLERK}), unit="11341600762764234C", mandate="窗口三")
PERSON = UUID("6f0e3c0a-0000-8000-8000-000000000001")


def private_pem(name: str) -> bytes:
    return KEYS[name].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(name: str) -> str:
    public = KEYS[name].public_key()
    return public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


TRUSTED = {
    "gateway": TrustedIssuer(public_pem("gateway"), frozenset(Role) - {Role.SYSTEM}),
    "notifications": TrustedIssuer(public_pem("notifications"), frozenset({Role.SYSTEM})),
}


def signer(name: str = "gateway") -> TokenSigner:
    return TokenSigner(name, private_pem(name))


@pytest.fixture
def verifier() -> TokenVerifier:
    return TokenVerifier("applications", TRUSTED)


@pytest.fixture
def move_clock(tmp_path: Path) -> Iterator[Path]:
    time.follow_clock_file(tmp_path / "clock")
    yield tmp_path / "clock"
    time.follow_clock_file(None)


@given(
    roles=st.frozensets(st.sampled_from(sorted(frozenset(Role) - {Role.SYSTEM})), min_size=1),
    unit=st.none() | st.text(max_size=20),
    person_id=st.none() | st.uuids(),
    mandate=st.none() | st.text(max_size=20),
)
def test_an_actor_arrives_as_it_was_sent(
    roles: frozenset[Role], unit: str | None, person_id: UUID | None, mandate: str | None
) -> None:
    actor = Actor("account:1", roles, unit, person_id, mandate)
    assert TokenVerifier("applications", TRUSTED).verify(signer().sign(actor, "applications")) == actor


def test_a_token_for_another_service_is_refused(verifier: TokenVerifier) -> None:
    with pytest.raises(Unauthenticated, match="not valid for this service"):
        verifier.verify(signer().sign(CLERK, "audit"))


def test_a_token_lives_sixty_seconds_even_when_it_was_verified_before(
    verifier: TokenVerifier, move_clock: Path
) -> None:
    token = signer().sign(CLERK, "applications")
    move_clock.write_text("57")
    assert verifier.verify(token) == CLERK
    move_clock.write_text("61.5")
    with pytest.raises(Unauthenticated, match="expired"):
        verifier.verify(token)


def test_a_token_from_the_future_is_refused(verifier: TokenVerifier, move_clock: Path) -> None:
    move_clock.write_text("3600")
    token = signer().sign(CLERK, "applications")
    move_clock.write_text("0")
    with pytest.raises(Unauthenticated, match="future"):
        verifier.verify(token)


def test_the_signer_signs_again_after_twenty_seconds_and_after_the_clock_went_back(move_clock: Path) -> None:
    gateway = signer()
    first = gateway.sign(CLERK, "applications")
    assert gateway.sign(CLERK, "applications") is first
    move_clock.write_text("21")
    second = gateway.sign(CLERK, "applications")
    assert second != first
    move_clock.write_text("-100")
    assert gateway.sign(CLERK, "applications") != second


def test_an_issuer_may_not_claim_a_role_it_is_not_trusted_for(verifier: TokenVerifier) -> None:
    with pytest.raises(Unauthenticated, match="not trusted for"):
        verifier.verify(signer().sign(Actor("service:gateway", frozenset({Role.SYSTEM})), "applications"))
    with pytest.raises(Unauthenticated, match="not trusted for"):
        verifier.verify(signer("notifications").sign(CLERK, "applications"))
    with pytest.raises(Unauthenticated, match="not trusted for"):
        verifier.verify(signer().sign(Actor("staff:nobody", frozenset()), "applications"))


def test_a_service_speaks_only_as_itself(verifier: TokenVerifier) -> None:
    own = system_actor("notifications")
    assert verifier.verify(signer("notifications").sign(own, "applications")) == own
    with pytest.raises(Unauthenticated, match="only a service itself"):
        verifier.verify(signer("notifications").sign(system_actor("audit"), "applications"))
    with pytest.raises(Unauthenticated, match="only a service itself"):
        verifier.verify(signer().sign(Actor("service:audit", frozenset({Role.CLERK})), "applications"))


def test_a_stranger_is_refused_under_its_own_name_and_under_anothers(verifier: TokenVerifier) -> None:
    with pytest.raises(Unauthenticated, match="not trusted here"):
        verifier.verify(signer("stranger").sign(CLERK, "applications"))
    with pytest.raises(Unauthenticated, match="not valid"):
        verifier.verify(TokenSigner("gateway", private_pem("stranger")).sign(CLERK, "applications"))


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_another_algorithm_is_refused(verifier: TokenVerifier, algorithm: str) -> None:
    claims = identity._claims("gateway", CLERK, "applications", int(time.now().timestamp()))
    key = "" if algorithm == "none" else "k" * 32
    with pytest.raises(Unauthenticated):
        verifier.verify(jwt.encode(claims, key, algorithm, headers={"kid": "gateway"}))


@pytest.mark.parametrize("claim", ["exp", "iat", "sub", "roles", "iss", "aud"])
def test_a_token_without_one_of_its_claims_is_refused(verifier: TokenVerifier, claim: str) -> None:
    claims = identity._claims("gateway", CLERK, "applications", int(time.now().timestamp()))
    del claims[claim]
    with pytest.raises(Unauthenticated):
        verifier.verify(jwt.encode(claims, KEYS["gateway"], "EdDSA", headers={"kid": "gateway"}))


@pytest.mark.parametrize(
    ("claim", "value"),
    [("roles", ["emperor"]), ("roles", 5), ("person", "no uuid"), ("exp", "soon"), ("sub", 7), ("person", 7)],
)
def test_a_signed_token_with_unreadable_claims_is_refused(
    verifier: TokenVerifier, claim: str, value: object
) -> None:
    claims = identity._claims("gateway", CLERK, "applications", int(time.now().timestamp())) | {claim: value}
    with pytest.raises(Unauthenticated):
        verifier.verify(jwt.encode(claims, KEYS["gateway"], "EdDSA", headers={"kid": "gateway"}))


@pytest.mark.parametrize("expires_at", [float("inf"), float("nan"), 10**400, time.now().timestamp() + 3600])
def test_a_signed_token_that_would_live_too_long_is_refused(
    verifier: TokenVerifier, expires_at: float
) -> None:
    claims = identity._claims("gateway", CLERK, "applications", int(time.now().timestamp()))
    signed = jwt.encode(claims | {"exp": expires_at}, KEYS["gateway"], "EdDSA", headers={"kid": "gateway"})
    with pytest.raises(Unauthenticated):
        verifier.verify(signed)


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        TokenVerifier("applications", TRUSTED).verify(text)


def test_the_memory_of_tokens_is_bounded(verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "REMEMBERED_TOKENS", 3)
    for number in range(6):
        verifier.verify(signer().sign(Actor(f"staff:{number}", CLERK.roles), "applications"))
    assert len(verifier._verified) == 3


def test_a_verified_token_is_not_verified_again(
    verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signer().sign(CLERK, "applications")
    verifier.verify(token)
    monkeypatch.setattr(jwt, "decode", None)
    assert verifier.verify(token) == CLERK


def test_keys_come_from_the_secrets_folder(tmp_path: Path) -> None:
    folder = tmp_path / "identity"
    folder.mkdir()
    (folder / "gateway.key").write_bytes(private_pem("gateway"))
    trusted = f'{{"gateway": {{"public_key": {public_pem("gateway")!r}, "roles": ["clerk"]}}}}'.replace(
        "'", '"'
    )
    (folder / "trusted.json").write_text(trusted)
    token = TokenSigner.from_secrets(tmp_path, "gateway").sign(CLERK, "audit")
    assert TokenVerifier.from_secrets(tmp_path, "audit").verify(token) == CLERK


def test_having_a_role_means_having_any_of_those_named() -> None:
    assert CLERK.has(Role.APPROVER, Role.CLERK)
    assert not CLERK.has(Role.APPROVER)
    assert not CLERK.has()
