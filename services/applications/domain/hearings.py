"""Hearings, and the people whose major interests a case touches (行政许可法 36, 46–48)."""

from collections.abc import Mapping
from dataclasses import replace

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, with_clocks
from services.applications.domain.clocks import stop
from services.applications.domain.facts import Rule
from services.applications.domain.parts.hearings import Hearing, InterestedParty


def _named(case: Case, event: e.InterestedPartyNamed) -> Case:
    party = InterestedParty(event.party_id, event.effective_on)
    return replace(case, interested=(*case.interested, party))


def _told(case: Case, event: e.HearingRightsTold) -> Case:
    interested = tuple(
        replace(party, told_on=event.effective_on) if party.party_id in event.told else party
        for party in case.interested
    )
    hearing = replace(case.hearing or Hearing(), told=event.told, told_on=event.effective_on)
    return replace(with_clocks(case, [event.request_by]), interested=interested, hearing=hearing)


def _requested(case: Case, event: e.HearingRequested) -> Case:
    hearing = replace(case.hearing or Hearing(), requested_by=event.party_id, requested_on=event.effective_on)
    clocks = (*stop(case.clocks, ["hearing_request"], event.effective_on), event.hold_by)
    return replace(case, hearing=hearing, clocks=clocks)


def _called(case: Case, event: e.HearingCalled) -> Case:
    return replace(case, hearing=replace(case.hearing or Hearing(), called_on=event.effective_on))


def _scheduled(case: Case, event: e.HearingScheduled) -> Case:
    hearing = replace(case.hearing or Hearing(), scheduled_on=event.held_on, chair=event.chair)
    return replace(case, hearing=hearing)


def _held(case: Case, event: e.HearingHeld) -> Case:
    hearing = replace(
        case.hearing or Hearing(),
        held_on=event.held_on,
        chair=event.chair,
        minutes_sha256=event.minutes_sha256,
    )
    return replace(case, hearing=hearing, clocks=stop(case.clocks, ["hearing"], event.effective_on))


def _closed(case: Case, event: e.HearingClosed) -> Case:
    hearing = replace(case.hearing or Hearing(), closed_because=event.ground)
    clocks = stop(case.clocks, ["hearing", "hearing_request"], event.effective_on)
    return replace(case, hearing=hearing, clocks=clocks)


def _stated(case: Case, event: e.StatementRecorded) -> Case:
    interested = tuple(
        replace(party, statement_sha256=event.statement_sha256) if party.party_id == event.party_id else party
        for party in case.interested
    )
    return replace(case, interested=interested)


RULES: Mapping[type[c.Command], Rule] = {}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.InterestedPartyNamed: _named,
    e.HearingRightsTold: _told,
    e.HearingRequested: _requested,
    e.HearingCalled: _called,
    e.HearingScheduled: _scheduled,
    e.HearingHeld: _held,
    e.HearingClosed: _closed,
    e.StatementRecorded: _stated,
}
