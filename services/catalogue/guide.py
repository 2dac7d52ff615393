"""The public guide of an item (办事指南): what 行政许可法 Art 30 and 优化营商环境条例 Art 36 say must be told."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.catalogue.contracts import (
    Basis,
    Fee,
    GuideDates,
    GuideMaterial,
    GuideView,
    ItemContent,
    ItemType,
    ItemVersion,
    ItemView,
    Limit,
    LimitUnit,
    Material,
    MaterialSource,
    Text,
    TolerablePaper,
    ToleranceList,
    TolerancePolicy,
    TolerantItem,
)
from shared.deadlines import Calendar, Deadline, Unit, due
from shared.deadlines.clock import LONGEST

_TYPES: Final = {
    ItemType.LICENCE: Text(zh="行政许可", en="Administrative licence"),
    ItemType.BENEFIT: Text(zh="行政给付", en="Benefit"),
    ItemType.CONFIRMATION: Text(zh="行政确认", en="Confirmation"),
    ItemType.REWARD: Text(zh="行政奖励", en="Reward"),
    ItemType.RULING: Text(zh="行政裁决", en="Ruling"),
    ItemType.OTHER_POWER: Text(zh="其他行政权力", en="Other administrative power"),
    ItemType.PUBLIC_SERVICE: Text(zh="公共服务", en="Public service"),
}
_UNITS: Final = {
    LimitUnit.WORKING_DAY: ("个工作日", "working day"),
    LimitUnit.CALENDAR_DAY: ("日", "calendar day"),
    LimitUnit.HOUR: ("小时", "hour"),
    LimitUnit.MONTH: ("个月", "month"),
    LimitUnit.YEAR: ("年", "year"),
}
_SOURCES: Final = {
    MaterialSource.APPLICANT: Text(zh="申请人自备", en="The applicant"),
    MaterialSource.GOVERNMENT: Text(zh="政府部门核发", en="Issued by a government department"),
    MaterialSource.OTHER: Text(zh="其他机构出具", en="Issued by another body"),
}


def guide_of(view: ItemView, today: date, calendar: Calendar) -> GuideView:
    """The version of the view as the public reads it, under the organisation's name of the day."""
    item = view.item
    content = item.content
    bases = {basis.key: basis for basis in content.basis}
    return GuideView(
        code=item.code,
        version=item.version,
        local_code=content.codes.local,
        name=content.name,
        summary=content.summary,
        item_type=content.item_type,
        item_type_name=_TYPES[content.item_type],
        state=view.state,
        organ_name=view.organ.name_on(today).name,
        organ_uscc=content.organ_uscc,
        handling_kind=content.handling_kind,
        served_objects=content.served_objects,
        conditions=content.conditions,
        materials=tuple(_guide_material(material, bases) for material in content.materials),
        statutory_limit=content.statutory_limit,
        promised_limit=content.promised_limit,
        limit_sentence=_limit_sentence(content.statutory_limit, content.promised_limit),
        tolerance=content.tolerance,
        tolerance_sentence=_tolerance_sentence(content.tolerance),
        special_procedures=content.special_procedures,
        steps=content.steps,
        result=content.result,
        fees=content.fees,
        fee_sentence=_fee_sentence(content.fees),
        basis=content.basis,
        handling_forms=content.handling_forms,
        places=content.places,
        visits=content.visits,
        visits_reason=content.visits_reason,
        contacts=content.contacts,
        faq=content.faq,
        effective_on=content.effective_on,
        published_at=item.published_at,
        provisional=content.provisional,
        fit=content.fit,
        dates=_dates(content, today, calendar),
    )


def _dates(content: ItemContent, today: date, calendar: Calendar) -> GuideDates:
    """Each limit as a date, for an acceptance today."""
    promised = _end(content.promised_limit, today, calendar)
    statutory = _end(content.statutory_limit, today, calendar)
    supply = _supply_end(content.tolerance, today, calendar)
    return GuideDates(
        accepted_on=today,
        promised_by=promised.due_on if promised else None,
        statutory_by=statutory.due_on if statutory else None,
        supply_by=supply.due_on if supply else None,
        certain=not any(end.provisional for end in (promised, statutory, supply) if end),
    )


def _end(limit: Limit, today: date, calendar: Calendar) -> Deadline | None:
    """Hours run from a moment, which a guide does not know; a limit of decades is told without a date."""
    unit = Unit(limit.unit.value)
    if unit is Unit.HOUR or limit.amount > LONGEST[unit]:
        return None
    return due(today, limit.amount, unit, calendar)


def _supply_end(policy: TolerancePolicy, today: date, calendar: Calendar) -> Deadline | None:
    if policy.supply_working_days is None:
        return None
    return due(today, policy.supply_working_days, Unit.WORKING_DAY, calendar)


def length_of(limit: Limit) -> Text:
    """A limit in words: 20个工作日, 20 working days."""
    zh, en = _UNITS[limit.unit]
    return Text(zh=f"{limit.amount}{zh}", en=f"{limit.amount} {en}{'' if limit.amount == 1 else 's'}")


def _limit_sentence(statutory: Limit, promised: Limit) -> Text:
    law, promise = length_of(statutory), length_of(promised)
    return Text(
        zh=f"自受理之日起，法定办结时限{law.zh}，本机关承诺{promise.zh}内办结；受理当日不计入。",
        en=f"From acceptance the law allows {law.en}; the office promises {promise.en}. The day of acceptance does"
        " not count.",
    )


def _tolerance_sentence(policy: TolerancePolicy) -> Text:
    if not policy.enabled:
        return Text(zh="本事项不实行容缺受理。", en="Papers cannot be tolerated as missing for this item.")
    days = policy.supply_working_days
    return Text(
        zh=f"标注“可容缺”的材料，申请人签署承诺书后可先予受理，并在{days}个工作日内补交；补齐前不作出决定。",
        en=f"Papers marked tolerable may follow within {days} working day{'' if days == 1 else 's'} of acceptance, on"
        " a signed undertaking; no decision is made before they are in.",
    )


def tolerance_list_of(items: Sequence[ItemVersion], today: date) -> ToleranceList:
    """The public list (容缺受理事项清单): each item with its main papers, those that may follow, and by when."""
    return ToleranceList(items=tuple(_tolerant_item(item) for item in items), listed_on=today)


def _tolerant_item(item: ItemVersion) -> TolerantItem:
    content = item.content
    policy = content.tolerance
    return TolerantItem(
        code=item.code,
        version=item.version,
        local_code=content.codes.local,
        name=content.name,
        main_materials=tuple(material.name for material in content.materials if material.main),
        tolerable=tuple(
            TolerablePaper(code=material.code, name=material.name, form=material.form)
            for material in content.materials
            if material.tolerable
        ),
        supply_working_days=policy.supply_working_days,
        reserve_working_days=policy.reserve_working_days,
        rule=_tolerance_sentence(policy),
        decision_before_completion=policy.decision_before_completion and policy.legal_sign_off is not None,
        effective_on=content.effective_on,
    )


def _fee_sentence(fees: tuple[Fee, ...]) -> Text:
    if not fees:
        return Text(zh="不收费。", en="Free of charge.")
    return Text(
        zh="办理本事项不收取手续费；涉及下列依法征收的费用。",
        en="Handling is free of charge; the following charges are levied by law.",
    )


def _guide_material(material: Material, bases: dict[str, Basis]) -> GuideMaterial:
    return GuideMaterial(
        code=material.code,
        name=material.name,
        necessity=material.necessity,
        main=material.main,
        tolerable=material.tolerable,
        by_sharing=material.by_sharing,
        required_when=material.required_when,
        provided_by=material.issuer or _SOURCES[material.source],
        form=material.form,
        originals=material.originals,
        copies=material.copies,
        specification=material.specification,
        acceptance_standard=material.acceptance_standard,
        basis=tuple(bases[key] for key in material.basis),
        picture=material.picture,
    )
