"""What an approver looks at before deciding: the rules as far as they compute, and the decision as it would read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.applications.contracts import CaseView, DocumentLine
from services.gateway.progress import clock_of
from shared.deadlines.wording import day_zh
from shared.time import today

Verdict = Literal["pass", "fail", "eye"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: passed, failed, or to be judged by a person."""

    title: str
    verdict: Verdict
    words: str
    article: str = ""


def checklist(case: CaseView) -> list[Rule]:
    """The rules of this case; what only a person can judge is said to need an eye."""
    return [
        _papers(case),
        _acceptance(case),
        _tolerance(case),
        _promise(case),
        _statute(case),
        _substance(case),
    ]


def _papers(case: CaseView) -> Rule:
    lacking = [
        paper.name for paper in case.check.materials if paper.status in ("missing", "tolerated", "defective")
    ]
    if lacking:
        return Rule(
            "材料齐全", "fail", f"尚缺：{'、'.join(lacking)}。补齐前不得作出准予决定", "行政许可法第三十八条"
        )
    shared = [paper.name for paper in case.check.materials if paper.status == "shared"]
    if shared:
        # Nothing records yet that the organ has fetched these, so a person has to see them.
        words = f"申请人应交的材料都已提交；由本机关共享取得的请核对：{'、'.join(shared)}"
        return Rule("材料齐全", "eye", words, "行政许可法第三十四条")
    return Rule("材料齐全", "pass", "清单上的材料都已提交", "行政许可法第三十四条")


def _acceptance(case: CaseView) -> Rule:
    names = {"ordinary": "普通受理", "tolerant": "容缺受理", "deemed": "逾期未告知，视为受理"}
    words = names.get(case.acceptance_basis or "", "尚未受理")
    when = f"，{day_zh(case.accepted_on)}" if case.accepted_on else ""
    return Rule("已经受理", "pass" if case.accepted_on else "fail", words + when, "行政许可法第三十二条")


def _tolerance(case: CaseView) -> Rule:
    promise = case.tolerance
    if promise is None:
        return Rule("容缺承诺", "pass", "没有容缺材料")
    if promise.fulfilled_on is not None and promise.confirmed_on is None:
        words = f"已于{day_zh(promise.fulfilled_on)}补齐，请审查补交的材料，合格后才能准予"
        return Rule("容缺承诺", "eye", words)
    if promise.fulfilled_on is not None:
        return Rule("容缺承诺", "pass", f"已于{day_zh(promise.fulfilled_on)}补齐并审查合格")
    return Rule("容缺承诺", "fail", f"等待申请人在{day_zh(promise.supply_due_on)}前补齐")


def _promise(case: CaseView) -> Rule:
    return _clock(case, "promised", "承诺办结时限")


def _statute(case: CaseView) -> Rule:
    return _clock(case, "statutory", "法定办结时限")


def _clock(case: CaseView, name: str, title: str) -> Rule:
    clock = clock_of(case, name)
    if clock is None:
        return Rule(title, "eye", "尚未起算")
    late = (clock.stopped_on or today()) > clock.due_on
    return Rule(
        title,
        "fail" if late else "pass",
        f"{day_zh(clock.due_on)}止" + ("，已超过" if late else ""),
        clock.article,
    )


def _substance(case: CaseView) -> Rule:
    return Rule("实质条件", "eye", "请核对材料内容是否符合办理条件", "行政许可法第三十四条")


def decision_lines(case: CaseView, values: Mapping[str, str]) -> list[DocumentLine]:
    """The decision as it will read; its number is given when it is made, the text by the service that makes it."""
    granted = values["result"] == "grant"
    applicant = next((party for party in case.parties if party.role == "applicant"), None)
    name = applicant.name if applicant else ""
    reasons = values.get("reasons", "").strip()
    body = (
        "您的申请经审查符合法定条件，本机关决定准予。"
        if granted
        else "您的申请经审查，本机关决定不予准许，理由如下："
    )
    lines = [
        ("title", "准予决定书" if granted else "不予决定书", ""),
        ("number", "（文号在作出决定时编排）", ""),
        ("addressee", f"{name}：", ""),
        ("field", case.item_name, "事项"),
        ("field", case.case_no, "办件编号"),
        ("text", body, ""),
        ("text", reasons, ""),
        ("remedy", "" if granted else "（正式文书载明申请行政复议、提起行政诉讼的途径和期限。）", ""),
        ("signature", "亳州市国防动员办公室", ""),
        ("date", f"{today().year}年{today().month}月{today().day}日", ""),
    ]
    return [
        DocumentLine.model_validate({"style": style, "text": text, "label": label})
        for style, text, label in lines
        if text
    ]
