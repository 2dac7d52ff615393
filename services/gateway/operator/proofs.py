"""Checking a proof of the audit log here, with the public key alone and none of the log's own code.

A second implementation that agrees is worth more than the first one asked twice (RFC 9162 §2.1.3.2; C2SP signed notes).
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from services.audit.contracts import InclusionProof

_KEY_ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a proof holds, in words."""

    holds: bool
    zh: str
    en: str


def public_key_in(secrets_dir: Path) -> Ed25519PublicKey | None:
    """The log's public key as this process knows it; nothing when it was not handed out here."""
    try:
        key = load_pem_public_key((secrets_dir / "audit.public.key").read_bytes())
    except (OSError, ValueError):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def verify(proof: InclusionProof, key: Ed25519PublicKey) -> Verdict:
    """Check the signature of the checkpoint, then the way from the leaf to its root."""
    text = signed_text(proof.checkpoint, key)
    if text is None:
        return Verdict(False, "检查点签名不正确", "The checkpoint is not signed by the log's key.")
    try:
        _, size, root = text.split("\n")[:3]
        hashes = [base64.b64decode(one, validate=True) for one in proof.proof]
        holds = int(size) == proof.tree_size and is_included(
            proof.index, proof.tree_size, proof.leaf.encode(), hashes, base64.b64decode(root, validate=True)
        )
    except (ValueError, binascii.Error):
        holds = False
    if holds:
        return Verdict(
            True, "证明有效：事件在审计账中，检查点签名正确", "The proof holds and the checkpoint is signed."
        )
    return Verdict(
        False, "证明不成立：事件不在检查点所示的账中", "The event is not in the log of this checkpoint."
    )


def signed_text(note: str, key: Ed25519PublicKey) -> str | None:
    """The text of a signed note when one of its signatures is this key's; nothing otherwise."""
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        try:
            raw = base64.b64decode(line.rpartition(" ")[2], validate=True)
            key.verify(raw[_KEY_ID_BYTES:], text.encode())
        except (InvalidSignature, ValueError, binascii.Error):
            continue
        return text
    return None


def is_included(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf is number `index` of the tree with this size and root."""
    if not 0 <= index < size:
        return False
    place, last = index, size - 1
    digest = hashlib.sha256(b"\0" + leaf).digest()
    for sibling in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            digest = _node(sibling, digest)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            digest = _node(digest, sibling)
        place, last = place // 2, last // 2
    return last == 0 and digest == root


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
