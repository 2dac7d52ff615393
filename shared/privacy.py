"""Personal data: encrypted at rest, found again by a keyed index, masked wherever a page shows it.

Names, certificate numbers, addresses and contacts are stored only as `Keyring.encrypt` made them (个人信息保护法
Art 51: encryption and de-identification). Each value is bound to its context, such as the column and the row it
belongs to, so that a value moved elsewhere no longer opens. Equality is asked through `BlindIndex`, whose key never
leaves the secrets folder, so that a stolen database does not tell who applied. The masks are for every page and answer
by default.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
STARS = "**"

_FORMAT = b"\x01"


class BadKey(Exception):
    """A key file does not hold what it must; the process cannot start with it."""


class Undecryptable(Exception):
    """A sealed value does not open: another context, another key, or bytes that were changed."""


class Keyring:
    """AES-256-GCM under the current key; whatever an older key of the ring sealed still opens.

    A sealed value is: format byte, length and id of the key, nonce, ciphertext with its tag. Everything before the
    ciphertext, and the context, is authenticated. Nonces are random: rotate a key long before 2^32 values.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        if current not in keys:
            raise BadKey(f"the current key {current} is not among the keys of the ring")
        self._ciphers = {key_id: AESGCM(_checked(key, key_id)) for key_id, key in keys.items()}
        self._current = current

    @classmethod
    def from_file(cls, path: Path) -> Keyring:
        """Read `{"current": "k1", "keys": {"k1": base64 of 32 bytes}}`."""
        try:
            ring = json.loads(path.read_text(encoding="utf-8"))
            return cls({key_id: _from_base64(key) for key_id, key in ring["keys"].items()}, ring["current"])
        except (KeyError, AttributeError, TypeError, ValueError) as fault:
            raise BadKey(f"{path.name} is not a keyring") from fault

    def encrypt(self, plain: str | bytes, *, context: str) -> bytes:
        """Seal one value for one place; the same value is sealed differently each time."""
        header = _header(self._current)
        nonce = os.urandom(NONCE_BYTES)
        content = plain.encode("utf-8") if isinstance(plain, str) else plain
        return header + nonce + self._ciphers[self._current].encrypt(nonce, content, _bound(header, context))

    def decrypt(self, sealed: bytes, *, context: str) -> bytes:
        """Open a value in the context it was sealed for; raises Undecryptable otherwise."""
        key_id, header_length = _read_header(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Undecryptable("the value was sealed with a key that is not in the ring")
        header, rest = sealed[:header_length], sealed[header_length:]
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound(header, context))
        except (InvalidTag, ValueError) as fault:
            raise Undecryptable("the value does not open in this context") from fault

    def decrypt_text(self, sealed: bytes, *, context: str) -> str:
        return self.decrypt(sealed, context=context).decode("utf-8")

    def needs_rotation(self, sealed: bytes) -> bool:
        """Whether a value was sealed with an older key and should be sealed again."""
        return _read_header(sealed)[0] != self._current


class BlindIndex:
    """Keyed digests: equal values meet, and without the key nobody can try out all certificate numbers."""

    def __init__(self, key: bytes) -> None:
        self._key = _checked(key, "blind-index")

    @classmethod
    def from_file(cls, path: Path) -> BlindIndex:
        try:
            return cls(_from_base64(path.read_text(encoding="ascii")))
        except ValueError as fault:
            raise BadKey(f"{path.name} is not a key of {KEY_BYTES} bytes in base64") from fault

    def index(self, kind: str, value: str) -> bytes:
        """The digest under which a value of this kind is looked up, however it was spaced or capitalised."""
        return self.digest(f"index:{kind}", normalise(value).encode("utf-8"))

    def person_id(self, certificate_type: str, number: str) -> UUID:
        """The pseudonym of a verified certificate: the same at the counter and online (RFC 9562 version 8)."""
        digest = bytearray(self.digest(f"person:{certificate_type}", normalise(number).encode("utf-8"))[:16])
        digest[6] = digest[6] & 0x0F | 0x80
        digest[8] = digest[8] & 0x3F | 0x80
        return UUID(bytes=bytes(digest))

    def digest(self, purpose: str, content: bytes) -> bytes:
        """HMAC-SHA256 of the content, separated by purpose: equal values of two purposes never meet."""
        label = purpose.encode("utf-8")
        mac = hmac.new(self._key, len(label).to_bytes(4, "big") + label, hashlib.sha256)
        mac.update(content)
        return mac.digest()


def normalise(value: str) -> str:
    """One spelling for full-width digits, spaces and a small x at the end of an identity number."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


# A compound surname counts as one surname, so that 欧阳修 becomes 欧阳** and not 欧**.
_COMPOUND_SURNAMES = re.compile(
    "欧阳|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|太叔|申屠|公孙|慕容|"
    "仲孙|钟离|长孙|宇文|司徒|鲜于|司空|闾丘|端木|太史|令狐|呼延|轩辕|百里|东郭|南门|西门|拓跋|第五"
)


def mask_name(name: str) -> str:
    """张三丰 → 张**: the surname stays; the number of stars tells nothing about the name.

    Enterprises are shown in full; the caller knows which party is one and does not ask for a mask.
    """
    bare = "".join(name.split())
    if not bare:
        return ""
    if len(bare) > 2 and _COMPOUND_SURNAMES.match(bare):
        return bare[:2] + STARS
    return STARS if len(bare) == 1 or bare[0] == "*" else bare[0] + STARS


def mask_certificate(number: str) -> str:
    """341602199001010012 → 341602********0012: region and last four stay, the birth date does not."""
    bare = "".join(number.split())
    if len(bare) == 18:
        return _keep(bare, 6, 4)
    # The identity number of the first generation has 15 digits; its birth date has six.
    return _keep(bare, 6, 3) if len(bare) == 15 else _keep_a_little(bare)


def mask_mobile(number: str) -> str:
    """13812341234 → 138****1234; any other telephone number keeps its last two digits."""
    bare = re.sub(r"[\s()（）-]", "", number)
    bare = re.sub(r"\A\+?86(?=1[3-9*])", "", bare)
    return _keep(bare, 3, 4) if len(bare) == 11 else _keep(bare, 0, 2 if len(bare) >= 7 else 0)


def mask_email(address: str) -> str:
    """someone@example.com → s***@example.com."""
    local, at, domain = "".join(address.split()).rpartition("@")
    if not at:
        return "***" if domain else ""
    return (local[0] if len(local) > 1 and local[0] != "*" else "") + "***@" + domain


# 小区, 社区 and their like end in the same character as a district, and a market (市场) begins like a city.
_REGION = (
    r"(?:[一-鿿]{2,8}?(?:省|自治区))?"
    r"(?:[一-鿿]{1,10}?(?:自治州|地区|盟|市(?!场)))?"
    r"(?:[一-鿿]{1,10}?(?:(?<![小社园厂校院库景矿住])区|县(?!城)|自治旗|旗|市(?!场)))?"
)
_STREET = r"(?:[一-鿿]{1,8}?(?:街道|镇|乡))?"
_SHOWN_ADDRESS = re.compile(_REGION + _STREET)


def mask_address(address: str) -> str:
    """安徽省亳州市谯城区薛阁街道光明西路1号 → 安徽省亳州市谯城区薛阁街道****: to county and street."""
    bare = "".join(address.split())
    shown = _SHOWN_ADDRESS.match(bare)
    return (shown.group() if shown else "") + "****" if bare else ""


# Letters or digits on either side make a hit part of a digest or of a case number, which is no personal data.
_EDGE_LEFT, _EDGE_RIGHT = r"(?<![0-9A-Za-z.])", r"(?![0-9A-Za-z])"
_IDENTITY_NUMBER = re.compile(
    _EDGE_LEFT
    + r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
    + _EDGE_RIGHT
)
_MOBILE = re.compile(_EDGE_LEFT + r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}" + _EDGE_RIGHT)
# Bounded, because an unbounded local part would take quadratic time on a long line without any @.
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def redact(text: str) -> str:
    """Free text with every identity number, mobile number and e-mail address masked."""
    text = _IDENTITY_NUMBER.sub(lambda hit: mask_certificate(hit.group()), text)
    text = _MOBILE.sub(lambda hit: mask_mobile(hit.group()), text)
    return _EMAIL.sub(lambda hit: mask_email(hit.group()), text)


def _keep(bare: str, first: int, last: int) -> str:
    return bare[:first] + "*" * (len(bare) - first - last) + bare[len(bare) - last :]


def _keep_a_little(bare: str) -> str:
    """Passports, permits and whatever else: never more than half, and nothing of a short one."""
    return _keep(bare, 2, 2) if len(bare) >= 8 else "*" * len(bare)


def _checked(key: bytes, key_id: str) -> bytes:
    if len(key) != KEY_BYTES:
        raise BadKey(f"the key {key_id} has not {KEY_BYTES} bytes")
    # A key somebody typed as a placeholder must never protect anything.
    if len(set(key)) < KEY_BYTES // 4:
        raise BadKey(f"the key {key_id} is not random")
    return key


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error as fault:
        raise BadKey("a key is not base64") from fault


def _header(key_id: str) -> bytes:
    encoded = key_id.encode("ascii")
    return _FORMAT + bytes([len(encoded)]) + encoded


def _read_header(sealed: bytes) -> tuple[str, int]:
    if len(sealed) < 2 or sealed[:1] != _FORMAT or len(sealed) < 2 + sealed[1]:
        raise Undecryptable("the value is not in a format that this version can read")
    length = 2 + sealed[1]
    return sealed[2:length].decode("ascii", "replace"), length


def _bound(header: bytes, context: str) -> bytes:
    return header + b"\0" + context.encode("utf-8")
