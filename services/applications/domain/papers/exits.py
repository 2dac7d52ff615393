"""Documents of the ways out that are no decision on the application."""

from collections.abc import Mapping

from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.documents import Draft, Line, PartyText, Secrets
from services.applications.domain.item import Item
from services.applications.domain.phrases import Template, Values, article, case_fields, remedy
from services.applications.domain.values import Drafter, Organ, remedy_values


def _of_not_required(
    _: Case, event: e.NotRequired, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    return [Draft("not_required_notice", remedy_values(organ), secrets)]


def _of_not_competent(
    _: Case, event: e.NotCompetent, item: Item, organ: Organ, secrets: Secrets
) -> list[Draft]:
    values = {"competent_organ": event.competent_organ, "has_reasons": event.reasons_sha256 is not None}
    return [Draft("not_competent_decision", values | remedy_values(organ), secrets)]


def _of_voiding(_: Case, event: e.Voided, item: Item, organ: Organ, secrets: Secrets) -> list[Draft]:
    return [Draft("void_notice", {}, secrets)]


DRAFTERS: Mapping[type[e.CaseEvent], Drafter] = {
    e.NotRequired: _of_not_required,
    e.NotCompetent: _of_not_competent,
    e.Voided: _of_voiding,
}


# LIC-06, Art 32 last paragraph: whether accepted or not, the applicant gets it in writing, with seal and date.
def _not_required_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            f"经核对，您申请的事项依法不需要{'取得行政许可' if values['is_licence'] else '办理'}，"
            f"本机关即时告知您不受理（{article(values, '第三十二条第一款第一项')}）。具体说明如下：",
        ),
        Line("text", secrets.reasons),
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


def _not_competent_decision(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    said = [Line("text", secrets.reasons)] if values["has_reasons"] else []
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line(
            "text",
            "经核对，您申请的事项依法不属于本机关职权范围，本机关决定不予受理"
            f"（{article(values, '第三十二条第一款第二项')}）。请向{values['competent_organ']}申请。",
        ),
        *said,
        Line("remedy", remedy(values, "决定")),
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


def _void_notice(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    return [
        Line("addressee", f"{party.applicant}："),
        *case_fields(values, party),
        Line("text", "经核查，本办件为错误登记的记录，现予作废，原记录予以保留。原因如下："),
        Line("text", secrets.reasons),
        Line("text", "作废不影响您重新申请。"),
        Line("field", str(values["enquiry_phone"]), "咨询电话"),
    ]


TEMPLATES: Mapping[str, Template] = {
    "not_required_notice": _not_required_notice,
    "not_competent_decision": _not_competent_decision,
    "void_notice": _void_notice,
}
