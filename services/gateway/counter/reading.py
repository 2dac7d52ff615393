"""What a card reader types: a number alone, or everything of the card in one line; filled in and judged at once."""

import re
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NumberError

from services.applications.contracts.fields import CertificateType, certificate_number
from services.gateway.design.language import N_, chosen
from shared.privacy import normalise

# Places of a citizen number are checked whatever stands around it in a reader's line.
_CITIZEN = re.compile(r"[0-9]{17}[0-9X]")
_CREDIT_CODE = re.compile(r"[0-9A-Z]{18}")
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]+(?:·[\u3400-\u9fff\U00020000-\U000323af]+)*")
_SEXES = {N_("男"): True, N_("女"): False}


@dataclass(frozen=True, slots=True)
class Card:
    """What was read of one card or licence."""

    kind: str
    certificate_type: str
    number: str
    name: str = ""
    address: str = ""
    # What the card says itself, to be compared with the number.
    sex: str = ""

    @property
    def contradicts_itself(self) -> bool:
        """Whether the sex that the reader typed is not the one of the number."""
        return self.sex in _SEXES and (int(self.number[16]) % 2 == 1) is not _SEXES[self.sex]


def read(typed: str, separators: str) -> Card:
    """The card; raises the number's own fault, which says where to look.

    A line is cut at the separators; which part is what is told by its form, since readers differ in their order.
    """
    parts = [part.strip() for part in re.split(f"[{re.escape(separators)}]+", typed) if part.strip()]
    number = next((part for part in map(normalise, parts) if _is_number(part)), normalise(typed))
    kind = "natural" if _is_personal(number) else "legal"
    certificate = CertificateType.RESIDENT_ID if kind == "natural" else CertificateType.CREDIT_CODE
    number = certificate_number(certificate, number)
    others = [part for part in parts if normalise(part) != number]
    return Card(kind, certificate.value, number, **_described(others, kind))


def _is_number(part: str) -> bool:
    return bool(_CITIZEN.fullmatch(part) or _CREDIT_CODE.fullmatch(part))


def _is_personal(number: str) -> bool:
    # A credit code begins with the registering authority, which no region of a citizen number is: 9…, or a letter within.
    return bool(re.fullmatch(r"[0-9]{15,17}[0-9X]?", number)) and not number.startswith("9")


def _described(parts: list[str], kind: str) -> dict[str, str]:
    """Name, sex and address among the other parts of a line."""
    if kind == "legal":
        return {"name": parts[0]} if parts else {}
    name = next((part for part in parts if part not in _SEXES and _NAME.fullmatch(part)), "")
    sex = next((part for part in parts if part in _SEXES), "")
    longest = max(parts, key=len, default="")
    address = longest if len(longest) >= 8 and longest != name else ""
    return {"name": name, "sex": sex, "address": address}


def described(number: str) -> str:
    """Birth date and sex of a citizen number, for the eye that compares it with the card; nothing of another one."""
    try:
        born: date = ric.get_birth_date(normalise(number))
    except (NumberError, ValueError):
        return ""
    male = int(normalise(number)[16]) % 2 == 1
    return chosen(
        f"{born.year}年{born.month}月{born.day}日出生，{N_('男') if male else N_('女')}",
        f"born {born.isoformat()}, {'male' if male else 'female'}",
    )
