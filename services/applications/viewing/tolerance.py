"""What the page of a case says about tolerance, commitments and a recall, made from the fold."""

from collections.abc import Mapping

from services.applications.contracts.case_view import (
    CommitmentView,
    ConditionView,
    EligibilityView,
    RecallView,
    SignatureView,
    SupplyRequestView,
    ToleranceView,
)
from services.applications.contracts.views import Reason
from services.applications.domain.case import Case
from services.applications.domain.item import Item
from services.applications.domain.parts.tolerating import Eligibility, PromiseKind
from services.applications.domain.tolerance import CONDITIONS, REASONS


def tolerance_view(case: Case, words: Mapping[str, str]) -> ToleranceView | None:
    """The promise with its whole evidence (§5.3(9)); `words` are the applicant's own, for whoever may read them."""
    promise = case.promise
    if promise is None:
        return None
    return ToleranceView(
        supply_due_on=promise.due_on,
        lacking=promise.lacking,
        fulfilled_on=promise.fulfilled_on,
        broken_on=promise.broken_on,
        mode="approval" if case.verdict and case.verdict.awaited else "acceptance",
        confirmed_on=promise.confirmed_on,
        faulted_on=promise.faulted_on,
        eligibility=_eligibility(case.eligibility),
        signature=signature_view(case, "undertaking"),
        request=_request(case, words.get("supply_extension")),
    )


def _eligibility(eligibility: Eligibility | None) -> EligibilityView | None:
    if eligibility is None:
        return None
    return EligibilityView(
        list_version=eligibility.list_version,
        assessed_on=eligibility.assessed_on,
        conditions=tuple(
            ConditionView(
                code=condition.code,
                zh=CONDITIONS[condition.code][0],
                en=CONDITIONS[condition.code][1],
                holds=condition.holds,
                reasons=tuple(
                    Reason(code=code, zh=REASONS[code].zh, en=REASONS[code].en) for code in condition.against
                ),
            )
            for condition in eligibility.conditions
        ),
    )


def signature_view(case: Case, promise: PromiseKind) -> SignatureView | None:
    """Who signed this promise, and to which text it is bound."""
    signature = next((one for one in case.signatures if one.promise == promise), None)
    if signature is None:
        return None
    return SignatureView(
        promise=signature.promise,
        kind=signature.kind,
        actor=signature.actor,
        at=signature.at,
        text_sha256=signature.text_sha256,
        shown=signature.shown,
        image_sha256=signature.image_sha256,
    )


def _request(case: Case, reasons: str | None) -> SupplyRequestView | None:
    request = case.supply_request
    if request is None:
        return None
    return SupplyRequestView(
        asked_on=request.asked_on,
        until=request.until,
        evidence=request.evidence,
        reasons=reasons,
        answered_on=request.answered_on,
        granted=request.granted,
    )


def commitment_views(case: Case, item: Item) -> tuple[CommitmentView, ...]:
    """Each commitment, whether it stands for its paper, and what its check found."""
    checks = {check.material_code: check for check in case.post_checks}
    clock = case.clock("post_check")
    views = []
    for code in case.commitments:
        check = checks.get(code)
        views.append(
            CommitmentView.model_validate(
                {
                    "material_code": code,
                    "material_name": item.by_code[code].name,
                    "accepted": code in case.committed,
                    "finding": check.finding if check else None,
                    "checked_on": check.checked_on if check else None,
                    "check_due_on": clock.due_on if check and clock else None,
                    "mend_by": check.mend_by if check else None,
                    "overdue": bool(check and check.overdue_since),
                }
            )
        )
    return tuple(views)


def recall_view(case: Case, words: Mapping[str, str]) -> RecallView | None:
    """The recall and what the holder said, for whoever may read it."""
    recall = case.recall
    if recall is None:
        return None
    clock = case.clock("recall_hearing")
    return RecallView(
        noticed_on=recall.noticed_on,
        hear_until=clock.due_on if clock else None,
        heard_on=recall.heard_on,
        statement=words.get("recall"),
        recalled_on=recall.recalled_on,
        dropped_on=recall.dropped_on,
    )
