"""Phrases that several documents share."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from services.applications.domain.documents import Line, PartyText, Secrets

Values = Mapping[str, Any]
Template = Callable[[Values, PartyText, Secrets], list[Line]]


def chinese_date(iso: str) -> str:
    """2026年9月18日."""
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def article(values: Values, text: str) -> str:
    """An article of the licence law as this document cites it."""
    # The licence law binds licences; other items follow it by analogy.
    law = f"《中华人民共和国行政许可法》{text}"
    return law if values["is_licence"] else f"参照{law}"


def under(values: Values, text: str) -> str:
    """The article that an act rests on, as the beginning of its sentence."""
    law = article(values, text)
    return f"根据{law}的规定" if values["is_licence"] else f"{law}的规定"


def due(values: Values, clock: str, included: str = "") -> str:
    """The last day of a period, said to be provisional while the holidays of its year are not announced."""
    notes = [included] if included else []
    if values.get(f"{clock}_provisional"):
        notes.append("暂定，所涉年度放假安排尚未公布，公布后可能调整")
    return chinese_date(values[f"{clock}_due_on"]) + (f"（{'；'.join(notes)}）" if notes else "")


def case_fields(values: Values, party: PartyText) -> list[Line]:
    """Whose case this is, about what, under which number."""
    return [
        Line("field", party.applicant, "申请人"),
        Line("field", f"{party.certificate_name} {party.certificate_number}", "证件"),
        Line("field", str(values["item_name"]), "事项"),
        Line("field", str(values["case_no"]), "办件编号"),
    ]


def numbered(texts: list[str]) -> list[Line]:
    """A numbered list."""
    return [Line("item", text, f"{place}") for place, text in enumerate(texts, 1)]


def remedy(values: Values, act: str) -> str:
    """The standard remedies (R-STD)."""
    # R-STD (domain rules §1.7): 行政复议法 20, 行政诉讼法 46; on-line delivery must offer on-line filing (复议法 22).
    text = (
        f"如不服本{act}，可以自收到本{act}书之日起六十日内向{values['reconsideration_organ']}申请行政复议，"
        f"也可以自收到之日起六个月内依法向{values['court']}提起行政诉讼。"
    )
    online = values.get("reconsideration_url")
    return f"{text}网上申请行政复议：{online}。" if online else text
