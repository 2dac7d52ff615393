"""Checking one proof file off-line: with the log's public key and nothing else of ours.

`docs/reference/audit-log.md` describes the file, so that anybody can write this check again in an afternoon.
"""

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from typing import Any

from services.audit.domain.checkpoint import (
    Checkpoint,
    NoteUnreadable,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
)
from services.audit.domain.errors import LeafRefused
from services.audit.domain.leaf import Leaf, parse_leaf
from services.audit.domain.merkle import verify_inclusion
from services.audit.signing import load_verifier_key, verify_ed25519

FORMAT = "tongban-audit-proof/v1"


class _Disproved(Exception):
    """The file proves nothing; says why."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.reason = (code, zh, en)


@dataclass(frozen=True, slots=True)
class ProofReport:
    """Whether the file proves that its event is in the log, and what it says."""

    ok: bool
    code: str
    zh: str
    en: str
    origin: str | None = None
    tree_size: int | None = None
    index: int | None = None
    leaf: Leaf | None = None

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def verify_proof(
    document: str | bytes | dict[str, Any], public_key: str | bytes, origin: str | None = None
) -> ProofReport:
    """Check a proof file with the log's public key (PEM, or `name+keyid+base64`).

    With a bare PEM key the log's name is taken from the checkpoint, unless `origin` demands one.
    """
    try:
        proof = _read(document)
        leaf = _leaf(proof["leaf"])
        checkpoint = _checkpoint(proof["checkpoint"], public_key, origin)
        _must_be_included(proof, leaf, checkpoint)
    except _Disproved as disproved:
        return ProofReport(False, *disproved.reason)
    return ProofReport(
        True,
        "proved",
        "证明有效：该事件确在审计账中，且检查点签名正确。",
        "The proof holds: the event is in the log, and the checkpoint is signed by this key.",
        checkpoint.origin,
        checkpoint.tree_size,
        proof["index"],
        leaf,
    )


def _read(document: str | bytes | dict[str, Any]) -> dict[str, Any]:
    try:
        proof = document if isinstance(document, dict) else json.loads(document)
    except (ValueError, RecursionError):
        raise _Disproved("unreadable", "文件不是 JSON。", "The file is not JSON.") from None
    if not isinstance(proof, dict) or proof.get("format") != FORMAT:
        raise _Disproved("unreadable", f"文件不是 {FORMAT} 证明。", f"The file is not a {FORMAT} proof.")
    kinds = {"leaf": str, "index": int, "tree_size": int, "proof": list, "checkpoint": str}
    if any(type(proof.get(name)) is not kind for name, kind in kinds.items()):
        raise _Disproved("unreadable", "证明缺少字段或类型不符。", "A field is missing or of the wrong type.")
    return proof


def _leaf(content: str) -> Leaf:
    try:
        return parse_leaf(content)
    except LeafRefused as refused:
        raise _Disproved("leaf_form", refused.zh, refused.en) from None


def _checkpoint(note: str, public_key: str | bytes, origin: str | None) -> Checkpoint:
    try:
        named = origin or parse_checkpoint(parse_note(note).text).origin
        checkpoint = open_checkpoint(note, load_verifier_key(public_key, named), verify_ed25519)
    except NoteUnreadable:
        raise _Disproved(
            "checkpoint_form", "检查点或公钥无法读取。", "The checkpoint or the key is unreadable."
        ) from None
    if checkpoint is None:
        raise _Disproved(
            "checkpoint_signature", "检查点不是用此公钥签发的。", "The checkpoint was not signed by this key."
        )
    return checkpoint


def _must_be_included(proof: dict[str, Any], leaf: Leaf, checkpoint: Checkpoint) -> None:
    if proof["tree_size"] != checkpoint.tree_size:
        raise _Disproved(
            "tree_size", "证明与检查点的规模不同。", "The proof and the checkpoint are about different sizes."
        )
    try:
        hashes = [base64.b64decode(digest, validate=True) for digest in proof["proof"]]
    except (TypeError, ValueError, binascii.Error):
        raise _Disproved(
            "unreadable", "证明中的散列值无法读取。", "A hash in the proof is not base64."
        ) from None
    if not verify_inclusion(proof["index"], checkpoint.tree_size, leaf.hash, hashes, checkpoint.root):
        raise _Disproved(
            "not_included",
            "证明不成立：该条目不在检查点所示的账中。",
            "The entry is not in the log of the checkpoint.",
        )
