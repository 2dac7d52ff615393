"""The key files of one running copy: made once, each readable by its owner only, never given a default anywhere.

What is there is kept: a new key for old data would make that data unreadable. Losing this folder loses the personal data.
"""

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from deploy.services import SERVICES

KEYRINGS = ("parties", "blobs", "replies")
KEYS = ("blind-index.key", "session.key")
# The gateway speaks for people and partners; a service that acts by itself speaks only as itself.
ROLES_OF_GATEWAY = (
    "applicant", "clerk", "approver", "organ_head", "keeper", "supervisor", "auditor", "operator", "province",
)  # fmt: skip


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
