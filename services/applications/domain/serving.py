"""Whom an item serves (服务对象): told at intake, with what to do instead."""

from services.applications.domain.errors import OutcomeNotAllowed
from services.applications.domain.item import Item

NATURAL_PERSON = "natural_person"


def refuse_unserved(item: Item, kind: str) -> None:
    """Refuse an applicant of a kind that the published item does not serve.

    A credit code does not tell an enterprise from an institution, so an organisation is refused only by items that
    serve natural persons alone.
    """
    if not item.served:
        return
    serves_people, serves_others = NATURAL_PERSON in item.served, item.served != {NATURAL_PERSON}
    if kind == "natural" and not serves_people:
        raise OutcomeNotAllowed(
            "applicant_not_served",
            f"“{item.name}”面向企业、事业单位等组织办理，请以单位名义、使用统一社会信用代码申请；"
            f"由个人代办的，请将本人填写为经办人。咨询电话：{item.enquiry_phone}。",
            f"{item.name_en} serves organisations. Please apply in the organisation's name with its credit code; whoever"
            f" acts for it is entered as its agent. Enquiries: {item.enquiry_phone}.",
            pointer="/applicant/kind",
            served=sorted(item.served),
        )
    if kind == "legal" and not serves_others:
        raise OutcomeNotAllowed(
            "applicant_not_served",
            f"“{item.name}”面向个人办理，请以本人名义、使用个人证件申请。咨询电话：{item.enquiry_phone}。",
            f"{item.name_en} serves natural persons. Please apply in your own name with your own certificate."
            f" Enquiries: {item.enquiry_phone}.",
            pointer="/applicant/kind",
            served=sorted(item.served),
        )
