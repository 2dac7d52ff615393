"""The codes of an item: 12 digits of the national catalogue, 31 of the implementing body, 33 of the handling item.

GB/T 39554.1-2020 as seen on live codes; the credit code is GB 32100-2015, its inner organisation code GB 11714-1997.
"""

import re
from dataclasses import dataclass

_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BASIC = re.compile(r"[0-9]{12}")
_IMPLEMENTATION = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}[1-6][0-9]{12}")
_HANDLING_SEQUENCE = re.compile(r"0[1-9]|[1-9][0-9]")

# GB/T 39046 A.1: what is handled on application. Penalty, coercion, levy and inspection (02, 03, 04, 06) are on the
# organ's own motion and live in the power list; 11–19 are internal approvals.
_ON_APPLICATION = {"01", "05", "07", "08", "09", "10"}


@dataclass(frozen=True, slots=True)
class Codes:
    """The three codes of one item as handed in."""

    basic: str
    implementation: str
    handling: str


def uscc_is_valid(code: str) -> bool:
    """统一社会信用代码: 18 characters of the alphabet without I, O, S, V, Z; both check characters right."""
    if len(code) != 18 or any(character not in _USCC_CHARACTERS for character in code):
        return False
    weighted = sum(_USCC_CHARACTERS.index(code[i]) * pow(3, i, 31) for i in range(17))
    return code[17] == _USCC_CHARACTERS[(31 - weighted % 31) % 31] and organisation_code_is_valid(code[8:17])


def organisation_code_is_valid(code: str) -> bool:
    """组织机构代码: eight characters and a check character, 10 written X and 11 written 0."""
    if len(code) != 9 or any(character not in _ORGANISATION_CHARACTERS for character in code):
        return False
    weighted = sum(
        _ORGANISATION_CHARACTERS.index(character) * weight
        for character, weight in zip(code, _ORGANISATION_WEIGHTS, strict=False)
    )
    return code[8] == "0123456789X0"[11 - weighted % 11]


def basic_code_is_valid(code: str) -> bool:
    """基本编码: twelve digits whose third and fourth name a known type."""
    return _BASIC.fullmatch(code) is not None


def type_in_basic_code(code: str) -> str:
    """The item type that the basic code names in its digits 3–4."""
    return code[2:4]


def is_on_application(item_type: str) -> bool:
    """Whether items of the type belong in the application catalogue (在线政务服务若干规定 Art 4)."""
    return item_type in _ON_APPLICATION or (item_type.isdigit() and len(item_type) == 2 and item_type >= "20")


def implementation_code(uscc: str, level: int, basic: str) -> str:
    """实施编码: credit code of the implementing body, exercise level, basic code."""
    return f"{uscc}{level}{basic}"


def implementation_code_is_valid(code: str) -> bool:
    """Right in shape, and its credit code passes its checksums."""
    return _IMPLEMENTATION.fullmatch(code) is not None and uscc_is_valid(code[:18])


def handling_code_is_valid(code: str, implementation: str) -> bool:
    """业务办理项编码: the implementation code and a sequence 01–99."""
    return code[:31] == implementation and _HANDLING_SEQUENCE.fullmatch(code[31:]) is not None
