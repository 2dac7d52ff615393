"""The document of an acceptance that the law itself brings about."""

from collections.abc import Mapping
from typing import Any

from services.applications.domain import events as e
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
)
from services.applications.domain.values import due_values


def of_deemed_acceptance(event: e.Accepted, item: Item) -> Draft:
    """LIC-04, LIC-06: nobody answered in time, so the applicant is told that the case counts as accepted."""
    values: dict[str, Any] = {
        "accepted_on": event.accepted_on.isoformat(),
        "lacking": list(item.names_and_forms(event.lacking)),
        **due_values(event.statutory),
        **due_values(event.promised),
    }
    return Draft("deemed_acceptance_notice", values)


def _deemed_acceptance_notice(values: Values, party: PartyText, _: Secrets) -> list[Line]:
    lacking = values["lacking"]
    still = Line(
        "text", "您的申请已经受理，但下列材料尚缺，未补齐的不能作出准予决定，请通过任何渠道尽快补充："
    )
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            "本机关在收到您的申请材料后五个工作日内没有告知是否受理或者需要补正的内容，"
            f"您的申请自收到申请材料之日（{chinese_date(values['accepted_on'])}）起即为受理"
            f"（{article(values, '第三十二条第一款第四项')}）。本机关已将逾期未告知的情况记录在案。",
        ),
        *([still, *numbered(lacking)] if lacking else []),
        Line("field", due(values, "statutory"), "法定办结期限"),
        Line("field", due(values, "promised"), "承诺办结期限"),
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


TEMPLATES: Mapping[str, Template] = {"deemed_acceptance_notice": _deemed_acceptance_notice}
