"""What lengthens the time to decide: the one extension of Art 42."""

from collections.abc import Mapping

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, numbered, numbers_of, with_clocks
from services.applications.domain.clocks import Clock, extended, last_day
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.item import Item
from services.applications.domain.parts.procedures import Extension
from services.applications.domain.procedures import require_reasons
from services.applications.domain.state import DECIDABLE_STATES, State

# LIC-08 and LIC-09, Art 42: ten working days more, or fifteen where several organs decide together.
MOST_EXTENSION = 10
MOST_JOINT_EXTENSION = 15


def extend_deadline(case: Case, command: c.ExtendDeadline, facts: Facts) -> list[e.CaseEvent]:
    # LIC-08 and LIC-09, Art 42: once, before the time is over, by whom the law names, and the reason is told.
    statutory = case.clock("statutory")
    if case.extension is not None or statutory is None or statutory.extensions:
        raise OutcomeNotAllowed(
            "already_extended",
            "办理期限只能延长一次，本办件已经延长过（行政许可法第四十二条）。",
            "The time to decide can be extended once, and this was done (Administrative Licence Law, Art. 42).",
            article="行政许可法 42",
        )
    if facts.now.on > (due_on := last_day(statutory, facts.calendar)):
        raise OutcomeNotAllowed(
            "statutory_time_over",
            f"法定办结时限已于{due_on.isoformat()}届满，不能事后延长（行政许可法第四十二条）；请尽快作出决定。",
            f"The statutory time was over on {due_on.isoformat()} and can't be extended afterwards"
            " (Administrative Licence Law, Art. 42); please decide as soon as possible.",
            due_on=due_on.isoformat(),
            article="行政许可法 42",
        )
    _require_length(command.length, most_extension(facts.item))
    require_reasons(command.reasons_sha256)
    _require_instrument(command, facts.item)
    return [
        e.DeadlineExtended(
            effective_on=facts.now.on,
            length=command.length,
            approved_by=facts.by.id,
            article=facts.item.article("42"),
            clocks=_grown(case, statutory, command.length, facts),
            reasons_sha256=command.reasons_sha256,
            instrument=command.instrument,
        )
    ]


def most_extension(item: Item) -> int:
    """How much may be added to the statutory time of this item, in that time's own unit."""
    if not item.is_licence or item.statutory.unit not in ("working_day", "calendar_day"):
        # No law gives another item's extension; following Art 42 by analogy it is at most half of the time.
        return item.statutory.length // 2
    return MOST_JOINT_EXTENSION if item.joint_handling else MOST_EXTENSION


# -- what the rules look at ----------------------------------------------------------------------------------


def _require_length(length: int, most: int) -> None:
    if not 1 <= length <= most:
        raise InvalidRequest(
            "extension_too_long",
            f"该事项最多可以延长{most}（与法定办结时限同一单位，行政许可法第四十二条）。"
            if most
            else "该事项的法定办结时限过短，没有可以延长的时间。",
            f"At most {most} can be added, in the unit of the statutory time (Administrative Licence Law, Art. 42)."
            if most
            else "The statutory time of this item is too short for an extension.",
            pointer="/length",
            most=most,
        )


def _require_instrument(command: c.ExtendDeadline, item: Item) -> None:
    # LIC-09, Art 42¶2: not the organ's own head approves this, but the head of the same-level government.
    if item.joint_handling and not (command.instrument or "").strip():
        raise InvalidRequest(
            "instrument_required",
            "统一办理、联合办理、集中办理的，延长期限须经本级人民政府负责人批准，请填写批准文号（行政许可法第四十二条第二款）。",
            "Where several organs decide together the head of the same-level government approves the extension; give"
            " the number of that approval (Administrative Licence Law, Art. 42).",
            pointer="/instrument",
            article="行政许可法 42(2)",
        )


# -- what becomes of the clocks ------------------------------------------------------------------------------


def _grown(case: Case, statutory: Clock, length: int, facts: Facts) -> tuple[Clock, ...]:
    def longer(clock: Clock, by: int) -> Clock:
        return extended(
            clock,
            by,
            article=facts.item.article("42"),
            reason="extension",
            approver=facts.by.id,
            document_no="",
            calendar=facts.calendar,
        )

    grown = longer(statutory, length)
    promised = case.clock("promised")
    # A promise that is broken already stays broken.
    if promised is None or not promised.runs or facts.now.on > last_day(promised, facts.calendar):
        return (grown,)
    by_length = (longer(promised, by) for by in range(length, 0, -1))
    within = next((clock for clock in by_length if clock.due_on <= grown.due_on), None)
    return (grown, within) if within is not None else (grown,)


# -- how the case changes ------------------------------------------------------------------------------------


def _extended(case: Case, event: e.DeadlineExtended) -> Case:
    extension = Extension(
        event.length,
        event.approved_by,
        event.effective_on,
        event.instrument,
        next(iter(numbers_of(event)), ""),
    )
    moves = case.state in DECIDABLE_STATES
    return replace(
        with_clocks(case, numbered(event.clocks, event)),
        state=State.EXTENDED if moves else case.state,
        resumes_in=State.EXTENDED if case.state is State.SPECIAL_PROCEDURE else case.resumes_in,
        extension=extension,
    )


RULES: Mapping[type[c.Command], Rule] = {
    c.ExtendDeadline: extend_deadline,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.DeadlineExtended: _extended,
}
