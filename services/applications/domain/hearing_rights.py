"""Who is heard: the right to a hearing, and the people whose major interests a case touches (行政许可法 36, 47)."""

from collections.abc import Mapping
from uuid import UUID

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.clocks import last_day, start, stop
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.parts.hearings import Hearing, InterestedParty


def name_interested_party(case: Case, command: c.NameInterestedParty, facts: Facts) -> list[e.CaseEvent]:
    # LIC-17, Art 36: whose major interests the matter directly concerns is told of it and heard.
    if command.party_id in {case.applicant_id, case.agent_id, *(one.party_id for one in case.interested)}:
        raise OutcomeNotAllowed(
            "party_known",
            "此人已是本办件的申请人、代理人或者利害关系人。",
            "This person already is the applicant, the agent or an interested party of the case.",
            pointer="/certificate_number",
        )
    return [
        e.InterestedPartyNamed(effective_on=facts.now.on, party_id=command.party_id, named_by=facts.by.id)
    ]


def tell_hearing_rights(case: Case, _: c.TellHearingRights, facts: Facts) -> list[e.CaseEvent]:
    # LIC-15, Art 47: the applicant and every interested party are told of the right to a hearing.
    if not facts.item.major_interest_of_others and not case.interested:
        raise OutcomeNotAllowed(
            "no_interested_party",
            "本办件没有登记利害关系人，该事项也不直接涉及申请人与他人之间重大利益关系；请先登记利害关系人"
            "（行政许可法第四十七条）。",
            "No interested party is named and the item does not concern others' major interests; name the parties first"
            " (Administrative Licence Law, Art. 47).",
            article="行政许可法 47",
        )
    everybody = _everybody(case)
    if case.hearing is not None and set(everybody) <= set(case.hearing.told):
        raise OutcomeNotAllowed(
            "hearing_rights_told_already",
            "申请人和全部利害关系人均已被告知听证权利。",
            "The applicant and every interested party have been told of the right to a hearing.",
        )
    return [
        e.HearingRightsTold(
            effective_on=facts.now.on,
            told=everybody,
            request_by=start("hearing_request", facts.now.on, facts.hearing.request, facts.calendar),
        )
    ]


def request_hearing(case: Case, command: c.RequestHearing, facts: Facts) -> list[e.CaseEvent]:
    # LIC-15, Art 47: asked for within five days of being told, held within twenty days of the request.
    _require_told(case, command.party_id)
    hearing = case.hearing
    if hearing is not None and hearing.pending and hearing.requested_on is not None:
        raise OutcomeNotAllowed(
            "hearing_requested_already",
            "已有人申请听证，本机关将组织听证，无需重复申请。",
            "A hearing has been asked for and will be held; nobody needs to ask again.",
        )
    _require_time_to_ask(case, facts)
    return [
        e.HearingRequested(
            effective_on=facts.now.on,
            party_id=command.party_id,
            hold_by=start("hearing", facts.now.on, facts.hearing.hold, facts.calendar),
        )
    ]


def waive_hearing(case: Case, command: c.WaiveHearing, facts: Facts) -> list[e.CaseEvent]:
    # LIC-15: the five days protect whoever was told, so everybody may do without them, each for themselves.
    _require_told(case, command.party_id)
    if case.hearing is not None and command.party_id in case.hearing.waived:
        raise OutcomeNotAllowed(
            "hearing_waived_already",
            "此人已表示放弃听证。",
            "This person does without a hearing already.",
            pointer="/party_id",
        )
    _require_time_to_ask(case, facts)
    return [e.HearingWaived(effective_on=facts.now.on, party_id=command.party_id)]


def lapse_hearing_right(case: Case, _: c.LapseHearingRight, facts: Facts) -> list[e.CaseEvent]:
    # LIC-15, Art 47: whoever does not ask within the time has lost the right.
    clock = case.clock("hearing_request")
    if clock is None or not clock.runs or facts.now.on <= (due_on := last_day(clock, facts.calendar)):
        return []
    return [e.HearingClosed(effective_on=due_on, ground="not_requested")]


def record_statement(case: Case, command: c.RecordStatement, facts: Facts) -> list[e.CaseEvent]:
    # LIC-17, Art 36: the statements of the applicant and of the interested parties are heard.
    if command.party_id not in _everybody(case):
        raise _unknown_party()
    return [
        e.StatementRecorded(
            effective_on=facts.now.on,
            party_id=command.party_id,
            statement_sha256=command.statement_sha256,
        )
    ]


def refuse_untold(case: Case, hearing: Hearing, facts: Facts) -> None:
    if not facts.item.major_interest_of_others and not case.interested:
        return
    # LIC-15 and LIC-17, Art 36 and 47: whoever is concerned is told, and has the time that the law gives to answer.
    if not set(_everybody(case)) <= set(hearing.told):
        raise OutcomeNotAllowed(
            "hearing_rights_not_told",
            "本办件直接涉及他人重大利益，须先告知申请人和全部利害关系人听证、陈述和申辩的权利"
            "（行政许可法第三十六条、第四十七条）。",
            "Others' major interests are directly concerned: the applicant and every interested party must be told of"
            " the right to a hearing and to be heard first (Administrative Licence Law, Art. 36, 47).",
            article="行政许可法 36, 47, 72(3)",
        )
    clock = case.clock("hearing_request")
    # It runs no more once everybody who was told does without, or somebody has asked.
    if clock is None or not clock.runs:
        return
    if facts.now.on <= (due_on := last_day(clock, facts.calendar)):
        raise OutcomeNotAllowed(
            "hearing_request_period_runs",
            f"申请听证的期限至{due_on.isoformat()}，届满前除非全部被告知人放弃听证，不能作出决定（行政许可法第四十七条）。",
            f"A hearing can be asked for until {due_on.isoformat()}; no decision before, unless everybody who was told"
            " does without one (Administrative Licence Law, Art. 47).",
            due_on=due_on.isoformat(),
            article="行政许可法 47",
        )


# -- what the rules look at ----------------------------------------------------------------------------------


def _everybody(case: Case) -> tuple[UUID, ...]:
    return (case.applicant_id, *(one.party_id for one in case.interested))


def _unknown_party() -> InvalidRequest:
    return InvalidRequest(
        "party_unknown",
        "此人不是本办件的申请人或者已登记的利害关系人。",
        "This person is neither the applicant nor a named interested party of the case.",
        pointer="/party_id",
    )


def _require_told(case: Case, party_id: UUID) -> None:
    if party_id not in _everybody(case):
        raise _unknown_party()
    if case.hearing is None or party_id not in case.hearing.told:
        raise OutcomeNotAllowed(
            "hearing_rights_not_told",
            "尚未告知听证权利，五日的期限尚未开始；请先由本机关告知（行政许可法第四十七条）。",
            "The right to a hearing has not been told, so its five days have not begun; the organ tells it first"
            " (Administrative Licence Law, Art. 47).",
            article="行政许可法 47",
        )


def _require_time_to_ask(case: Case, facts: Facts) -> None:
    clock = case.clock("hearing_request")
    if clock is None or not clock.runs or facts.now.on > last_day(clock, facts.calendar):
        raise OutcomeNotAllowed(
            "hearing_request_period_over",
            "申请听证的期限已过（被告知听证权利之日起五日内，行政许可法第四十七条）。",
            "The time to ask for a hearing is over: five days from being told (Administrative Licence Law, Art. 47).",
            article="行政许可法 47",
        )


# -- how the case changes ------------------------------------------------------------------------------------


def _named(case: Case, event: e.InterestedPartyNamed) -> Case:
    party = InterestedParty(event.party_id, event.effective_on)
    return replace(case, interested=(*case.interested, party))


def _told(case: Case, event: e.HearingRightsTold) -> Case:
    interested = tuple(
        replace(party, told_on=event.effective_on) if party.told_on is None else party
        for party in case.interested
    )
    # Whoever comes later opens the question again; a hearing that is due stays due, one that was held stays held.
    hearing = replace(case.hearing or Hearing(), told=event.told, told_on=event.effective_on)
    clocks = (*stop(case.clocks, ["hearing_request"], event.effective_on), event.request_by)
    return replace(case, interested=interested, hearing=hearing, clocks=clocks)


def _requested(case: Case, event: e.HearingRequested) -> Case:
    hearing = case.hearing or Hearing()
    # A hearing that was held or given up before is in the record; the new one is told of anew.
    fresh = hearing if hearing.pending else Hearing(hearing.told, hearing.told_on, waived=hearing.waived)
    fresh = replace(fresh, requested_by=event.party_id, requested_on=event.effective_on)
    clocks = (*stop(case.clocks, ["hearing_request", "hearing"], event.effective_on), event.hold_by)
    return replace(case, hearing=fresh, clocks=clocks)


def _waived(case: Case, event: e.HearingWaived) -> Case:
    hearing = case.hearing or Hearing()
    hearing = replace(hearing, waived=(*hearing.waived, event.party_id))
    if not hearing.waived_by_all:
        return replace(case, hearing=hearing)
    clocks = stop(case.clocks, ["hearing_request"], event.effective_on)
    return replace(case, hearing=hearing, clocks=clocks)


def _stated(case: Case, event: e.StatementRecorded) -> Case:
    if event.party_id == case.applicant_id:
        return replace(case, applicant_statement_sha256=event.statement_sha256)
    interested = tuple(
        replace(party, statement_sha256=event.statement_sha256) if party.party_id == event.party_id else party
        for party in case.interested
    )
    return replace(case, interested=interested)


RULES: Mapping[type[c.Command], Rule] = {
    c.NameInterestedParty: name_interested_party,
    c.TellHearingRights: tell_hearing_rights,
    c.RequestHearing: request_hearing,
    c.WaiveHearing: waive_hearing,
    c.LapseHearingRight: lapse_hearing_right,
    c.RecordStatement: record_statement,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.InterestedPartyNamed: _named,
    e.HearingRightsTold: _told,
    e.HearingRequested: _requested,
    e.HearingWaived: _waived,
    e.StatementRecorded: _stated,
}
