"""Special procedures and extensions: the methods, and what each would do to the dates."""

from services.applications import access
from services.applications.contracts import CaseReceipt
from services.applications.contracts.procedures import (
    EndProcedure,
    ExtendDeadline,
    NewDates,
    ProlongProcedure,
    StartProcedure,
)
from services.applications.contracts.views import ClockView
from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.clocks import Clock
from services.applications.domain.decide import decide
from services.applications.domain.documents import Secrets
from services.applications.domain.errors import case_not_found, stale
from services.applications.domain.evolve import evolve
from services.applications.domain.facts import Facts
from services.applications.handlers import Doing, act, digest_of, facts_about, held
from services.applications.methods.base import Methods
from services.applications.methods.texts import keep_text
from services.applications.store import cases
from services.applications.viewing.clocks import clock_view
from shared.identity import Role
from shared.runtime import Call, rpc


class ProcedureMethods(Methods):
    """Special procedures and extensions."""

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def start_procedure(self, call: Call, request: StartProcedure) -> CaseReceipt:
        """Start one of the eight procedures of Art 45 and tell in writing how long it takes."""
        return await self._once(call, request, start_procedure)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def prolong_procedure(self, call: Call, request: ProlongProcedure) -> CaseReceipt:
        """Tell in writing, before the told time is over, that the procedure needs more."""
        return await self._once(call, request, prolong_procedure)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def end_procedure(self, call: Call, request: EndProcedure) -> CaseReceipt:
        """The procedure is over; the clocks go on."""
        return await self._once(call, request, end_procedure)

    @rpc(Role.ORGAN_HEAD)
    async def extend_deadline(self, call: Call, request: ExtendDeadline) -> CaseReceipt:
        """Extend the time to decide, once, before it is over."""
        return await self._once(call, request, extend_deadline)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def preview_procedure(self, call: Call, request: StartProcedure) -> NewDates:
        """The dates that a special procedure would give; nothing is done."""
        return await self._ask(call, request, preview_procedure)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def preview_prolonging(self, call: Call, request: ProlongProcedure) -> NewDates:
        """The dates that more time for a procedure would give; nothing is done."""
        return await self._ask(call, request, preview_prolonging)

    @rpc(Role.ORGAN_HEAD)
    async def preview_extension(self, call: Call, request: ExtendDeadline) -> NewDates:
        """The dates that an extension would give; nothing is done."""
        return await self._ask(call, request, preview_extension)


async def start_procedure(doing: Doing, request: StartProcedure) -> CaseReceipt:
    """LIC-13."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, _start(request), Secrets(reasons=request.reasons or ""))


async def prolong_procedure(doing: Doing, request: ProlongProcedure) -> CaseReceipt:
    """LIC-13: more time, before the told time is over."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, _prolong(request), Secrets(reasons=request.reasons))


async def end_procedure(doing: Doing, request: EndProcedure) -> CaseReceipt:
    """LIC-13: the clocks go on."""
    case = await held(doing, request.case_id, request.expected_version)
    receipt = await act(doing, case, c.EndProcedure(request.kind, digest_of(request.result)))
    if request.result is not None:
        await keep_text(doing, receipt, "procedure_result", request.result)
    return receipt


async def extend_deadline(doing: Doing, request: ExtendDeadline) -> CaseReceipt:
    """LIC-08 and LIC-09."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, _extend(request), Secrets(reasons=request.reasons))


async def preview_procedure(doing: Doing, request: StartProcedure) -> NewDates:
    """A dry run of `start_procedure`."""
    return await _dry_run(doing, request, _start(request))


async def preview_prolonging(doing: Doing, request: ProlongProcedure) -> NewDates:
    """A dry run of `prolong_procedure`."""
    return await _dry_run(doing, request, _prolong(request))


async def preview_extension(doing: Doing, request: ExtendDeadline) -> NewDates:
    """A dry run of `extend_deadline`."""
    return await _dry_run(doing, request, _extend(request))


def _start(request: StartProcedure) -> c.StartProcedure:
    return c.StartProcedure(request.kind, request.needs, request.unit, digest_of(request.reasons))


def _prolong(request: ProlongProcedure) -> c.ProlongProcedure:
    return c.ProlongProcedure(request.needs, request.unit, request.kind, digest_of(request.reasons))


def _extend(request: ExtendDeadline) -> c.ExtendDeadline:
    return c.ExtendDeadline(request.length, digest_of(request.reasons), request.instrument)


async def _dry_run(
    doing: Doing, request: StartProcedure | ProlongProcedure | ExtendDeadline, command: c.Command
) -> NewDates:
    """Let the domain decide as it would, and show the dates before and after: the case stays as it is."""
    stored = await cases.load(doing.connection, request.case_id, access.scope_of(doing.actor))
    if stored is None:
        raise case_not_found()
    case = stored.case
    if case.version != request.expected_version:
        raise stale(request.expected_version, case.version)
    return new_dates(case, command, await facts_about(doing, case, with_credit=False))


def new_dates(case: Case, command: c.Command, facts: Facts) -> NewDates:
    """The dates of the case before and after the command."""
    after = case
    for event in (events := decide(case, command, facts)):
        after = evolve(after, event)
    told = (one.last_on for one in events if isinstance(one, e.ProcedureStarted | e.ProcedureProlonged))
    return NewDates.model_validate(
        {
            "case_id": case.id,
            "version": case.version,
            "state": after.state.value,
            "clocks_before": running(case.clocks, facts),
            "clocks_after": running(after.clocks, facts),
            "told_until": next(told, None),
        }
    )


def running(clocks: tuple[Clock, ...], facts: Facts) -> tuple[ClockView, ...]:
    """The clocks that still run, as they are shown."""
    shown = (clock for clock in clocks if clock.runs)
    return tuple(clock_view(one, facts.item, facts.now.on, facts.calendar, explained=False) for one in shown)
