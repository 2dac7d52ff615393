"""The formal documents: which kinds there are, how each is numbered, and what it says.

A document's values hold no personal data; names and free texts stand in the rendered text only, which is stored
encrypted.  A template never changes: a new wording is a new `template_version`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TEMPLATE_VERSION = 1
# Kinds whose wording has changed since; what was sealed before keeps its own text.
TEMPLATE_VERSIONS: Mapping[str, int] = {
    "undertaking": 2,
    "decision_grant": 2,
    "decision_refuse": 2,
    "termination_notice": 2,
    "tolerance_notice": 2,
    "correction_notice": 2,
    "delivery_receipt": 2,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document; `word` makes its series of numbers, and without one it bears the case number."""

    name: str
    title: str
    title_en: str
    word: str = ""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        # The voucher and the undertaking belong to the submission, which must stay cheap: they need no series.
        Kind("receipt_voucher", "收件凭证", "Receipt voucher"),
        Kind("undertaking", "容缺承诺书", "Undertaking"),
        Kind("commitment", "告知承诺书", "Commitment"),
        Kind("acceptance_notice", "受理通知书", "Notice of acceptance", "受"),
        Kind("tolerance_notice", "容缺受理通知书", "Notice of tolerant acceptance", "容"),
        Kind("correction_notice", "一次性告知书（补正通知书）", "One-time correction notice", "补"),
        Kind("decision_grant", "准予行政许可决定书", "Decision to grant", "准"),
        Kind("decision_refuse", "不予行政许可决定书", "Decision to refuse", "不"),
        Kind("delivery_receipt", "送达回证", "Proof of delivery", "送"),
        Kind("termination_notice", "终止办理通知书", "Notice of termination", "终"),
        Kind("not_required_notice", "不受理告知书", "Notice that no licence is needed", "免"),
        Kind("not_competent_decision", "不予受理决定书", "Decision not to accept", "拒"),
        Kind("deemed_acceptance_notice", "视为受理告知书", "Notice of deemed acceptance", "视"),
        Kind("special_procedure_notice", "特别程序告知书", "Notice of a special procedure", "特"),
        Kind("extension_notice", "延长办理期限告知书", "Notice of extension", "延"),
        Kind("hearing_rights_notice", "听证权利告知书", "Notice of the right to a hearing", "听告"),
        Kind("hearing_notice", "听证通知书", "Notice of hearing", "听"),
        Kind("supply_fault_notice", "容缺材料补正告知书", "Notice on late papers", "容补"),
        Kind("supply_extension_notice", "容缺补交期限延长告知书", "Notice of more time to supply", "容延"),
        Kind(
            "supply_extension_refusal", "不予延长补交期限告知书", "Notice that no more time is given", "容不"
        ),
        Kind("completion_notice", "材料补齐告知书", "Notice of completion", "齐"),
        Kind("mend_notice", "责令改正通知书", "Order to mend", "改"),
        Kind("recall_drop_notice", "不予收回告知书", "Notice that a result stands", "收免"),
        Kind("recall_notice", "拟收回办理结果告知书", "Notice of recall", "收告"),
        Kind("recall_decision", "收回办理结果决定书", "Decision to recall", "收"),
        Kind("licence", "行政许可证件", "Licence", "证"),
        Kind("revocation_decision", "撤销行政许可决定书", "Decision to revoke", "撤"),
        Kind("not_revoked_decision", "不予撤销行政许可决定书", "Decision not to revoke", "不撤"),
        Kind("licence_withdrawal_decision", "撤回行政许可决定书", "Decision to take back a licence", "回"),
        Kind("cancellation_notice", "注销行政许可告知书", "Notice of striking off", "注"),
        Kind("renewal_deemed_notice", "视为准予延续告知书", "Notice of deemed renewal", "续"),
        Kind("void_notice", "办件作废告知书", "Notice of voiding", "废"),
    )
}


def template_version(kind: str) -> int:
    """Which wording of this kind is sealed today."""
    return TEMPLATE_VERSIONS.get(kind, TEMPLATE_VERSION)


def titles(kind: str, *, is_licence: bool) -> tuple[str, str]:
    """The title in Chinese and English; what is no licence is not called one."""
    known = KINDS[kind]
    return (known.title if is_licence else known.title.replace("行政许可", "办理")), known.title_en


def number(organ_word: str, kind: str, year: int, serial: int) -> str:
    """A formal number, as 亳人防许受〔2026〕12号: one gap-free series per kind and year."""
    return f"{organ_word}{KINDS[kind].word}〔{year}〕{serial}号"


_SUFFIXES = {"receipt_voucher": "", "undertaking": "-CN", "commitment": "-GZ"}


def number_by_case(kind: str, case_no: str) -> str:
    """The number of a document that belongs to the submission itself."""
    return f"{case_no}{_SUFFIXES[kind]}"


@dataclass(frozen=True, slots=True)
class PartyText:
    """The people of a case as a document names them: in full, or masked."""

    applicant: str
    certificate_name: str
    certificate_number: str
    contact: str
    mobile: str
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only the original shows: the access code and what a clerk or an approver wrote in free text."""

    access_code: str = "********"
    reasons: str = "（见原件）"
    recipient: str = "（见原件）"
    signed_name: str = "（见原件）"
    explanations: tuple[str | None, ...] = ()
    compensation: str = "（见原件）"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document; `style` says how a page or a PDF sets it."""

    style: str
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before it is sealed: its kind and the values that its text is made of."""

    kind: str
    values: Mapping[str, Any]
    secrets: Secrets = Secrets()
