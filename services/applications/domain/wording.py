"""The words of each formal document (templates, version 1).

Every template takes the stored values, the people and the secrets, and gives lines: what must stand in each document is
written in domain rules §1.1, §1.7, §4.3 and §5.3.
"""

from collections.abc import Mapping

from services.applications.domain.documents import Line, PartyText, Secrets, titles
from services.applications.domain.papers import (
    answering,
    exits,
    hearings,
    licences,
    procedures,
    promises,
    tolerating,
)
from services.applications.domain.papers.promises import CHANNELS_TO_SUPPLY
from services.applications.domain.phrases import (
    Template,
    Values,
    article,
    case_fields,
    chinese_date,
    due,
    numbered,
    remedy,
    under,
)

DEFECT_WORDS = {
    "missing": "未提交，请补交",
    "illegible": "内容无法辨认，请重新提交清晰件",
    "wrong_form": "形式不符合要求，请按要求重新提交",
    "incomplete_content": "填写内容不完整，请补充",
    "wrong_content": "内容有误，请更正",
    "expired": "已过有效期，请提交有效件",
    "not_sealed": "未签字或未盖章，请补签或补盖",
    "other": "不符合要求，请更正",
}

# The periods named here ended with their last day; a withdrawal counts from its own.
TERMINATION_REASONS = {
    "undertaking_broken": "您在容缺承诺书中承诺补交的下列材料，至补交期限{day}届满仍未补齐，本机关终止办理：",
    "late_papers_wrong": "您补交的下列容缺材料经审查不符合要求，补交期限内未能提供符合要求的材料，"
    "本机关自{day}起终止办理：",
    "no_correction": "至补正期限{day}届满，本机关未收到全部补正材料，本次申请按“补正不来”办结。",
    "withdrawn": "您于{day}在决定作出前撤回了申请，本机关自当日起终止办理。",
    "applicant_ended": "因申请人死亡或者终止，本机关自{day}起终止办理，具体情况如下：",
    "object_lost": "因申请事项已不存在办理对象，本机关自{day}起终止办理，具体情况如下：",
}

METHOD_WORDS = {"window": "窗口领取", "post": "邮寄送达", "electronic": "电子送达"}


def render(kind: str, values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    """The text of a document; a document of an older template version would be rendered by that template."""
    title, _ = titles(kind, is_licence=values["is_licence"])
    head = [Line("title", title), Line("number", str(values["number"]))]
    return [*head, *_TEMPLATES[kind](values, party, secrets), *_foot(kind, values)]


def _foot(kind: str, values: Values) -> list[Line]:
    # What the applicant promises is the applicant's own paper; every other one is the organ's.
    signature = [] if kind in ("undertaking", "commitment") else [Line("signature", str(values["organ"]))]
    return [*signature, Line("date", chinese_date(values["issued_on"]))]


def _receipt_voucher(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    papers = values["papers"]
    return [
        *case_fields(values, party),
        Line("field", str(values["submitted_at"]), "收件时间"),
        Line("field", secrets.access_code, "查询码"),
        Line("text", f"本机关已收到下列材料{len(papers)}件：" if papers else "本次未提交材料。"),
        *numbered(papers),
        Line(
            "text",
            f"本机关最迟于{due(values, 'intake')}告知是否受理，或者一次性告知需要补正的全部内容；"
            f"逾期不告知的，自收到申请材料之日起即为受理（{article(values, '第三十二条')}）。",
        ),
        Line("note", "凭办件编号和查询码可以在任何渠道查询进度、补交材料。请妥善保管查询码。"),
    ]


def _undertaking(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    if "text_sha256" in values:
        return promises.undertaking(values, party, secrets)
    return [
        Line("addressee", f"{values['organ']}："),
        *case_fields(values, party),
        Line("field", f"{party.contact} {party.mobile}", "联系人"),
        Line("text", "申请人自愿申请容缺受理，并承诺："),
        *numbered(
            [
                (
                    f"在受理之日起{values['supply_working_days']}个工作日内（受理当日不计）补齐以下材料："
                    f"{'、'.join(values['lacking'])}；"
                    f"{CHANNELS_TO_SUPPLY}"
                ),
                "已知晓办理条件和全部材料要求，所提交的材料和信息真实、准确、有效。",
                "以上承诺是申请人真实意思的表示。",
                (
                    "知悉材料补齐前不作出决定；逾期未补齐或补交材料不符合要求的，办理终止，损失自行承担，"
                    "并记入信用记录，修复前不再适用容缺受理。"
                ),
            ]
        ),
        Line("field", secrets.signed_name, "承诺人（签名）"),
    ]


def _acceptance_notice(values: Values, party: PartyText, _: Secrets) -> list[Line]:
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            f"您提交的申请材料齐全、符合法定形式，本机关自{chinese_date(values['accepted_on'])}起予以受理"
            f"（{article(values, '第三十二条第一款第五项')}）。",
        ),
        *_limits(values),
    ]


def _limits(values: Values) -> list[Line]:
    return [
        Line("field", due(values, "statutory"), "法定办结期限"),
        Line("field", due(values, "promised"), "承诺办结期限"),
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


def _tolerance_notice(values: Values, party: PartyText, _: Secrets) -> list[Line]:
    # §5.3(3): every missing paper with its form, the last day, the ways, the consequence, both dates, whom to ask.
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            f"您的申请主要材料齐全，并已签署容缺承诺书，本机关自{chinese_date(values['accepted_on'])}起予以容缺受理。"
            f"请于{due(values, 'supply', '含当日')}前补齐下列材料：",
        ),
        *numbered(values["lacking"]),
        Line("field", CHANNELS_TO_SUPPLY, "补交方式"),
        Line(
            "text",
            _until_completion(values),
        ),
        Line("note", "本通知书一式两份，申请人和本机关各执一份；电子送达与纸质具有同等效力。"),
        *_limits(values),
    ]


def _until_completion(values: Values) -> str:
    if values.get("before_completion"):
        # §5.3(8): the result may come first, and goes again when the papers do not come.
        return (
            "本机关可以在材料补齐前先行作出标注“待补正”的决定；逾期未补齐的，本机关将终止办理，"
            "或者告知并听取意见后收回已经作出的办理结果，并记入信用记录。您可以重新申请。"
        )
    return "材料补齐并经审查前不作出决定；逾期未补齐的，本机关将终止办理并记入信用记录，您可以重新申请。"


def _correction_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    refused = [Line("text", "您申请的容缺受理不能适用，原因如下：")] if values["tolerance_refused"] else []
    told = values.get("commitment_refused")
    uncommitted = [Line("text", "您的告知承诺不能适用，请提交相应材料，原因如下：")] if told else []
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            "您提交的申请材料不齐全或者不符合法定形式，现将需要补正的全部内容一次性告知如下"
            f"（{article(values, '第三十二条第一款第四项')}）：",
        ),
        *numbered(_defect_texts(values, secrets)),
        *refused,
        *numbered(values["tolerance_refused"]),
        *uncommitted,
        *numbered(values.get("commitment_refused") or []),
        Line(
            "text",
            f"请于{due(values, 'correction', '含当日')}前补正。{CHANNELS_TO_SUPPLY}"
            "全部补正后本机关即予受理；逾期未补正的，按“补正不来”办结，您可以重新申请。",
        ),
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


def _defect_texts(values: Values, secrets: Secrets) -> list[str]:
    texts = []
    for place, defect in enumerate(values["defects"]):
        explained = secrets.explanations[place] if place < len(secrets.explanations) else None
        words = f"{defect['material_name']}：{DEFECT_WORDS[defect['reason']]}"
        texts.append(f"{words}（{explained}）。" if explained else f"{words}。")
    return texts


def _decision_grant(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    reasons = [Line("text", secrets.reasons)] if values["has_reasons"] else []
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            f"{_granted(values)}办理结果：{values['result_name'] or values['item_name']}。"
            f"本机关最迟于{due(values, 'delivery')}送达。",
        ),
        *_awaited(values),
        *_minutes(values),
        *reasons,
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


def _awaited(values: Values) -> list[Line]:
    # §5.3(8): a result given before completion says so, and until when.
    if not values.get("awaited"):
        return []
    until = chinese_date(values["awaited_until"])
    return [
        Line("text", f"【待补正】本决定以容缺审批方式作出，下列材料应当于{until}（含当日）前补齐："),
        *numbered(values["awaited"]),
        Line("text", "逾期未补齐或者不符合要求的，本机关将依法启动收回程序。补齐并经审查合格后取消本标注。"),
    ]


def _granted(values: Values) -> str:
    if values["is_licence"]:
        law = under(values, "第三十八条第一款")
        return f"经审查，您的申请符合法定条件，{law}，本机关决定准予行政许可。"
    return "经审查，您的申请符合办理条件，本机关决定准予办理。"


def _decision_refuse(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            f"经审查，{under(values, '第三十八条第二款')}，"
            f"本机关决定对您的申请不予{'行政许可' if values['is_licence'] else '办理'}，理由如下：",
        ),
        *_minutes(values),
        Line("text", secrets.reasons),
        *_warning(values),
        Line("remedy", remedy(values, "决定")),
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


def _minutes(values: Values) -> list[Line]:
    # LIC-16, Art 48: a decision after a hearing rests on its minutes; decisions of before hearings existed say nothing.
    if not values.get("rests_on_minutes"):
        return []
    law = article(values, "第四十八条第二款")
    return [Line("text", f"本办件举行了听证，本决定根据听证笔录作出（{law}）。")]


def _warning(values: Values) -> list[Line]:
    # LIC-24: the warning comes with the refusal itself, and so does the date from which one may apply again.
    if values.get("ground") != "false_materials":
        return []
    text = f"因隐瞒有关情况或者提供虚假材料，{under(values, '第七十八条')}，对您给予警告。"
    if values.get("banned_until"):
        until = chinese_date(values["banned_until"])
        text += f"该事项直接关系公共安全、人身健康、生命财产安全，至{until}（含当日）不得再次申请。"
    return [Line("text", text)]


def _delivery_receipt(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    waybill = [Line("field", str(values["waybill"]), "运单号")] if values.get("waybill") else []
    return [
        *case_fields(values, party),
        Line("field", f"{values.get('decision_title', '')} {values['decision_no']}".strip(), "送达文书"),
        *_certificate(values),
        Line("field", METHOD_WORDS[values["method"]], "送达方式"),
        *waybill,
        Line("field", chinese_date(values["delivered_on"]), "送达日期"),
        Line("field", secrets.recipient or party.applicant, "受送达人"),
    ]


def _certificate(values: Values) -> list[Line]:
    if not values.get("licence_no"):
        return []
    return [Line("field", f"{values['licence_title']} {values['licence_no']}", "送达证件")]


def _termination_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    label = "撤回原因" if values["reason"] == "withdrawn" else "情况说明"
    said = [Line("field", secrets.reasons, label)] if values["has_reasons"] else []
    lacking = values.get("lacking") or []
    broken = values["reason"] in ("undertaking_broken", "late_papers_wrong")
    remedies = [Line("remedy", remedy(values, "通知"))] if broken else []
    # Whoever has died or was dissolved is told nothing: the notice goes to whoever answers for the applicant now.
    heirs = "的继承人或者权利义务承受人" if values["reason"] == "applicant_ended" else ""
    return [
        Line("addressee", f"{party.applicant}{heirs}："),
        *case_fields(values, party),
        Line("text", TERMINATION_REASONS[values["reason"]].format(day=chinese_date(values["effective_on"]))),
        *said,
        *numbered(lacking),
        *([Line("text", "未履行承诺的情况记入信用记录，信用修复前不再适用容缺受理。")] if broken else []),
        Line("text", f"{_no_refusal(values)}{APPLY_AGAIN.get(values['reason'], _APPLY_AGAIN)}"),
        *remedies,
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


_APPLY_AGAIN = "您备齐材料后可以通过任何渠道重新申请。"
APPLY_AGAIN = {
    "withdrawn": "您可以通过任何渠道重新申请。",
    "applicant_ended": "",
    "object_lost": "情况发生变化、需要办理的，可以通过任何渠道重新申请。",
}


def _no_refusal(values: Values) -> str:
    if values["reason"] == "withdrawn":
        return ""
    return f"这不是不予{'许可' if values['is_licence'] else '办理'}的决定。"


_TEMPLATES: Mapping[str, Template] = {
    "receipt_voucher": _receipt_voucher,
    "undertaking": _undertaking,
    "acceptance_notice": _acceptance_notice,
    "tolerance_notice": _tolerance_notice,
    "correction_notice": _correction_notice,
    "decision_grant": _decision_grant,
    "decision_refuse": _decision_refuse,
    "delivery_receipt": _delivery_receipt,
    "termination_notice": _termination_notice,
    **answering.TEMPLATES,
    **exits.TEMPLATES,
    **hearings.TEMPLATES,
    **licences.TEMPLATES,
    **procedures.TEMPLATES,
    **tolerating.TEMPLATES,
}
