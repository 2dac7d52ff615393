"""What stops the time to decide: the eight procedures of Art 45."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, numbered, numbers_of, with_clocks
from services.applications.domain.clocks import (
    REASON_NAMES,
    Clock,
    OperationKind,
    change_running,
    excluded,
    less_extended,
    shortened_exclusion,
)
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.item import Limit, ProcedureRule
from services.applications.domain.parts.procedures import Procedure
from services.applications.domain.state import State
from shared.deadlines.calendar import Calendar

# LIC-13, Art 45: these eight and no other.
EIGHT_PROCEDURES = (
    "hearing",
    "bidding",
    "auction",
    "inspection",
    "testing",
    "quarantine",
    "appraisal",
    "expert_review",
)
# Nobody is told of more than a year of special procedure at once.
MOST_DAYS = 366
# The clocks that stand still and grow: the internal ones are management only.
TIME_TO_DECIDE = ("statutory", "promised")
_ONE_DAY = timedelta(days=1)


def start_procedure(case: Case, command: c.StartProcedure, facts: Facts) -> list[e.CaseEvent]:
    # LIC-13, Art 45: only when the law asks for it, and the time needed is told in writing in the same act.
    known = _known_procedure(case, command.kind, facts)
    if any(one.runs and one.kind == command.kind for one in case.procedures):
        raise OutcomeNotAllowed(
            "procedure_runs_already",
            f"“{_zh(command.kind)}”正在进行中。需要更多时间的，请在告知的时间届满前延长并另行书面告知。",
            f"The {_en(command.kind)} is going on already; if it needs more time, prolong it before the told end.",
        )
    first_on = facts.now.on
    last_on = _last_day_told(first_on, command.needs, command.unit, facts.calendar)
    _require_reasons_beyond(known, first_on, last_on, command.reasons_sha256, facts.calendar)
    if any(one.kind == command.kind for one in case.procedures):
        # The published length is that of the whole: a second round goes beyond what people expect.
        require_reasons(command.reasons_sha256)
    return [
        e.ProcedureStarted(
            effective_on=first_on,
            kind=command.kind,
            needs=command.needs,
            unit=command.unit,
            first_on=first_on,
            last_on=last_on,
            approved_by=facts.by.id,
            article=facts.item.article("45"),
            clocks=_left_out(case, command.kind, first_on, last_on, facts),
            reasons_sha256=command.reasons_sha256,
        )
    ]


def prolong_procedure(case: Case, command: c.ProlongProcedure, facts: Facts) -> list[e.CaseEvent]:
    # LIC-13, Art 45: time that was not told in writing before is not excluded, so it can't be told afterwards.
    procedure = _running(case, command.kind)
    if facts.now.on > procedure.told_until:
        raise OutcomeNotAllowed(
            "procedure_time_over",
            f"书面告知的时间已于{procedure.told_until.isoformat()}届满，办理期限已恢复计算，不能事后延长"
            "（行政许可法第四十五条）；请先结束该程序。",
            f"The time told in writing was over on {procedure.told_until.isoformat()} and the clock runs again; it"
            " can't be prolonged afterwards (Administrative Licence Law, Art. 45). End the procedure first.",
            told_until=procedure.told_until.isoformat(),
            article="行政许可法 45",
        )
    first_on = procedure.told_until + _ONE_DAY
    last_on = _last_day_told(first_on, command.needs, command.unit, facts.calendar)
    # The published length holds for the whole of it, so more than was told always has its reason.
    require_reasons(command.reasons_sha256)
    return [
        e.ProcedureProlonged(
            effective_on=facts.now.on,
            kind=procedure.kind,
            needs=command.needs,
            unit=command.unit,
            last_on=last_on,
            approved_by=facts.by.id,
            clocks=_left_out(case, procedure.kind, first_on, last_on, facts),
            reasons_sha256=command.reasons_sha256,
        )
    ]


def end_procedure(case: Case, command: c.EndProcedure, facts: Facts) -> list[e.CaseEvent]:
    # LIC-13, Art 45: what was told and not needed counts again; what was needed beyond the told end was never excluded.
    return end_of(_running(case, command.kind).kind, case, facts, command.result_sha256)


def end_of(kind: str, case: Case, facts: Facts, result_sha256: str | None = None) -> list[e.CaseEvent]:
    """The end of the procedure of this kind, if it runs; the told days that are left count again."""
    if not any(one.runs and one.kind == kind for one in case.procedures):
        return []
    clocks = (_given_back(clock, kind, facts) for clock in _time_to_decide(case))
    return [
        e.ProcedureEnded(
            effective_on=facts.now.on,
            kind=kind,
            ended_on=facts.now.on,
            clocks=_promise_within(tuple(clocks), kind, facts.calendar),
            result_sha256=result_sha256,
        )
    ]


def refuse_while_procedure_runs(case: Case) -> None:
    """A procedure that the law asks for is over before the decision (LIC-13)."""
    running = [one for one in case.procedures if one.runs]
    if running:
        zh = "、".join(_zh(one.kind) for one in running)
        raise OutcomeNotAllowed(
            "procedure_runs",
            f"“{zh}”尚未结束，不能作出决定；请先登记其结束（行政许可法第四十五条）。",
            f"No decision is possible while a special procedure runs ({', '.join(_en(one.kind) for one in running)});"
            " record its end first (Administrative Licence Law, Art. 45).",
            article="行政许可法 45",
        )


# -- what the rules look at ----------------------------------------------------------------------------------


def _known_procedure(case: Case, kind: str, facts: Facts) -> ProcedureRule | None:
    if kind not in EIGHT_PROCEDURES:
        raise InvalidRequest(
            "procedure_not_listed",
            "不计入办理期限的只有听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审（行政许可法第四十五条）；"
            "现场踏勘、等待容缺材料、征求意见等都计入期限。",
            "Only hearing, bidding, auction, inspection, testing, quarantine, appraisal and expert review are left out"
            " of the time (Administrative Licence Law, Art. 45); a site visit, tolerated papers or consulting are not.",
            pointer="/kind",
            article="行政许可法 45",
        )
    named = next((one for one in facts.item.procedures if one.kind == kind and one.excluded), None)
    if kind == "hearing":
        # A hearing is needed by law only when one was asked for or called (Art 46, 47).
        if case.hearing is None or not case.hearing.pending:
            raise OutcomeNotAllowed(
                "no_hearing_due",
                "本办件没有依法应当举行的听证：须有听证申请，或者先依职权决定听证（行政许可法第四十六条、第四十七条）。",
                "No hearing is due by law in this case: one is asked for, or called first"
                " (Administrative Licence Law, Art. 46, 47).",
                pointer="/kind",
                article="行政许可法 45, 46, 47",
            )
    elif named is None:
        raise OutcomeNotAllowed(
            "procedure_not_of_item",
            f"该事项的办事指南没有载明依法需要“{_zh(kind)}”，其时间不能扣除（行政许可法第四十五条）。",
            f"The published item names no {_en(kind)} that the law asks for, so its time can't be left out"
            " (Administrative Licence Law, Art. 45).",
            pointer="/kind",
            article="行政许可法 45",
        )
    return named


def _running(case: Case, kind: str | None) -> Procedure:
    running = [one for one in case.procedures if one.runs and kind in (None, one.kind)]
    if not running:
        raise OutcomeNotAllowed(
            "no_procedure_runs",
            "本办件没有正在进行的该项特别程序。",
            "No such special procedure is going on in this case.",
            pointer="/kind",
        )
    if len(running) > 1:
        raise InvalidRequest(
            "procedure_kind_required",
            "有几项特别程序正在进行，请指明是哪一项。",
            "Several special procedures are going on; please name the one.",
            pointer="/kind",
        )
    return running[0]


def _last_day_told(first_on: date, needs: int, unit: str, calendar: Calendar) -> date:
    # The first day belongs to the procedure: whoever is told of ten days loses ten and not eleven.
    if not 1 <= needs <= MOST_DAYS:
        raise InvalidRequest(
            "procedure_time_invalid",
            f"请告知所需时间，应为 1 至 {MOST_DAYS} 天。",
            f"Please tell the time needed: from 1 to {MOST_DAYS} days.",
            pointer="/needs",
        )
    if unit == "calendar_day":
        return first_on + timedelta(days=needs - 1)
    day, left = first_on, needs - calendar.is_working_day(first_on)
    while left > 0:
        day += _ONE_DAY
        left -= calendar.is_working_day(day)
    return day


def _require_reasons_beyond(
    known: ProcedureRule | None, first_on: date, last_on: date, reasons_sha256: str | None, calendar: Calendar
) -> None:
    # What the item publishes is what people expect: without such a length, or beyond it, the notice says why.
    length = known.length if known is not None else None
    if length is None or last_on > _published_end(first_on, length, calendar):
        require_reasons(reasons_sha256)


def _published_end(first_on: date, length: Limit, calendar: Calendar) -> date:
    unit = length.unit if length.unit in ("working_day", "calendar_day") else "working_day"
    return _last_day_told(first_on, min(length.length, MOST_DAYS), unit, calendar)


def require_reasons(reasons_sha256: str | None) -> None:
    if reasons_sha256 is None:
        raise OutcomeNotAllowed(
            "reasons_required",
            "请写明理由，理由将载入书面告知。",
            "Please state the reasons; they go into the written notice.",
            pointer="/reasons",
        )


# -- what becomes of the clocks ------------------------------------------------------------------------------


def _time_to_decide(case: Case) -> tuple[Clock, ...]:
    clocks = (case.clock(name) for name in TIME_TO_DECIDE)
    return tuple(clock for clock in clocks if clock is not None and clock.runs)


def _left_out(case: Case, kind: str, first_on: date, last_on: date, facts: Facts) -> tuple[Clock, ...]:
    clocks = change_running(
        _time_to_decide(case),
        TIME_TO_DECIDE,
        lambda clock: excluded(
            clock,
            first_on,
            last_on,
            article=facts.item.article("45"),
            reason=kind,
            approver=facts.by.id,
            document_no="",
            calendar=facts.calendar,
        ),
    )
    return _promise_within(clocks, kind, facts.calendar)


def _given_back(clock: Clock, kind: str, facts: Facts) -> Clock:
    # A prolonged procedure left out several stretches, of which some may lie wholly ahead.
    while (
        shorter := shortened_exclusion(clock, facts.now.on, reason=kind, calendar=facts.calendar)
    ) != clock:
        clock = shorter
    return clock


def _promise_within(clocks: tuple[Clock, ...], kind: str, calendar: Calendar) -> tuple[Clock, ...]:
    """The promise is never later than the statute, also where the two are counted in different units."""
    by_name = {clock.name: clock for clock in clocks}
    statutory, promised = by_name.get("statutory"), by_name.get("promised")
    if statutory is None or promised is None:
        return clocks
    while promised.due_on > statutory.due_on and (last_on := _last_left_out(promised, kind)) is not None:
        promised = shortened_exclusion(promised, last_on - _ONE_DAY, reason=kind, calendar=calendar)
    # What was added to the promise fitted while the procedure was to last longer.
    while promised.due_on > statutory.due_on and (less := less_extended(promised, calendar)) is not None:
        promised = less
    return tuple(promised if clock.name == "promised" else clock for clock in clocks)


def _last_left_out(clock: Clock, kind: str) -> date | None:
    told = (one for one in clock.entries if one.kind is OperationKind.EXCLUDE and one.reason == kind)
    return max((one.last_on for one in told if one.last_on is not None), default=None)


def _zh(kind: str) -> str:
    return REASON_NAMES[kind][0]


def _en(kind: str) -> str:
    return REASON_NAMES[kind][1]


# -- how the case changes ------------------------------------------------------------------------------------


def _started(case: Case, event: e.ProcedureStarted) -> Case:
    procedure = Procedure(
        event.kind, event.first_on, event.last_on, event.approved_by, document_nos=numbers_of(event)
    )
    # Tolerated papers go on being awaited meanwhile, so that state is kept.
    waits = case.state in (State.ACCEPTED_TOLERANT, State.SPECIAL_PROCEDURE)
    return replace(
        with_clocks(case, numbered(event.clocks, event)),
        state=case.state if waits else State.SPECIAL_PROCEDURE,
        resumes_in=case.resumes_in if waits else case.state,
        procedures=(*case.procedures, procedure),
    )


def _prolonged(case: Case, event: e.ProcedureProlonged) -> Case:
    def prolong(one: Procedure) -> Procedure:
        return replace(one, told_until=event.last_on, document_nos=(*one.document_nos, *numbers_of(event)))

    return replace(
        with_clocks(case, numbered(event.clocks, event)), procedures=_of_kind(case, event.kind, prolong)
    )


def _ended(case: Case, event: e.ProcedureEnded) -> Case:
    procedures = _of_kind(case, event.kind, lambda one: replace(one, ended_on=event.ended_on))
    case = replace(with_clocks(case, event.clocks), procedures=procedures)
    # Of several procedures the last one lets the case go on.
    if case.state is not State.SPECIAL_PROCEDURE or any(one.runs for one in procedures):
        return case
    return replace(case, state=case.resumes_in or State.IN_REVIEW, resumes_in=None)


def _of_kind(case: Case, kind: str, change: Callable[[Procedure], Procedure]) -> tuple[Procedure, ...]:
    return tuple(change(one) if one.runs and one.kind == kind else one for one in case.procedures)


RULES: Mapping[type[c.Command], Rule] = {
    c.StartProcedure: start_procedure,
    c.ProlongProcedure: prolong_procedure,
    c.EndProcedure: end_procedure,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.ProcedureStarted: _started,
    e.ProcedureProlonged: _prolonged,
    e.ProcedureEnded: _ended,
}
