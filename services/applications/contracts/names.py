"""Names as people type them, in the one form of a certificate; and mobile numbers without what only helps the eye."""

import re
import unicodedata

Words = tuple[str, str]

# Pasted from chats and web pages; nobody sees them, and no certificate has them.
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x2060, 0xFEFF, 0x00AD))
_WIDE_SPACES = {0x3000: 0x20, 0xA0: 0x20}
# Names of many peoples have a dot between their parts; keyboards write it in a dozen ways, certificates as U+00B7.
_DOTS = re.compile(r"\s*[\u00b7\u0387\u2022\u2027\u2219\u22c5\u30fb\uff65\u16eb\u2e31]\s*")
_FULL_STOP_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff])\s*[.\uff0e]\s*(?=[\u3400-\u9fff])")
_GAPS = re.compile(r"[\s\-‐‑–—]+")
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1[0-9]{10}\Z)")


def mobile_form(text: str) -> str:
    """A mobile number in plain digits, without spaces and the country's own prefix."""
    plain = _GAPS.sub("", unicodedata.normalize("NFKC", text.translate(_UNSEEN)))
    return _COUNTRY.sub("", plain)


def number_form(text: str) -> str:
    """A certificate's number in narrow capital letters and digits, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text.translate(_UNSEEN)).split()).upper()


def name_form(text: str) -> str:
    """One kind of dot, one kind of space, nothing unseen; rare characters (𠮷, 䶮) stay what they are."""
    seen = unicodedata.normalize("NFC", text.translate(_UNSEEN).translate(_WIDE_SPACES))
    dotted = _FULL_STOP_BETWEEN.sub("·", _DOTS.sub("·", seen))
    return re.sub(r" {2,}", " ", dotted).strip()


def fault_of_name(text: str) -> tuple[str, Words] | None:
    """What stands in a name or an address, and on no certificate: its code and its sentences."""
    if any(unicodedata.category(sign) == "Co" for sign in text):
        return "private_character", (
            "含有输入法自造的字，别的设备上显示不出来。请用手写输入法选出标准的字；选不出的，请到窗口办理。",
            "This has a character that only your own keyboard knows. Write the standard one by hand, or come to the window.",
        )
    if any(map(_is_picture, text)):
        return "pictograph", (
            "不能有表情符号或者图形，请按证件上的文字填写。",
            "No emoji or pictures, please: write it as it stands on the certificate.",
        )
    return None


def _is_picture(sign: str) -> bool:
    return (
        unicodedata.category(sign) in ("So", "Me") or sign in "\u200d\ufe0f" or 0x1F000 <= ord(sign) < 0x20000
    )
