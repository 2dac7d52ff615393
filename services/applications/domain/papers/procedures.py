"""Documents of special procedures and extensions.

Both are acts of procedure on the way to the decision: the remedy is against the decision, so they carry no remedy block.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.clocks import Clock, reason_names
from services.applications.domain.documents import Draft, Line, PartyText, Secrets
from services.applications.domain.item import Item
from services.applications.domain.phrases import (
    Template,
    Values,
    article,
    case_fields,
    chinese_date,
    due,
)
from services.applications.domain.values import Drafter, Organ, due_values

UNIT_WORDS = {
    "working_day": "个工作日",
    "calendar_day": "日",
    "hour": "小时",
    "month": "个月",
    "year": "年",
}


def _new_dates(clocks: Iterable[Clock]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for clock in clocks:
        values |= due_values(clock)
    return values


def _of_start(_: Case, event: e.ProcedureStarted, item: Item, organ: Organ, secrets: Secrets) -> list[Draft]:
    values = {"prolongs": False, "first_on": event.first_on.isoformat(), **_told(event)}
    return [Draft("special_procedure_notice", values, secrets)]


def _of_prolonging(
    case: Case, event: e.ProcedureProlonged, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    first_on = next(one.first_on for one in case.procedures if one.runs and one.kind == event.kind)
    values = {"prolongs": True, "first_on": first_on.isoformat(), **_told(event)}
    return [Draft("special_procedure_notice", values, secrets)]


def _told(event: e.ProcedureStarted | e.ProcedureProlonged) -> dict[str, Any]:
    return {
        "procedure": reason_names(event.kind)[0],
        "needs": event.needs,
        "unit": event.unit,
        "last_on": event.last_on.isoformat(),
        "has_reasons": event.reasons_sha256 is not None,
        **_new_dates(event.clocks),
    }


def _of_extension(
    _: Case, event: e.DeadlineExtended, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    values = {
        "length": event.length,
        "unit": item.statutory.unit,
        "joint": item.joint_handling,
        "instrument": event.instrument or "",
        **_new_dates(event.clocks),
    }
    return [Draft("extension_notice", values, secrets)]


DRAFTERS: Mapping[type[e.CaseEvent], Drafter] = {
    e.ProcedureStarted: _of_start,
    e.ProcedureProlonged: _of_prolonging,
    e.DeadlineExtended: _of_extension,
}


def _special_procedure_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    needs = f"{values['needs']}{UNIT_WORDS[values['unit']]}"
    first, last = chinese_date(values["first_on"]), chinese_date(values["last_on"])
    said = [Line("field", secrets.reasons, "理由")] if values["has_reasons"] else []
    if values["prolongs"]:
        told = f"自{first}起进行的{values['procedure']}尚需延长{needs}，至{last}止（含当日）"
    else:
        told = f"依法需要{values['procedure']}，所需时间为{needs}，自{first}起至{last}止（首尾两日均含）"
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            f"您的申请{told}。上述时间不计算在办理期限内（{article(values, '第四十五条')}）；"
            "提前结束的，未用的时间恢复计算；超过告知时间的，超过部分计算在办理期限内。",
        ),
        *said,
        *_dates(values),
    ]


def _extension_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    paragraph = "第四十二条第二款" if values["joint"] else "第四十二条第一款"
    approver = "本级人民政府负责人" if values["joint"] else "本机关负责人"
    instrument = f"（{values['instrument']}）" if values["instrument"] else ""
    # What is no licence has no extension of its own in the law: the document says that the article is followed by analogy.
    analogy = "" if values["is_licence"] else "（最多不超过法定办结时限的一半）"
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            f"本机关不能在法定期限内作出决定，经{approver}批准{instrument}，"
            f"办理期限延长{values['length']}{UNIT_WORDS[values['unit']]}{analogy}，仅延长一次"
            f"（{article(values, paragraph)}）。理由如下：",
        ),
        Line("text", secrets.reasons),
        *_dates(values),
    ]


def _dates(values: Values) -> list[Line]:
    names = {"statutory": "法定办结期限变更为", "promised": "承诺办结期限变更为"}
    changed = [
        Line("field", due(values, name), label) for name, label in names.items() if f"{name}_due_on" in values
    ]
    return [*changed, Line("field", str(values["enquiry_phone"]), "咨询电话")]


TEMPLATES: Mapping[str, Template] = {
    "special_procedure_notice": _special_procedure_notice,
    "extension_notice": _extension_notice,
}
