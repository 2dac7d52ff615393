"""Documents of the licence after the decision."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.documents import Draft, Line, PartyText, Secrets
from services.applications.domain.item import Item
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
from services.applications.domain.values import Drafter, Organ, due_values, remedy_values

REVOCATION_WORDS = {
    "abuse_or_dereliction": "行政机关工作人员滥用职权、玩忽职守作出准予行政许可决定",
    "beyond_powers": "超越法定职权作出准予行政许可决定",
    "procedure_violated": "违反法定程序作出准予行政许可决定",
    "unqualified_applicant": "对不具备申请资格或者不符合法定条件的申请人准予行政许可",
    "other_by_law": "依法可以撤销行政许可的其他情形",
    "fraud_or_bribery": "被许可人以欺骗、贿赂等不正当手段取得行政许可",
}
# Art 69¶1 numbers its grounds; the second paragraph has one.
REVOCATION_ITEMS = {
    "abuse_or_dereliction": "第六十九条第一款第一项",
    "beyond_powers": "第六十九条第一款第二项",
    "procedure_violated": "第六十九条第一款第三项",
    "unqualified_applicant": "第六十九条第一款第四项",
    "other_by_law": "第六十九条第一款第五项",
    "fraud_or_bribery": "第六十九条第二款",
}
WITHDRAWAL_WORDS = {
    "law_changed": "行政许可所依据的法律、法规、规章修改或者废止",
    "circumstances_changed": "准予行政许可所依据的客观情况发生重大变化",
}
CANCELLATION_WORDS = {
    "expired_without_renewal": "行政许可有效期届满未延续",
    "holder_dead_or_incapable": "赋予公民特定资格的行政许可，该公民死亡或者丧失行为能力",
    "holder_ended": "法人或者其他组织依法终止",
    "certificate_withdrawn_as_penalty": "行政许可证件依法被吊销",
    "force_majeure": "因不可抗力导致行政许可事项无法实施",
    "other_by_law": "法律、法规规定的应当注销行政许可的其他情形",
}

CANCELLATION_ITEMS = {
    "expired_without_renewal": "第七十条第一项",
    "holder_dead_or_incapable": "第七十条第二项",
    "holder_ended": "第七十条第三项",
    "certificate_withdrawn_as_penalty": "第七十条第四项",
    "force_majeure": "第七十条第五项",
    "other_by_law": "第七十条第六项",
}


def _of_issue(case: Case, event: e.LicenceIssued, item: Item, organ: Organ, secrets: Secrets) -> list[Draft]:
    values = {
        "result_name": item.result_name,
        "valid_from": event.valid_from.isoformat(),
        "valid_until": _iso(event.valid_until),
        **_awaited(case, item),
        **_decision_no(case),
    }
    return [Draft("licence", values, secrets)]


def _of_revocation(case: Case, event: e.Revoked, item: Item, organ: Organ, secrets: Secrets) -> list[Draft]:
    values = {
        "ground": event.ground,
        "kind": event.kind,
        "compensation": event.compensation,
        "banned_until": _iso(event.banned_until),
        **_heard(case),
    }
    return [_about(case, "revocation_decision", event.remedy, values, organ, secrets)]


def _of_keeping(case: Case, event: e.NotRevoked, item: Item, organ: Organ, secrets: Secrets) -> list[Draft]:
    values = {"ground": event.ground, **_licence_no(case), **_decision_no(case)}
    return [Draft("not_revoked_decision", values, secrets)]


def _of_withdrawal(
    case: Case, event: e.LicenceWithdrawn, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    values = {"ground": event.ground, **_heard(case)}
    return [_about(case, "licence_withdrawal_decision", event.remedy, values, organ, secrets)]


def _of_cancellation(
    case: Case, event: e.LicenceCancelled, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    return [_about(case, "cancellation_notice", event.remedy, {"ground": event.ground}, organ, secrets)]


def _of_silence(
    case: Case, event: e.RenewalDeemed, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    values = {
        "expired_on": event.expired_on.isoformat(),
        "valid_until": _iso(event.valid_until),
        "result_name": item.result_name,
        **due_values(event.delivery),
    }
    return [Draft("renewal_deemed_notice", values, secrets)]


def _awaited(case: Case, item: Item) -> dict[str, Any]:
    if not case.awaits_after_grant or case.promise is None:
        return {}
    assert case.verdict is not None
    return {
        "awaited": list(item.names_and_forms(case.verdict.awaited)),
        "awaited_until": case.promise.due_on.isoformat(),
    }


def _about(
    case: Case, kind: str, variant: str, values: dict[str, Any], organ: Organ, secrets: Secrets
) -> Draft:
    return Draft(
        kind,
        {"remedy": variant, **values, **_licence_no(case), **_decision_no(case), **remedy_values(organ)},
        secrets,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _licence_no(case: Case) -> dict[str, str]:
    return {"licence_no": case.licence.number if case.licence else ""}


def _decision_no(case: Case) -> dict[str, str]:
    granting = ("decision_grant", "renewal_deemed_notice")
    return {"decision_no": next((d.number for d in reversed(case.documents) if d.kind in granting), "")}


def _heard(case: Case) -> dict[str, Any]:
    assert case.heard is not None
    return {"told_on": case.heard.told_on.isoformat(), "waived": case.heard.waived}


DRAFTERS: Mapping[type[e.CaseEvent], Drafter] = {
    e.LicenceIssued: _of_issue,
    e.Revoked: _of_revocation,
    e.NotRevoked: _of_keeping,
    e.LicenceWithdrawn: _of_withdrawal,
    e.LicenceCancelled: _of_cancellation,
    e.RenewalDeemed: _of_silence,
}


def _licence(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        *case_fields(values, party),
        Line("field", str(values["result_name"] or values["item_name"]), "证件名称"),
        Line("field", str(values["decision_no"]), "决定文号"),
        Line("field", _validity(values), "有效期"),
        *_mark(values),
    ]


def _mark(values: Values) -> list[Line]:
    # §5.3(8): whoever is shown a result that was given before completion sees that it was.
    if not values.get("awaited"):
        return []
    until = chinese_date(values["awaited_until"])
    return [
        Line("text", f"【待补正】本证件以容缺审批方式颁发，下列材料应当于{until}（含当日）前补齐："),
        *numbered(values["awaited"]),
    ]


def _validity(values: Values) -> str:
    if values["valid_until"] is None:
        return f"自{chinese_date(values['valid_from'])}起，长期有效"
    return f"自{chinese_date(values['valid_from'])}起至{chinese_date(values['valid_until'])}止（含当日）"


def _revocation_decision(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    must = values["kind"] == "must"
    law = under(values, REVOCATION_ITEMS[values["ground"]])
    return [
        *_head(values, party),
        Line(
            "text",
            f"经查，存在{_words(values, REVOCATION_WORDS)}的情形，{_hearing(values)}"
            f"{law}，本机关决定撤销上述{_granted(values)}。理由如下：",
        ),
        Line("text", secrets.reasons),
        Line("text", _consequence(values, must=must)),
        Line("remedy", remedy(values, "决定")),
        _phone(values),
    ]


def _consequence(values: Values, *, must: bool) -> str:
    law = article(values, "第六十九条第四款")
    if not must:
        return f"您的合法权益因撤销受到损害的，本机关依法给予赔偿（{law}）。"
    text = f"您基于该{_granted(values)}取得的利益不受保护（{law}）。"
    if values["banned_until"]:
        until = chinese_date(values["banned_until"])
        text += (
            f"该事项直接关系公共安全、人身健康、生命财产安全，至{until}（含当日）不得再次申请"
            f"（{article(values, '第七十九条')}）。"
        )
    return text


def _not_revoked_decision(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        *_head(values, party),
        Line(
            "text",
            f"经查，存在{_words(values, REVOCATION_WORDS)}的情形，但撤销可能对公共利益造成重大损害，"
            f"{under(values, '第六十九条第三款')}，本机关决定不予撤销。理由如下：",
        ),
        Line("text", secrets.reasons),
        _phone(values),
    ]


def _licence_withdrawal_decision(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        *_head(values, party),
        Line(
            "text",
            f"因{_words(values, WITHDRAWAL_WORDS)}，为了公共利益的需要，{_hearing(values)}"
            f"{under(values, '第八条第二款')}，本机关决定撤回上述{_granted(values)}。理由如下：",
        ),
        Line("text", secrets.reasons),
        Line("text", "由此给您造成财产损失的，本机关依法给予补偿："),
        Line("text", secrets.compensation),
        Line("remedy", remedy(values, "决定")),
        _phone(values),
    ]


def _cancellation_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        *_head(values, party),
        Line(
            "text",
            f"因{_words(values, CANCELLATION_WORDS)}，{under(values, CANCELLATION_ITEMS[values['ground']])}，"
            f"本机关依法办理上述{_granted(values)}的注销手续。具体情况如下：",
        ),
        Line("text", secrets.reasons),
        Line("remedy", remedy(values, "告知")),
        _phone(values),
    ]


def _renewal_deemed_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    until = values["valid_until"]
    renewed = f"延续后的有效期至{chinese_date(until)}止（含当日）。" if until else ""
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            f"您在有效期届满前依法申请延续，本机关至有效期届满之日（{chinese_date(values['expired_on'])}）"
            f"未作出决定，{under(values, '第五十条第二款')}，视为准予延续。{renewed}",
        ),
        Line("text", f"本机关最迟于{due(values, 'delivery')}送达。"),
        _phone(values),
    ]


def _head(values: Values, party: PartyText) -> list[Line]:
    licence = [Line("field", str(values["licence_no"]), "证件编号")] if values["licence_no"] else []
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line("field", str(values["decision_no"]), "原决定文号"),
        *licence,
    ]


def _hearing(values: Values) -> str:
    told = f"本机关已于{chinese_date(values['told_on'])}告知拟作出的决定，"
    return told + ("您放弃陈述申辩。" if values["waived"] else "并听取了您的陈述申辩。")


def _words(values: Values, of: Mapping[str, str]) -> str:
    # What is no licence is not called one, here as little as in a title.
    words = of[values["ground"]]
    if values["is_licence"]:
        return words
    others = words.replace("准予行政许可", "准予办理").replace("行政许可", "办理结果")
    return others.replace("被许可人", "当事人")


def _granted(values: Values) -> str:
    return "行政许可" if values["is_licence"] else "办理结果"


def _phone(values: Values) -> Line:
    return Line("field", str(values["enquiry_phone"]), "咨询电话")


TEMPLATES: Mapping[str, Template] = {
    "licence": _licence,
    "revocation_decision": _revocation_decision,
    "not_revoked_decision": _not_revoked_decision,
    "licence_withdrawal_decision": _licence_withdrawal_decision,
    "cancellation_notice": _cancellation_notice,
    "renewal_deemed_notice": _renewal_deemed_notice,
}
