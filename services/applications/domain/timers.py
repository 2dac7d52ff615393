"""Which timers a case needs, and what each one does when it is due.

Timers follow from the case alone, so the rows can be compared with it at any time; a closed case needs none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.applications.domain import commands as c
from services.applications.domain.case import Case
from services.applications.domain.clocks import last_day, runs_out_at
from services.applications.domain.duties import DUTIES, PROCEDURE, open_duties, overrunning
from services.applications.domain.licences import closing_day, is_open
from services.applications.domain.state import ACCEPTED_STATES, DECIDED_STATES, ENDING_CLOCKS, State
from shared.deadlines import midnight_after, subtract_working_days
from shared.deadlines.calendar import Calendar

REMINDER_WORKING_DAYS = (2, 1, 0)
# Nobody is woken by a reminder: it goes out at nine in the morning.
_BEFORE_MIDNIGHT = timedelta(hours=15)


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to be looked at when its time comes."""

    kind: str
    due_at: datetime


def timers_of(case: Case, calendar: Calendar) -> tuple[Timer, ...]:
    """The timers that should be open for this case: those that end its state, and those of the organ's own duties."""
    return (
        *_ending(case, calendar),
        *_of_the_organ(case, calendar),
        *_after_the_grant(case, calendar),
        *_closing(case),
    )


def _ending(case: Case, calendar: Calendar) -> tuple[Timer, ...]:
    name = ENDING_CLOCKS.get(case.state)
    clock = case.clock(name) if name else None
    if name is None or clock is None or not clock.runs:
        return ()
    ending = Timer(name, runs_out_at(clock, calendar))
    return (*_reminders(case, calendar), ending) if name == "supply" else (ending,)


def _of_the_organ(case: Case, calendar: Calendar) -> tuple[Timer, ...]:
    # A case that was only submitted has none of these, so that a submission opens one timer and no more.
    if case.state not in ACCEPTED_STATES | DECIDED_STATES | {State.ISSUED}:
        return ()
    duties = tuple(
        Timer(name, midnight_after(due_on)) for name, due_on in open_duties(case, calendar).items()
    )
    overruns = tuple(Timer(name, midnight_after(one.told_until)) for name, one in overrunning(case).items())
    asked = case.clock("hearing_request")
    lapses = () if asked is None or not asked.runs else (Timer(asked.name, runs_out_at(asked, calendar)),)
    return (*duties, *overruns, *lapses)


def _after_the_grant(case: Case, calendar: Calendar) -> tuple[Timer, ...]:
    # §5.3(8) papers that were to come after the grant, and §5.4 commitments that are to be checked after it.
    if case.verdict is None or case.terminal:
        return ()
    supply, check = case.clock("supply"), case.clock("post_check")
    awaited = case.verdict.awaited and supply is not None and supply.runs
    papers = (
        (*_reminders(case, calendar), Timer("supply", runs_out_at(supply, calendar)))
        if awaited and supply
        else ()
    )
    checks = (Timer("post_check", runs_out_at(check, calendar)),) if check is not None and check.runs else ()
    return (*papers, *checks)


def _closing(case: Case) -> tuple[Timer, ...]:
    # Whatever is still open keeps the case from being filed, and sets the day anew when it ends.
    if case.state is not State.DELIVERED or is_open(case):
        return ()
    return (Timer("closing", midnight_after(closing_day(case))),)


def _reminders(case: Case, calendar: Calendar) -> tuple[Timer, ...]:
    # §5.3(5): two working days, one and none before the last day; what would lie before the acceptance is left out.
    clock = case.clock("supply")
    assert clock is not None
    last = last_day(clock, calendar)
    days = ((left, subtract_working_days(last, left, calendar)) for left in REMINDER_WORKING_DAYS)
    return tuple(
        Timer(f"remind_{left}", midnight_after(day) - _BEFORE_MIDNIGHT)
        for left, day in days
        if day > clock.started_on
    )


def command_of(kind: str, default_id: UUID) -> c.Command:
    """What a due timer asks of its case; `default_id` names the default that it may put on record."""
    match kind:
        case "intake":
            return c.DeemAccepted()
        case "correction":
            return c.LapseCorrection()
        case "supply":
            return c.ExpireTolerance(default_id)
        case "post_check":
            return c.NotePostCheckOverdue()
        case "remind_2" | "remind_1" | "remind_0":
            return c.Remind(int(kind[-1]))
        case "hearing_request":
            return c.LapseHearingRight()
        case _ if kind in DUTIES or kind.startswith(PROCEDURE):
            return c.RecordBreach(kind)
        case "closing":
            return c.CloseCase()
    raise ValueError(f"no timer is called {kind}")
