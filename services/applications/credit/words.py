"""The words of a record: they stand in events for ever, so none of them may hold a personal number."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from services.applications.contracts.fields import fault
from shared.privacy import redact


def without_personal_numbers(text: str) -> str:
    """The text, refused when an identity number, a mobile number or an address of e-mail stands in it."""
    if redact(text) != text:
        raise fault(
            "personal_number",
            "这里不能出现身份证号码、手机号码或者电子邮箱。",
            "No identity number, mobile number or e-mail address may stand here.",
        )
    return text


FORMULA_SIGNS = frozenset("=+-@＝＋－＠")


def _plain(text: str) -> str:
    # A text that a table program would run as a formula is none of ours, whoever opens an export of it later.
    if text[:1] in FORMULA_SIGNS or not text.isprintable():
        raise fault(
            "not_plain_text",
            "只能填写普通文字，不能是公式，也不能含控制字符。",
            "Only plain text may stand here: no formula and no control character.",
        )
    return text


_is_plain, _is_impersonal = AfterValidator(_plain), AfterValidator(without_personal_numbers)
ListItem = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200), _is_plain, _is_impersonal
]
SourceName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100), _is_plain, _is_impersonal
]
# The number of a record at its source, such as 皖亳信〔2026〕12号.
Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), _is_plain, _is_impersonal
]
