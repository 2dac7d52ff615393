"""Documents of tolerated papers, of results before completion, of their recall and of commitments."""

from collections.abc import Mapping
from typing import Any

from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.documents import Draft, Line, PartyText, Secrets
from services.applications.domain.item import Item
from services.applications.domain.papers.promises import commitment
from services.applications.domain.phrases import (
    Template,
    Values,
    article,
    case_fields,
    chinese_date,
    due,
    numbered,
    remedy,
)
from services.applications.domain.values import Drafter, Organ, due_values, remedy_values


def _decision_no(case: Case) -> str:
    return next((d.number for d in reversed(case.documents) if d.kind == "decision_grant"), "")


def _of_confirmation(
    case: Case, event: e.SupplyConfirmed, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    if not event.lifts_mark:
        return []
    assert case.verdict is not None
    values = {"decision_no": _decision_no(case), "supplied": list(item.names(case.verdict.awaited))}
    return [Draft("completion_notice", values)]


def _of_fault(case: Case, event: e.SupplyFaulted, item: Item, organ: Organ, secrets: Secrets) -> list[Draft]:
    if event.supply is None:
        return []
    defects = [
        {"material_name": item.by_code[defect.material_code].name, "reason": defect.reason}
        for defect in event.defects
    ]
    return [Draft("supply_fault_notice", {"defects": defects, **due_values(event.supply)}, secrets)]


def _of_extension(
    case: Case, event: e.SupplyExtended, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    lacking = _still_lacking(case, item)
    values = {"lacking": lacking, **due_values(event.supply)}
    return [Draft("supply_extension_notice", values, secrets)]


def _of_declining(
    case: Case, event: e.SupplyExtensionDeclined, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    supply = case.clock("supply")
    assert supply is not None
    values = {"lacking": _still_lacking(case, item), **due_values(supply)}
    return [Draft("supply_extension_refusal", values, secrets)]


def _still_lacking(case: Case, item: Item) -> list[str]:
    assert case.promise is not None
    codes = tuple(code for code in case.promise.lacking if code not in case.supplied_codes)
    return list(item.names_and_forms(codes))


def _of_recall_notice(
    case: Case, event: e.RecallNoticed, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    assert case.promise is not None
    # Some of the undertaken papers may have come, and be right: only the others were not kept.
    wrong = {defect.material_code for defect in case.defects}
    kept = set(case.supplied_codes) - wrong
    values = {
        "decision_no": _decision_no(case),
        "lacking": list(item.names(tuple(code for code in case.promise.lacking if code not in kept))),
        "supply_due_on": case.promise.due_on.isoformat(),
        **due_values(event.hear_until),
    }
    return [Draft("recall_notice", values)]


def _of_recall(
    case: Case, event: e.ResultRecalled, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    heard = case.recall.heard_on if case.recall else None
    values: dict[str, Any] = {
        "decision_no": _decision_no(case),
        "heard_on": heard.isoformat() if heard else None,
        "remedy": "R-STD",
        **remedy_values(organ),
    }
    return [Draft("recall_decision", values, secrets)]


def _of_dropping(
    case: Case, event: e.RecallDropped, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    return [Draft("recall_drop_notice", {"decision_no": _decision_no(case)}, secrets)]


def _of_post_check(
    case: Case, event: e.PostChecked, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    if event.mend is None:
        return []
    name = item.by_code[event.material_code].name
    values = {"material_name": name, **due_values(event.mend), **remedy_values(organ)}
    return [Draft("mend_notice", values, secrets)]


DRAFTERS: Mapping[type[e.CaseEvent], Drafter] = {
    e.SupplyConfirmed: _of_confirmation,
    e.SupplyFaulted: _of_fault,
    e.SupplyExtended: _of_extension,
    e.SupplyExtensionDeclined: _of_declining,
    e.RecallNoticed: _of_recall_notice,
    e.ResultRecalled: _of_recall,
    e.RecallDropped: _of_dropping,
    e.PostChecked: _of_post_check,
}

# What is wrong with a late paper; the wording of the correction notice, and no word asks for what was not undertaken.
FAULT_WORDS = {
    "illegible": "内容无法辨认，请重新提交清晰件",
    "wrong_form": "形式不符合要求，请按要求重新提交",
    "incomplete_content": "填写内容不完整，请补充",
    "wrong_content": "内容有误，请更正",
    "expired": "已过有效期，请提交有效件",
    "not_sealed": "未签字或未盖章，请补签或补盖",
    "other": "不符合要求，请更正",
}


def _to(values: Values, party: PartyText) -> list[Line]:
    return [Line("addressee", f"{party.applicant}："), *case_fields(values, party)]


def _enquiry(values: Values) -> Line:
    return Line("field", str(values["enquiry_phone"]), "咨询电话")


def _supply_fault_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    texts = []
    for place, defect in enumerate(values["defects"]):
        said = secrets.explanations[place] if place < len(secrets.explanations) else None
        words = f"{defect['material_name']}：{FAULT_WORDS[defect['reason']]}"
        texts.append(f"{words}（{said}）。" if said else f"{words}。")
    return [
        *_to(values, party),
        Line("text", "您补交的下列容缺材料经审查不符合要求，现再告知一次："),
        *numbered(texts),
        Line(
            "text",
            f"补交期限不变，请于{due(values, 'supply', '含当日')}前重新补交。逾期未补交或者仍不符合要求的，"
            "按未履行容缺承诺处理。",
        ),
        _enquiry(values),
    ]


def _supply_extension_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        *_to(values, party),
        Line(
            "text",
            "您因不可抗力申请延长容缺材料补交期限，经审核予以同意，"
            f"下列材料的补交期限延长至{due(values, 'supply', '含当日')}：",
        ),
        *numbered(values["lacking"]),
        Line("text", secrets.reasons),
        Line("text", "等待补交材料不停止计算法定办理期限；逾期未补齐的，按未履行容缺承诺处理。"),
        _enquiry(values),
    ]


def _supply_extension_refusal(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        *_to(values, party),
        Line(
            "text",
            "您申请延长容缺材料补交期限，经审核不符合不可抗力的情形，不予延长，"
            f"补交期限仍为{due(values, 'supply', '含当日')}。理由如下：",
        ),
        Line("text", secrets.reasons),
        *numbered(values["lacking"]),
        _enquiry(values),
    ]


def _completion_notice(values: Values, party: PartyText, _: Secrets) -> list[Line]:
    return [
        *_to(values, party),
        Line("field", str(values["decision_no"]), "决定书文号"),
        Line("text", "您已在承诺的期限内补齐下列材料，经审查符合要求："),
        *numbered(values["supplied"]),
        Line("text", "该决定书上的“待补正”标注自即日起取消。"),
        _enquiry(values),
    ]


def _recall_notice(values: Values, party: PartyText, _: Secrets) -> list[Line]:
    return [
        *_to(values, party),
        Line("field", str(values["decision_no"]), "决定书文号"),
        Line(
            "text",
            "该决定以容缺审批方式作出，您承诺补交的下列材料至"
            f"{chinese_date(values['supply_due_on'])}未补齐或者不符合要求，本机关拟收回该办理结果：",
        ),
        *numbered(values["lacking"]),
        Line(
            "text",
            f"您可以在{due(values, 'recall_hearing', '含当日')}前陈述意见、进行申辩，本机关将在听取意见后作出决定。"
            "未履行承诺的情况记入信用记录。",
        ),
        _enquiry(values),
    ]


def _recall_decision(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    heard = (
        f"本机关已于{chinese_date(values['heard_on'])}听取您的意见。"
        if values["heard_on"]
        else "您在规定期限内没有陈述意见。"
    )
    return [
        *_to(values, party),
        Line("field", str(values["decision_no"]), "决定书文号"),
        Line(
            "text",
            f"{heard}根据您签署的容缺承诺书，本机关决定收回该办理结果，该决定书自本决定送达之日起失效。理由如下：",
        ),
        Line("text", secrets.reasons),
        Line("text", "收回情况依法公布。您备齐材料后可以重新申请。"),
        Line("remedy", remedy(values, "决定")),
        _enquiry(values),
    ]


def _recall_drop_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        *_to(values, party),
        Line("field", str(values["decision_no"]), "决定书文号"),
        Line("text", "经听取意见和审核，本机关决定不收回该办理结果，理由如下："),
        Line("text", secrets.reasons),
        # The result stands for good, so nothing on it says any more that something is to come.
        Line("text", "该决定书上的“待补正”标注自即日起取消。"),
        _enquiry(values),
    ]


def _mend_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        *_to(values, party),
        Line("field", str(values["material_name"]), "承诺事项"),
        Line("text", "经对您作出的告知承诺进行核查，发现下列情况，责令改正："),
        Line("text", secrets.reasons),
        Line(
            "text",
            f"请于{due(values, 'mend', '含当日')}前改正。逾期未改正或者承诺不实的，"
            f"依法撤销决定（{article(values, '第六十九条')}）并记入信用记录。",
        ),
        # §1.7: an order asks something of its addressee and is no step of procedure.
        Line("remedy", remedy(values, "通知")),
        _enquiry(values),
    ]


TEMPLATES: Mapping[str, Template] = {
    "commitment": commitment,
    "supply_fault_notice": _supply_fault_notice,
    "supply_extension_notice": _supply_extension_notice,
    "supply_extension_refusal": _supply_extension_refusal,
    "completion_notice": _completion_notice,
    "recall_notice": _recall_notice,
    "recall_decision": _recall_decision,
    "recall_drop_notice": _recall_drop_notice,
    "mend_notice": _mend_notice,
}
