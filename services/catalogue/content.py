"""From an item as it was handed in to an item as it may be published: checked whole, its computed parts filled in."""

from services.catalogue.contracts import (
    ItemContent,
    ItemState,
    ItemSummary,
    ItemVersion,
    Limit,
    Material,
    Necessity,
)
from services.catalogue.contracts.codes import ResultKind
from services.catalogue.domain import item as rules
from services.catalogue.domain import limits
from services.catalogue.domain.codes import Codes
from services.catalogue.domain.errors import ItemRefused


def checked(content: ItemContent) -> ItemContent:
    """The content with its computed parts, or a refusal that names every broken rule."""
    if faults := rules.faults_of(seen_by_rules(content), content.model_dump(mode="json")):
        raise ItemRefused(faults)
    policy = content.tolerance
    days = limits.supply_working_days(
        seen_limit(content.promised_limit), policy.reserve_working_days, policy.most_supply_working_days
    )
    completed = policy.model_copy(update={"supply_working_days": days if policy.enabled else None})
    return content.model_copy(update={"tolerance": completed})


def summary_of(item: ItemVersion) -> ItemSummary:
    """The line of a list that stands for the version; its state is that of the day on which it is read."""
    content = item.content
    return ItemSummary(
        code=item.code,
        version=item.version,
        local_code=content.codes.local,
        name=content.name,
        summary=content.summary,
        item_type=content.item_type,
        state=ItemState.IN_USE,
        handling_kind=content.handling_kind,
        promised_limit=content.promised_limit,
        statutory_limit=content.statutory_limit,
        served_objects=content.served_objects,
        visits=content.visits,
        tolerance_enabled=content.tolerance.enabled,
        provisional=bool(content.provisional),
    )


def seen_limit(limit: Limit) -> limits.Limit:
    """A limit as the rules see it."""
    return limits.Limit(limit.amount, limit.unit.value)


def seen_by_rules(content: ItemContent) -> rules.Item:
    """The content without its sentences."""
    given, policy = content.codes, content.tolerance
    return rules.Item(
        codes=Codes(given.basic, given.implementation, given.handling),
        item_type=content.item_type.value,
        organ_uscc=content.organ_uscc,
        level=content.level,
        basis=tuple(basis.key for basis in content.basis),
        conditions=tuple(condition.basis for condition in content.conditions),
        materials=tuple(_seen_material(material) for material in content.materials),
        statutory_limit=seen_limit(content.statutory_limit),
        promised_limit=seen_limit(content.promised_limit),
        tolerance=rules.Tolerance(
            enabled=policy.enabled,
            reserve_working_days=policy.reserve_working_days,
            most_supply_working_days=policy.most_supply_working_days,
            decision_before_completion=policy.decision_before_completion,
            signed_off=policy.legal_sign_off is not None,
        ),
        commitment=_seen_commitment(content),
        safety_sensitive=content.safety_sensitive,
        certificate=content.result.kind is ResultKind.CERTIFICATE,
        validity=None
        if content.validity is None
        else rules.Validity(content.validity.months, content.validity.renew_before_days),
        procedures=tuple(
            rules.Procedure(procedure.kind.value, procedure.excluded_from_limit, procedure.basis)
            for procedure in content.special_procedures
        ),
        fees=tuple(fee.basis for fee in content.fees),
        visits=content.visits,
        visits_explained=content.visits_reason is not None,
        provisional=tuple(field.path for field in content.provisional),
        fit=tuple(
            tuple(rules.FitAnswer(each.materials, each.ends, each.other_item) for each in question.answers)
            for question in content.fit
        ),
        review=tuple(
            rules.ReviewStep(
                step.code,
                step.kind.value,
                step.after,
                step.needs,
                None if step.internal_limit is None else seen_limit(step.internal_limit),
            )
            for step in content.review
        ),
    )


def _seen_commitment(content: ItemContent) -> rules.Commitment:
    policy = content.commitment
    if policy is None:
        return rules.Commitment()
    return rules.Commitment(policy.enabled, policy.legal_sign_off is not None)


def _seen_material(material: Material) -> rules.Material:
    return rules.Material(
        code=material.code,
        main=material.main,
        tolerable=material.tolerable,
        conditional=material.necessity is Necessity.CONDITIONAL,
        says_when=material.required_when is not None,
        basis=material.basis,
        by_commitment=material.by_commitment,
    )
