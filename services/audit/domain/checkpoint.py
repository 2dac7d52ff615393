"""Checkpoints: the size and root of the log as a signed note (C2SP tlog-checkpoint in C2SP signed-note).

    tongban.bozhou.gov.cn/audit
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — tongban.bozhou.gov.cn/audit Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeO…

The text above the blank line is what is signed.  This file knows the format; the Ed25519 arithmetic is handed in as a
function, so that the format can be read with the standard library alone.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.audit.domain.merkle import HASH_BYTES

ED25519 = b"\x01"
"""The signature type byte of plain Ed25519 signatures."""

LARGEST_NOTE_BYTES = 64 * 1024
MOST_SIGNATURES = 64

Verify = Callable[[bytes, bytes, bytes], bool]
"""Given a 32-byte public key, a signature and the signed bytes: whether the signature is right."""


class NoteUnreadable(ValueError):
    """The text is not a signed note, or not a checkpoint."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under the name it signs with; written `name+keyid+base64` (the "vkey" of signed notes)."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.public_key) != 32:
            raise NoteUnreadable("not a name without spaces and plus signs, with an Ed25519 key of 32 bytes")

    @property
    def key_id(self) -> bytes:
        """Four bytes that say which key signed; a hint, not a proof."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_to_base64(ED25519 + self.public_key)}"


def parse_verifier_key(text: str) -> VerifierKey:
    """The key written as `name+keyid+base64`."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _from_base64(encoded)
    if raw[:1] != ED25519:
        raise NoteUnreadable("not an Ed25519 verifier key")
    key = VerifierKey(name, raw[1:])
    if key.key_id.hex() != key_id:
        raise NoteUnreadable("the key id does not belong to this name and key")
    return key


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"— {self.name} {_to_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text and who signed it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))

    def is_signed_by(self, key: VerifierKey, verify: Verify) -> bool:
        """Whether the key signed this text; one wrong signature of the key spoils the whole note."""
        own = [s for s in self.signatures if (s.name, s.key_id) == (key.name, key.key_id)]
        return bool(own) and all(verify(key.public_key, s.signature, self.text.encode()) for s in own)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: these many leaves, under this root."""

    origin: str
    tree_size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        if not all(lines) or any(_CONTROL.search(line) for line in lines):
            raise NoteUnreadable("an empty line or a control character in a checkpoint")
        if self.tree_size < 0 or len(self.root) != HASH_BYTES:
            raise NoteUnreadable("not a tree size and a SHA-256 root")

    @property
    def text(self) -> str:
        """The lines that are signed."""
        lines = (self.origin, str(self.tree_size), _to_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def sign(checkpoint: Checkpoint, key: VerifierKey, sign_bytes: Callable[[bytes], bytes]) -> SignedNote:
    """The checkpoint as a note with one signature."""
    text = checkpoint.text
    return SignedNote(text, (Signature(key.name, key.key_id, sign_bytes(text.encode())),))


_CONTROL = re.compile("[\x00-\x1f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


def parse_note(note: str) -> SignedNote:
    """Read a signed note; its signatures are not checked here."""
    if len(note.encode(errors="replace")) > LARGEST_NOTE_BYTES:
        raise NoteUnreadable("the note is too long")
    if _CONTROL.search(note.replace("\n", "")) or _has_surrogate(note):
        raise NoteUnreadable("the note has control characters or is not Unicode")
    text, separator, block = note.rpartition("\n\n")
    if not separator or not text or not block.endswith("\n"):
        raise NoteUnreadable("the note has no signatures after a blank line")
    lines = block[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteUnreadable("the note has too many signatures")
    return SignedNote(text + "\n", tuple(map(_parse_signature, lines)))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note as a checkpoint; only the one way of writing it is accepted."""
    lines: Sequence[str] = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or not _SIZE.fullmatch(lines[1]):
        raise NoteUnreadable("not a checkpoint: origin, size and root, a line each")
    return Checkpoint(lines[0], int(lines[1]), _from_base64(lines[2]), tuple(lines[3:-1]))


def open_checkpoint(note: str, key: VerifierKey, verify: Verify) -> Checkpoint | None:
    """The checkpoint in a note; None when this key did not sign it or it is another log's."""
    signed = parse_note(note)
    checkpoint = parse_checkpoint(signed.text)
    return checkpoint if checkpoint.origin == key.name and signed.is_signed_by(key, verify) else None


def _parse_signature(line: str) -> Signature:
    match line.split(" "):
        case ["—", name, encoded] if is_key_name(name):
            raw = _from_base64(encoded)
        case _:
            raise NoteUnreadable("not a signature line")
    if len(raw) < 5:
        raise NoteUnreadable("an empty signature")
    return Signature(name, raw[:4], raw[4:])


def is_key_name(name: str) -> bool:
    """Whether a key may bear this name (signed-note, Format)."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name) and not _CONTROL.search(name)


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _to_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _from_base64(text: str) -> bytes:
    """Strict standard base64: whatever would not be written back the same is refused."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise NoteUnreadable("not base64") from None
    if _to_base64(raw) != text:
        raise NoteUnreadable("not canonical base64")
    return raw
