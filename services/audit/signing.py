"""Ed25519 for checkpoints: the one place of the audit service that knows a cryptography library."""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from services.audit.domain.checkpoint import Checkpoint, SignedNote, VerifierKey, parse_verifier_key, sign


class KeyUnusable(ValueError):
    """The file holds no Ed25519 key."""


class CheckpointSigner:
    """Signs the checkpoints of one log under its origin."""

    def __init__(self, origin: str, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key
        self.key = VerifierKey(origin, private_key.public_key().public_bytes_raw())

    @classmethod
    def from_file(cls, origin: str, path: Path) -> "CheckpointSigner":
        """The signer with the private key of a PEM file."""
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyUnusable(f"{path.name} holds no Ed25519 private key")
        return cls(origin, key)

    def sign(self, tree_size: int, root: bytes) -> SignedNote:
        """The signed checkpoint of a tree."""
        return sign(Checkpoint(self.key.name, tree_size, root), self.key, self._private_key.sign)


def verify_ed25519(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    """Whether the signature is right."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def load_verifier_key(text: bytes | str, origin: str) -> VerifierKey:
    """A public key from PEM (it then signs under `origin`) or from the `name+keyid+base64` form."""
    written = text.decode() if isinstance(text, bytes) else text
    if not written.lstrip().startswith("-----BEGIN"):
        return parse_verifier_key(written)
    key = load_pem_public_key(written.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable("the PEM text holds no Ed25519 public key")
    return VerifierKey(origin, key.public_bytes_raw())
