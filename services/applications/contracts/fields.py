"""Field types of our requests: everything a person may type is judged here, before any service sees it.

A fault has a stable code and a sentence in both languages; `PydanticCustomError` carries them in its context (`zh`,
`en`), from where the edge builds the problem document.  Lone surrogates and wrong types are refused by Pydantic itself.
"""

import base64
import binascii
import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError as NumberError

from services.applications.contracts.names import fault_of_name, mobile_form, name_form, number_form
from shared.privacy import redact


class CertificateType(StrEnum):
    """Certificate types of GB/T 39046, which points to GA/T 2000.156; organisations have their credit code."""

    RESIDENT_ID = "111"
    TEMPORARY_ID = "112"
    HOUSEHOLD_BOOK = "113"
    PASSPORT = "414"
    TAIWAN_PERMIT = "511"
    HONG_KONG_MACAO_PERMIT = "516"
    PERMANENT_RESIDENCE = "553"
    OTHER = "990"
    CREDIT_CODE = "USCC"


CERTIFICATE_NAMES: dict[CertificateType, tuple[str, str]] = {
    CertificateType.RESIDENT_ID: ("居民身份证", "resident identity card"),
    CertificateType.TEMPORARY_ID: ("临时居民身份证", "temporary resident identity card"),
    CertificateType.HOUSEHOLD_BOOK: ("户口簿", "household register"),
    CertificateType.PASSPORT: ("普通护照", "passport"),
    CertificateType.TAIWAN_PERMIT: ("台湾居民来往大陆通行证", "Taiwan residents' travel permit"),
    CertificateType.HONG_KONG_MACAO_PERMIT: (
        "港澳居民来往内地通行证",
        "Hong Kong and Macao residents' travel permit",
    ),
    CertificateType.PERMANENT_RESIDENCE: ("外国人永久居留身份证", "foreigners' permanent residence card"),
    CertificateType.OTHER: ("其他证件", "other certificate"),
    CertificateType.CREDIT_CODE: ("统一社会信用代码", "unified social credit code"),
}

# Both carry the 18-digit citizen number; a household book may carry other numbers of its own.
_CITIZEN_NUMBER_TYPES = frozenset({CertificateType.RESIDENT_ID, CertificateType.TEMPORARY_ID})
_CITIZEN_NUMBER = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_OTHER_NUMBER = re.compile(r"[0-9A-Z()（）\-]{4,40}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?\.[A-Za-z]{2,24}"
)
# What turns the direction of writing lets a text look like another one, and no font of a document draws it.
_TURNS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029{_TURNS}\ufffe\uffff]")
_CONTROL_OR_BREAK = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029{_TURNS}\ufffe\uffff]")


def fault(code: str, zh: str, en: str) -> PydanticCustomError:
    """A validation fault that a person can read in either language."""
    # Pydantic wants literal messages so that its own catalogue stays stable; ours are stable by their code.
    return PydanticCustomError(code, "{en}", {"zh": zh, "en": en})


def _plain_line(text: str) -> str:
    if _CONTROL_OR_BREAK.search(text):
        raise fault(
            "control_character", "文本中含有不允许的控制字符。", "The text contains a control character."
        )
    return text


def _plain_text(text: str) -> str:
    if _CONTROL.search(text):
        raise fault(
            "control_character", "文本中含有不允许的控制字符。", "The text contains a control character."
        )
    return text


def _impersonal_line(text: str) -> str:
    """One line that stands in events for ever, so no personal number may."""
    if redact(text) != text:
        raise fault(
            "personal_number",
            "这里不能出现身份证号码、手机号码或者电子邮箱。",
            "No identity number, mobile number or e-mail address may stand here.",
        )
    return _plain_line(text)


def _not_masked(text: str) -> str:
    # A masked value read from a page must never be written back over the real one.
    if "*" in text:
        raise fault(
            "masked_value",
            "这里填的是打了星号的内容，请填写完整的原始内容。",
            "This is a masked value; please give the full original value.",
        )
    return _plain_line(text)


def _as_on_a_certificate(text: str) -> str:
    if (found := fault_of_name(text)) is not None:
        code, (zh, en) = found
        raise fault(code, zh, en)
    return text


def _mobile(text: str) -> str:
    text = mobile_form(text)
    if not _MOBILE.fullmatch(text):
        raise fault(
            "mobile_format",
            "手机号码应为 11 位数字，以 1 开头。",
            "A mobile number has 11 digits and begins with 1.",
        )
    return text


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text) or ".." in text:
        raise fault("email_format", "电子邮箱地址的格式不正确。", "This is not an e-mail address.")
    return text


def certificate_number(kind: CertificateType, number: str) -> str:
    """The number in its normal form, or a fault: shape, birth date and check digit are those of the law's standards.

    The region part of a citizen number is not compared with a list: numbers keep the region of their first issue,
    and no list of former regions is complete.
    """
    number = number_form(number)
    if kind in _CITIZEN_NUMBER_TYPES:
        return _citizen_number(number)
    if kind is CertificateType.CREDIT_CODE:
        return _credit_code(number)
    if not _OTHER_NUMBER.fullmatch(number):
        raise fault(
            "certificate_format", "证件号码的格式不正确。", "The certificate number has a wrong format."
        )
    return number


def _citizen_number(number: str) -> str:
    if not _CITIZEN_NUMBER.fullmatch(number):
        raise fault(
            "certificate_format",
            "居民身份证号码应为 18 位：前 17 位是数字，最后一位是数字或 X。",
            "A resident identity number has 18 places: 17 digits and a digit or X.",
        )
    try:
        ric.get_birth_date(number)
    except NumberError:
        raise fault(
            "certificate_checksum",
            "居民身份证号码的第7至14位（出生日期）不是真实的日期，请对照证件核对这8位。",
            "Places 7 to 14 of the resident identity number (the birth date) are no date; please compare these eight"
            " places with the card.",
        ) from None
    if ric.calc_check_digit(number) != number[17]:
        raise _wrong_check_digit(number)
    return number


def _wrong_check_digit(number: str) -> PydanticCustomError:
    """Says where to look, by places and never by digits: neighbours that were exchanged are the commonest slip."""
    exchanged = [
        place
        for place in range(1, 17)
        if ric.calc_check_digit(_exchanged(number, place)) == number[17]
        and number[place - 1] != number[place]
    ]
    zh = "、".join(f"第{place}和{place + 1}位（可能颠倒了）" for place in exchanged[:2])
    en = ", ".join(f"places {place} and {place + 1} (perhaps exchanged)" for place in exchanged[:2])
    return fault(
        "certificate_checksum",
        f"居民身份证号码的最后一位（校验位）与前17位对不上，请对照证件逐位核对，先看{zh or '第7至14位（出生日期）'}和最后一位。",
        "The last place of the resident identity number (the check digit) does not fit the others; please compare it"
        f" with the card, first {en or 'places 7 to 14 (the birth date)'} and the last place.",
    )


def _exchanged(number: str, place: int) -> str:
    """The number with this place, counted from 1, and the next exchanged."""
    return number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :]


# Letters that a credit code never has, because they are taken for digits or for each other (GB 32100-2015).
_NO_CODE_LETTER = re.compile(r"[^0-9A-HJ-NPQRTUWXY]")


def _credit_code(number: str) -> str:
    if len(number) != 18:
        raise fault(
            "certificate_checksum",
            f"统一社会信用代码应为18位，现在是{len(number)}位，请对照证照核对。",
            f"A credit code has 18 places and this has {len(number)}; please compare it with the licence.",
        )
    if (odd := _NO_CODE_LETTER.search(number)) is not None:
        place = odd.start() + 1
        raise fault(
            "certificate_checksum",
            f"统一社会信用代码的第{place}位不对：代码中没有字母I、O、S、V、Z，请核对是否为数字1、0、5、2。",
            f"Place {place} of the credit code is wrong: it has no letters I, O, S, V or Z; perhaps it is a 1, 0, 5 or 2.",
        )
    try:
        valid = uscc.validate(number) == number
    except NumberError:
        valid = False
    if not valid:
        raise fault(
            "certificate_checksum",
            "统一社会信用代码的最后一位（校验位）与前17位对不上，请对照证照逐位核对，先看第9至17位和最后一位。",
            "The last place of the credit code (the check digit) does not fit the others; please compare it with the"
            " licence, first places 9 to 17 and the last place.",
        )
    return number


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_not_masked),
    AfterValidator(_as_on_a_certificate),
    # The last stands outermost and is the first to run.
    BeforeValidator(lambda text: name_form(text) if isinstance(text, str) else text),
]
Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(_not_masked),
    AfterValidator(_as_on_a_certificate),
]
CertificateNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=4, max_length=40), AfterValidator(_not_masked)
]
Mobile = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=20),
    AfterValidator(_not_masked),
    AfterValidator(_mobile),
]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_not_masked),
    AfterValidator(_email),
]
ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_plain_text)
]
LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(_plain_text)
]
Purpose = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200), AfterValidator(_plain_line)
]

# Names of posts and steps, and numbers of instruments: published with the events that they stand in.
PublishedLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_impersonal_line),
]

MOST_SIGNATURE_BYTES = 32 * 1024


def _drawn_signature(text: str) -> str:
    # Only the shape is judged: a small PNG.  Nothing ever decodes its pixels on our side.
    try:
        image = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        image = b""
    width, height = int.from_bytes(image[16:20]), int.from_bytes(image[20:24])
    if (
        not image.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
        or len(image) > MOST_SIGNATURE_BYTES
        or not (1 <= width <= 2000 and 1 <= height <= 1000)
    ):
        raise fault(
            "signature_image",
            "手写签名应为不超过 32 KB 的 PNG 图片，宽不超过 2000 像素、高不超过 1000 像素。",
            "A drawn signature is a PNG of at most 32 KB, 2000 pixels wide and 1000 high.",
        )
    return text


# A drawn signature as base64 of a PNG.
DrawnSignature = Annotated[str, StringConstraints(max_length=43_692), AfterValidator(_drawn_signature)]

ItemCode = Annotated[
    str, StringConstraints(min_length=1, max_length=50, pattern=r"^[0-9A-Za-z][0-9A-Za-z_.-]{0,49}$")
]
MaterialCode = Annotated[
    str, StringConstraints(min_length=1, max_length=50, pattern=r"^[0-9A-Za-z][0-9A-Za-z_.-]{0,49}$")
]
CaseNo = Annotated[str, StringConstraints(min_length=8, max_length=50, pattern=r"^[0-9A-Z]{8,50}$")]
ExternalNo = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z][0-9A-Za-z_./-]{0,63}$")
]
# Eight letters without those that are mistaken for digits or for each other (I, L, O).
AccessCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-HJKMNP-Za-hjkmnp-z]{8}$"),
]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[0-9A-Za-z_=-]+$")]
Version = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
ItemVersion = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]

Channel = Literal["online", "counter", "service_point", "home_visit", "province"]
MaterialForm = Literal["electronic", "paper", "shared"]
Outcome = Literal["accept", "accept_tolerantly", "request_correction"]
Basis = Literal["ordinary", "tolerant", "deemed"]
DefectReason = Literal[
    "missing",
    "illegible",
    "wrong_form",
    "incomplete_content",
    "wrong_content",
    "expired",
    "not_sealed",
    "other",
]
MandateScope = Literal["supply", "withdraw", "hearing", "channel"]
DecisionResult = Literal["grant", "refuse"]
DeliveryMethod = Literal["window", "post", "electronic"]
StateName = Literal[
    "SUBMITTED",
    "CORRECTION_NOTICED",
    "NOT_REQUIRED",
    "NOT_COMPETENT",
    "ACCEPTED",
    "ACCEPTED_TOLERANT",
    "ACCEPTED_DEEMED",
    "IN_REVIEW",
    "SPECIAL_PROCEDURE",
    "EXTENDED",
    "DECIDED_GRANT",
    "DECIDED_REFUSE",
    "ISSUED",
    "DELIVERED",
    "CLOSED",
    "WITHDRAWN",
    "TERMINATED",
    "LAPSED_NO_CORRECTION",
    "VOIDED",
    "REVOKED",
    "WITHDRAWN_LICENCE",
    "CANCELLED",
    "CHANGED",
    "RENEWED",
]
