"""The articles behind the legal buttons: what each says, and which of them a citation names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from services.gateway.problems import Problem

_FILE: Final = Path(__file__).parent / "law.yaml"
_NUMBER = r"第?(\d+|[零一二三四五六七八九十百]+)条?"
_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True, slots=True)
class Said:
    """The same in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article; `gist` is ours, and only what was compared with the published text is called its wording."""

    name: str
    law: Said
    document_no: str
    source: Said
    number: int
    gist: Said
    wording: str | None

    @property
    def title(self) -> Said:
        return Said(f"{self.law.zh}第{_chinese(self.number)}条", f"{self.law.en}, Article {self.number}")


def article(name: str, number: str) -> Article:
    """The article under its short or full name; numbers as 32, 32(4) and 第三十二条 are the same."""
    found = _articles().get((name, _number_in(number)))
    if found is None:
        raise Problem(
            "not_found",
            zh="这里没有收录这一条。可以到国家法律法规数据库查询全文。",
            en="This article is not kept here; the National Database of Laws and Regulations has the full text.",
        )
    return found


def cited_in(citation: str) -> Iterator[tuple[str, int]]:
    """Each article that a citation names, as 行政许可法 32(4), 72(4) or 行政许可法第三十二条."""
    names = sorted({name for name, _ in _articles()}, key=len, reverse=True)
    for law, numbers in re.findall(rf"({'|'.join(names)})\s*([^；;。]*)", citation):
        for number in re.findall(rf"(?:^|[,，、\s])\s*{_NUMBER}", numbers):
            yield law, _number_in(number)


def place_of(law: str, number: str | None) -> str | None:
    """Where the page of an article is, when it is kept here."""
    found = _articles().get((law, _number_in(number or "")))
    return f"/law/{found.name}/{found.number}" if found else None


def _number_in(text: str) -> int:
    found = re.match(_NUMBER, text.strip())
    if found is None:
        return 0
    return int(found[1]) if found[1].isdecimal() else _counted(found[1])


def _counted(numeral: str) -> int:
    """三十二 as 32."""
    total = 0
    for part in re.findall(r"[零一二三四五六七八九]?[十百]|[零一二三四五六七八九]", numeral):
        unit = {"十": 10, "百": 100}.get(part[-1], 1)
        total += unit * _DIGITS.get(part[0], 1)
    return total


def _chinese(number: int) -> str:
    """32 as 三十二, 203 as 二百零三."""
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    said = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        said += f"{'' if tens == 1 and not hundreds else digits[tens]}十"
    elif hundreds and ones:
        said += "零"
    return said + (digits[ones] if ones else "")


@cache
def _articles() -> dict[tuple[str, int], Article]:
    laws = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    found = [
        Article(
            name=law["name"],
            law=Said(law["full"], law["en"]),
            document_no=law["document_no"],
            source=Said(*law["source"]),
            number=int(number),
            gist=Said(*gist),
            wording=law.get("text", {}).get(number),
        )
        for law in laws
        for number, gist in law["articles"].items()
    ]
    return {(name, each.number): each for each in found for name in (each.name, each.law.zh)}


def known() -> list[Article]:
    """Every article that is kept."""
    return list({(each.name, each.number): each for each in _articles().values()}.values())
