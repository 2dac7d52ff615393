"""A case as its people and its clerks see it: masked, with the material check, the clocks and what can be done next."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from asyncpg import Record

from services.applications.contracts import (
    CaseLine,
    CaseView,
    DecisionView,
    LicenceView,
    MandateView,
    MaterialCheck,
    PartyView,
)
from services.applications.contracts.case_view import RatingView, ReviewView
from services.applications.contracts.credit import CaseCredit
from services.applications.domain.case import Case
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.outcome import Assessment, Outcome
from services.applications.domain.state import STATE_NAMES, State
from services.applications.people import party_view, shown_name
from services.applications.store.parties import Party
from services.applications.viewing.checks import check_view
from services.applications.viewing.clocks import clock_view
from services.applications.viewing.documents import document_reference
from services.applications.viewing.hearings import (
    extension_view,
    hearing_view,
    interested_views,
    procedure_views,
)
from services.applications.viewing.timeline import timeline_entry
from services.applications.viewing.tolerance import (
    commitment_views,
    recall_view,
    signature_view,
    tolerance_view,
)


def case_view(
    case: Case,
    facts: Facts,
    assessment: Assessment,
    *,
    parties: dict[str, Party],
    documents: Sequence[Record],
    events: Sequence[Record],
    credit: CaseCredit | None,
    review: ReviewView | None = None,
    summary: str | None,
    allowed: tuple[str, ...],
    explained: bool,
    masked: bool,
    words: Mapping[str, str] | None = None,
) -> CaseView:
    """The whole case for its page."""
    item, today = facts.item, facts.now.on
    words = words or {}
    return CaseView.model_validate(
        {
            **_of_the_case(case),
            **_of_the_item(item),
            "summary": summary,
            "parties": _parties(parties, masked=masked),
            "check": _check(case, item, assessment),
            "clocks": [
                clock_view(clock, item, today, facts.calendar, explained=explained) for clock in case.clocks
            ],
            "documents": [document_reference(row) for row in documents],
            "tolerance": tolerance_view(case, words),
            "commitments": commitment_views(case, item),
            "commitment_signature": signature_view(case, "commitment"),
            "recall": recall_view(case, words),
            "credit": credit,
            "decision": _decision(case),
            "timeline": [timeline_entry(row) for row in events],
            "allowed": allowed,
            "review": review,
            "procedures": procedure_views(case, today),
            "extension": extension_view(case),
            "hearing": hearing_view(case, facts),
            "interested": interested_views(case, parties),
            "licence": _licence(case),
            "mandate": _mandate(case, today),
            "rating": _rating(case, words),
        }
    )


def _of_the_case(case: Case) -> dict[str, Any]:
    state_zh, state_en = STATE_NAMES[case.state]
    return {
        "case_id": case.id,
        "case_no": case.case_no,
        "external_no": case.external_no,
        "partner": case.partner,
        "version": case.version,
        "state": case.state.value,
        "state_zh": state_zh,
        "state_en": state_en,
        "unit": case.unit,
        "channel": case.channel,
        "submitted_at": case.submitted_at,
        "received_on": case.received_on,
        "acceptance_basis": case.basis,
        "accepted_on": case.accepted_on,
        "delivery_way": case.delivery_way,
        "purpose": case.follow_up.purpose if case.follow_up else "new",
        "licence_case_id": case.follow_up.licence_case_id if case.follow_up else None,
        "followed_by": case.followed_by,
    }


def _of_the_item(item: Item) -> dict[str, Any]:
    return {
        "item_code": item.code,
        "item_version": item.version,
        "item_name": item.name,
        "item_name_en": item.name_en,
    }


def _parties(parties: Mapping[str, Party], *, masked: bool) -> list[PartyView]:
    shown = [parties[role] for role in ("applicant", "contact", "agent") if role in parties]
    return [party_view(party, masked=masked) for party in shown]


def _check(case: Case, item: Item, assessment: Assessment) -> MaterialCheck:
    return check_view(
        item,
        assessment,
        asked=case.asks_tolerance,
        papers=case.papers,
        defects=case.defects,
        tolerated=case.promise.lacking if case.promise else (),
    )


def _mandate(case: Case, on: date) -> MandateView | None:
    mandate = case.mandate
    if mandate is None:
        return None
    return MandateView(
        valid_from=mandate.valid_from,
        valid_until=mandate.valid_until,
        scope=mandate.scope,
        revoked_on=mandate.revoked_on,
        holds=mandate.holds_on(on),
    )


def _rating(case: Case, words: Mapping[str, str]) -> RatingView | None:
    rating = case.rating
    if rating is None:
        return None
    return RatingView(
        level=rating.level,
        tags=rating.tags,
        words=words.get("rating"),
        rated_on=rating.rated_on,
    )


def _licence(case: Case) -> LicenceView | None:
    licence = case.licence
    if licence is None:
        return None
    return LicenceView(
        number=licence.number,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        expired_on=licence.expired_on,
    )


def _decision(case: Case) -> DecisionView | None:
    verdict = case.verdict
    if verdict is None:
        return None
    return DecisionView.model_validate(
        {
            "result": verdict.result,
            "decided_on": verdict.decided_on,
            "delivered_on": verdict.delivered_on,
            "method": verdict.method,
        }
    )


def line_view(row: Record, name: str, item_names: tuple[str, str], today: date) -> CaseLine:
    """One line of a work list."""
    state = State(row["state"])
    state_zh, state_en = STATE_NAMES[state]
    due_on = row["due_on"]
    return CaseLine.model_validate(
        {
            "case_id": row["id"],
            "case_no": row["case_no"],
            "external_no": row["external_no"],
            "version": row["version"],
            "state": state.value,
            "state_zh": state_zh,
            "state_en": state_en,
            "item_code": row["item_code"],
            "item_name": item_names[0],
            "item_name_en": item_names[1],
            "channel": row["channel"],
            "applicant_name": shown_name(name, row["kind"]),
            "submitted_at": row["submitted_at"],
            "due_on": due_on,
            "overdue": due_on is not None and due_on < today,
            # After the answer the proposal is history.
            "proposed_outcome": Outcome(row["proposed"]).value if state is State.SUBMITTED else None,
            "tolerance_asked": row["asks_tolerance"],
            "urged": row["urged"],
        }
    )
