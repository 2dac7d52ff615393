"""Documents of hearings: they reach the applicant and every interested party, and name none of them to the others."""

from collections.abc import Mapping

from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.documents import Draft, Line, PartyText, Secrets
from services.applications.domain.item import Item
from services.applications.domain.phrases import Template, Values, article, chinese_date, due
from services.applications.domain.values import Drafter, Organ, due_values


def _of_rights(
    case: Case, event: e.HearingRightsTold, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    clock = event.request_by
    values = {
        "request_length": clock.length,
        "request_unit": clock.unit,
        "interested": len(case.interested),
        **due_values(clock),
    }
    return [Draft("hearing_rights_notice", values, secrets)]


def _of_schedule(
    case: Case, event: e.HearingScheduled, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    called = case.hearing is not None and case.hearing.called_on is not None
    values = {
        "held_on": event.held_on.isoformat(),
        "announced_on": event.announced_on.isoformat() if event.announced_on else None,
        "own_motion": called,
        "again": case.hearing is not None and case.hearing.scheduled_on is not None,
    }
    return [Draft("hearing_notice", values, secrets)]


DRAFTERS: Mapping[type[e.CaseEvent], Drafter] = {
    e.HearingRightsTold: _of_rights,
    e.HearingScheduled: _of_schedule,
}


def _everybody(values: Values) -> list[Line]:
    return [
        Line("field", str(values["item_name"]), "事项"),
        Line("field", str(values["case_no"]), "办件编号"),
    ]


def _hearing_rights_notice(values: Values, party: PartyText, _: Secrets) -> list[Line]:
    unit = "个工作日" if values["request_unit"] == "working_day" else "日"
    others = "及利害关系人" if values["interested"] else ""
    return [
        Line("addressee", f"{party.applicant}{others}："),
        *_everybody(values),
        Line(
            "text",
            "本办件直接涉及申请人与他人之间重大利益关系。您有权进行陈述和申辩"
            f"（{article(values, '第三十六条')}），并享有要求听证的权利（{article(values, '第四十七条')}）。",
        ),
        Line(
            "text",
            f"要求听证的，请在被告知之日起{values['request_length']}{unit}内、最迟于"
            f"{due(values, 'hearing_request', '含当日')}提出申请；逾期未提出的，视为放弃。"
            "申请人、利害关系人不承担组织听证的费用。",
        ),
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


def _hearing_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    why = "第四十六条" if values["own_motion"] else "第四十七条"
    announced = (
        [Line("field", chinese_date(values["announced_on"]), "公告日期")] if values["announced_on"] else []
    )
    again = "本通知取代此前的听证通知。" if values["again"] else ""
    return [
        Line("addressee", f"{party.applicant}及利害关系人："),
        *_everybody(values),
        Line("text", f"{again}本机关举行听证（{article(values, why)}），现将有关事项通知如下："),
        Line("field", chinese_date(values["held_on"]), "听证日期"),
        # What only the original shows: the hour and the place as they were written, and who presides.
        Line("field", secrets.reasons, "时间地点"),
        Line("field", secrets.recipient, "主持人"),
        *announced,
        Line(
            "text",
            "听证公开举行。您认为主持人与本办件有直接利害关系的，有权申请回避；"
            "您可以亲自参加，也可以委托代理人参加，可以提出证据，进行申辩和质证；听证笔录由您确认无误后签字或者盖章，"
            f"本机关根据听证笔录作出决定（{article(values, '第四十八条')}）。",
        ),
        Line("text", "申请人、利害关系人不承担组织听证的费用。"),
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


TEMPLATES: Mapping[str, Template] = {
    "hearing_rights_notice": _hearing_rights_notice,
    "hearing_notice": _hearing_notice,
}
