"""The key files of one running copy: made once, each readable by its owner only, never given a default anywhere.

What is there is kept: a new key for old data would make that data unreadable. Losing this folder loses the personal data.
"""

import base64
import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from deploy.services import SERVICES

KEYRINGS = ("parties", "blobs", "replies")
KEYS = ("blind-index.key", "session.key")
# The gateway speaks for people and partners; a service that acts by itself speaks only as itself.
ROLES_OF_GATEWAY = (
    "applicant", "clerk", "approver", "organ_head", "keeper", "supervisor", "auditor", "operator", "province",
)  # fmt: skip

_ONLY_SIGNATURES = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def generate(folder: Path) -> None:
    """Makes every key file that is missing."""
    (folder / "identity").mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in KEYRINGS:
        _write_once(folder / f"{name}.keyring.json", json.dumps({"current": "k1", "keys": {"k1": _key()}}))
    for name in KEYS:
        _write_once(folder / name, _key())
    for issuer in SERVICES:
        _write_once(folder / "identity" / f"{issuer}.key", _signing_key())
    _make_seal_once(folder / "seal.key", folder / "seal.crt")
    _write_once(folder / "audit.signing.key", _signing_key())
    _write_once(folder / "audit.public.key", _public_key(folder / "audit.signing.key"))
    _replace(folder / "identity" / "trusted.json", json.dumps(_trusted(folder / "identity"), indent=1))


def passwords(path: Path, names: tuple[str, ...]) -> dict[str, str]:
    """One generated password per name, kept in one file."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    wanted = known | {name: secrets.token_urlsafe(24) for name in names if name not in known}
    if wanted != known:
        _replace(path, json.dumps(wanted, indent=1))
    return wanted


def _trusted(folder: Path) -> dict[str, dict[str, object]]:
    return {
        issuer: {
            "public_key": _public_key(folder / f"{issuer}.key"),
            "roles": list(ROLES_OF_GATEWAY if issuer == "gateway" else ("system",)),
        }
        for issuer in SERVICES
    }


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _signing_key() -> str:
    return (
        Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    )


def _public_key(path: Path) -> str:
    key = load_pem_private_key(path.read_bytes(), password=None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _make_seal_once(key_file: Path, certificate_file: Path) -> None:
    """A certificate of our own making to sign documents with; production is given the organ's instead."""
    if key_file.exists() and certificate_file.exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "通办本地运行"),
            x509.NameAttribute(NameOID.COMMON_NAME, "本地试用签名（无法律效力）"),
        ]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_ONLY_SIGNATURES, critical=True)
        .sign(key, hashes.SHA256())
    )
    _replace(certificate_file, certificate.public_bytes(Encoding.PEM).decode())
    _replace(key_file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def _write_once(path: Path, content: str) -> None:
    if not path.exists():
        _replace(path, content)


def _replace(path: Path, content: str) -> None:
    """Complete or not there at all, and never readable by others, not even for a moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
