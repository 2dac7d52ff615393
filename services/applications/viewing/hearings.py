"""Special procedures, the extension, the hearing and the interested parties of a case, as a page shows them."""

from collections.abc import Mapping
from datetime import date

from services.applications.contracts.case_view import (
    ExtensionView,
    HearingView,
    InterestedPartyView,
    ProcedureView,
)
from services.applications.domain.case import Case
from services.applications.domain.clocks import last_day, reason_names
from services.applications.domain.facts import Facts
from services.applications.domain.parts.hearings import Hearing
from services.applications.people import shown_name
from services.applications.store.hearings import role_of
from services.applications.store.parties import Party


def procedure_views(case: Case, today: date) -> list[ProcedureView]:
    """Every special procedure, oldest first."""
    return [
        ProcedureView(
            kind=one.kind,
            kind_zh=reason_names(one.kind)[0],
            kind_en=reason_names(one.kind)[1],
            first_on=one.first_on,
            told_until=one.told_until,
            ended_on=one.ended_on,
            overrun=(one.ended_on or today) > one.told_until,
            documents=one.document_nos,
        )
        for one in case.procedures
    ]


def extension_view(case: Case) -> ExtensionView | None:
    """The one extension."""
    extension = case.extension
    if extension is None:
        return None
    return ExtensionView(
        length=extension.length,
        extended_on=extension.extended_on,
        document=extension.document_no,
        instrument=extension.instrument,
    )


def hearing_view(case: Case, facts: Facts) -> HearingView | None:
    """The hearing, and what comes next."""
    hearing = case.hearing
    if hearing is None and case.applicant_statement_sha256 is None:
        return None
    hearing = hearing or Hearing()
    asked, hold = case.clock("hearing_request"), case.clock("hearing")
    return HearingView.model_validate(
        {
            "state": _state(hearing),
            "told_on": hearing.told_on,
            "request_due_on": None if asked is None else last_day(asked, facts.calendar),
            "requested_on": hearing.requested_on,
            "called_on": hearing.called_on,
            "hold_due_on": None if hold is None else last_day(hold, facts.calendar),
            "held_on": hearing.held_on or hearing.scheduled_on,
            "announced_on": hearing.announced_on,
            "minutes_sha256": hearing.minutes_sha256,
            "applicant_has_stated": case.applicant_statement_sha256 is not None,
        }
    )


def _state(hearing: Hearing) -> str:
    if hearing.held_on is not None:
        return "held"
    if hearing.closed_because is not None:
        return "lapsed" if hearing.closed_because == "not_requested" else hearing.closed_because
    if hearing.pending:
        return "scheduled" if hearing.scheduled_on is not None else "due"
    if hearing.told_on is None:
        return "not_told"
    return "waived" if hearing.waived_by_all else "told"


def interested_views(case: Case, parties: Mapping[str, Party]) -> list[InterestedPartyView]:
    """The interested parties, masked for everybody: the applicant has no right to who they are."""
    waived = case.hearing.waived if case.hearing is not None else ()
    return [
        InterestedPartyView(
            party_id=one.party_id,
            name=_name(parties.get(role_of(place))),
            named_on=one.named_on,
            told_on=one.told_on,
            has_stated=one.statement_sha256 is not None,
            has_waived=one.party_id in waived,
        )
        for place, one in enumerate(case.interested, 1)
    ]


def _name(party: Party | None) -> str:
    return "" if party is None else shown_name(party.name, party.kind)
