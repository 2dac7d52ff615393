"""What stops or lengthens the time to decide: the eight procedures of Art 45 and the extension of Art 42."""

from collections.abc import Mapping
from dataclasses import replace

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, with_clocks
from services.applications.domain.facts import Rule
from services.applications.domain.parts.procedures import Extension, Procedure
from services.applications.domain.state import DECIDABLE_STATES, State


def _started(case: Case, event: e.ProcedureStarted) -> Case:
    procedure = Procedure(event.kind, event.first_on, event.last_on, event.approved_by)
    # Tolerated papers go on being awaited meanwhile, so that state is kept.
    waits = case.state is State.ACCEPTED_TOLERANT
    return replace(
        with_clocks(case, event.clocks),
        state=case.state if waits else State.SPECIAL_PROCEDURE,
        resumes_in=None if waits else case.state,
        procedures=(*case.procedures, procedure),
    )


def _prolonged(case: Case, event: e.ProcedureProlonged) -> Case:
    procedures = tuple(
        replace(one, told_until=event.last_on) if one.runs and one.kind == event.kind else one
        for one in case.procedures
    )
    return replace(with_clocks(case, event.clocks), procedures=procedures)


def _ended(case: Case, event: e.ProcedureEnded) -> Case:
    procedures = tuple(
        replace(one, ended_on=event.ended_on) if one.runs and one.kind == event.kind else one
        for one in case.procedures
    )
    return replace(
        with_clocks(case, event.clocks),
        state=case.resumes_in or case.state,
        resumes_in=None,
        procedures=procedures,
    )


def _extended(case: Case, event: e.DeadlineExtended) -> Case:
    extension = Extension(event.length, event.approved_by, event.effective_on)
    moves = case.state in DECIDABLE_STATES
    return replace(
        with_clocks(case, event.clocks),
        state=State.EXTENDED if moves else case.state,
        resumes_in=State.EXTENDED if case.state is State.SPECIAL_PROCEDURE else case.resumes_in,
        extension=extension,
    )


RULES: Mapping[type[c.Command], Rule] = {}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.ProcedureStarted: _started,
    e.ProcedureProlonged: _prolonged,
    e.ProcedureEnded: _ended,
    e.DeadlineExtended: _extended,
}
