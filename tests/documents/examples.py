"""Example values for the templates of every kind of document, whatever each of them asks for."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.applications.domain.documents import KINDS, Line, PartyText, Secrets, number, titles
from services.applications.domain.papers.licences import (
    CANCELLATION_WORDS,
    REVOCATION_WORDS,
    WITHDRAWAL_WORDS,
)
from services.applications.domain.papers.promises import SIGNATURE_NAMES
from services.applications.domain.papers.tolerating import FAULT_WORDS
from services.applications.domain.wording import _TEMPLATES, render
from services.documents.domain.form import Line as PrintedLine
from services.documents.domain.form import Paper
from tests.documents.conftest import URL

ORGAN = "亳州市国防动员办公室"
PAPERS = ["防空地下室建设申请表", "建设用地规划许可证", "总平面图（加盖设计单位图章）", "设计单位资质证书"]
LONG = (
    "所提交的总平面图未标注防空地下室的战时出入口位置，与规范要求不符，请补充标注并由设计单位重新盖章后提交。"
)
PARTY = PartyText("张三丰", "居民身份证", "341602199001010012", "王小二", "13812341234")
SECRETS = Secrets("ABCDEFGH", LONG, "王小二", "张三丰", ("第二页未盖章", None))
KNOWN: Mapping[str, Any] = {
    "is_licence": True,
    "organ": ORGAN,
    "item_name": "新建民用建筑防空地下室建设审批",
    "case_no": "11341600762764234C3000180002001202609180001",
    "papers": PAPERS,
    "lacking": PAPERS[2:],
    "tolerance_refused": ["存在失信记录，尚未修复。"],
    "defects": [
        {"material_name": PAPERS[2], "reason": "not_sealed"},
        {"material_name": PAPERS[3], "reason": "missing"},
    ],
    "supply_working_days": 10,
    "method": "post",
    "reason": "undertaking_broken",
    "enquiry_phone": "0558-12345",
    "submitted_at": "2026年9月18日 09:00",
    "reconsideration_organ": "亳州市人民政府",
    "court": "亳州市谯城区人民法院",
    "reconsideration_url": "https://fuyi.example.gov.cn",
    "request_unit": "working_day",
    "unit": "working_day",
    "signature_kind": next(iter(SIGNATURE_NAMES)),
}
# What is called the same in two kinds and means something else in each.
OF_KIND: Mapping[str, Mapping[str, Any]] = {
    "supply_fault_notice": {
        "defects": [{"material_name": PAPERS[2], "reason": next(iter(FAULT_WORDS))}],
    },
    "revocation_decision": {"ground": next(iter(REVOCATION_WORDS))},
    "not_revoked_decision": {"ground": next(iter(REVOCATION_WORDS))},
    "licence_withdrawal_decision": {"ground": next(iter(WITHDRAWAL_WORDS))},
    "cancellation_notice": {"ground": next(iter(CANCELLATION_WORDS))},
}


# Every kind that some rule of the case engine issues.
WITH_TEXT = [kind for kind in KINDS if kind in _TEMPLATES]


class Examples(dict[str, Any]):
    """Known values; what a new template asks for beside them is guessed from its name."""

    def __missing__(self, name: str) -> Any:
        if name.endswith(("_on", "_until", "_from", "_to")):
            return "2026-09-18"
        if name.startswith(("has_", "is_")) or name.endswith("_provisional"):
            return True
        return 10 if name.endswith(("days", "length", "months", "years")) else "示例"

    def get(self, name: str, default: Any = None) -> Any:
        """As if every value had been given."""
        return self[name]


def lines_of(kind: str) -> list[Line]:
    """The document as applications would seal it."""
    values = Examples({**KNOWN, **OF_KIND.get(kind, {})})
    values |= {"number": number_of(kind), "issued_on": "2026-09-18"}
    return render(kind, values, PARTY, SECRETS)


def number_of(kind: str) -> str:
    return number("亳人防许", kind, 2026, 12) if KINDS[kind].word else str(KNOWN["case_no"])


def paper_of(kind: str) -> Paper:
    """The document as the press takes it."""
    document_id = UUID(int=list(KINDS).index(kind) + 1)
    return Paper(
        document_id=str(document_id),
        kind=kind,
        title=titles(kind, is_licence=True)[0],
        number=number_of(kind),
        organ=ORGAN,
        issued_on=date(2026, 9, 18).isoformat(),
        lines=tuple(PrintedLine(line.style, line.text, line.label) for line in lines_of(kind)),
        verify_url=f"{URL}/verify/{document_id}",
    )
