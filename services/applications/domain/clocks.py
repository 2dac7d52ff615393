"""The clocks of a case: what runs, since when, until when (domain rules §1.1 and §2).

A clock keeps its start, length and unit beside the date, and which calendar edition gave it, so that every date can be
computed again and told day by day.  What happened to it on the way (a hearing that the law leaves out, an extension, a
new beginning) is kept in it too, as `entries`.  Statutory, promised and internal limits are three different clocks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.applications.domain.copying import replace
from services.applications.domain.item import Limit
from shared.deadlines.calendar import Calendar
from shared.deadlines.clock import ClockEntry, Exclude, Extend, Restart, Start, Unit
from shared.deadlines.counting import Deadline, evaluate, kept_until, midnight_after

# Chinese, English, article.
CLOCK_NAMES: dict[str, tuple[str, str, str]] = {
    "intake": ("收件审查期限", "time to answer a submission", "行政许可法 32(4)"),
    "correction": ("补正期限", "time to correct", ""),
    "statutory": ("法定办结时限", "statutory time to decide", "行政许可法 42"),
    "promised": ("承诺办结时限", "promised time to decide", ""),
    "supply": ("容缺材料补交期限", "time to supply tolerated papers", ""),
    "internal": ("内部办理时限", "time inside the organ", ""),
    "delivery": ("送达期限", "time to deliver the result", "行政许可法 44"),
    "recall_hearing": ("收回前听取意见期限", "time for the holder to speak before a recall", ""),
    "post_check": ("告知承诺事后核查期限", "time to check the commitments", ""),
    "mend": ("责令改正期限", "time to mend what the check found", ""),
    "hearing_request": ("听证申请期限", "time to ask for a hearing", "行政许可法 47"),
    "hearing": ("组织听证期限", "time to hold the hearing", "行政许可法 47"),
    "inspectors": ("指派检验检测核查人员期限", "time to assign inspectors", "行政许可法 55"),
}


# Dates that the applicant must keep.  Once told, such a date may move away from the applicant and never towards.
TOLD_TO_THE_APPLICANT = frozenset({"correction", "hearing_request", "mend", "recall_hearing", "supply"})
# Dates that a document of ours names to the applicant, whoever must keep them.
NAMED_TO_THE_APPLICANT = TOLD_TO_THE_APPLICANT | {"statutory", "promised", "delivery"}

# Why time is left out or added, in Chinese and English.  The first eight are all that 行政许可法 45 knows (LIC-13).
REASON_NAMES: dict[str, tuple[str, str]] = {
    "hearing": ("听证", "hearing"),
    "bidding": ("招标", "bidding"),
    "auction": ("拍卖", "auction"),
    "inspection": ("检验", "inspection"),
    "testing": ("检测", "testing"),
    "quarantine": ("检疫", "quarantine"),
    "appraisal": ("鉴定", "appraisal"),
    "expert_review": ("专家评审", "expert review"),
    "extension": ("延长办理期限", "extension"),
    "force_majeure": ("不可抗力", "force majeure"),
}


def reason_names(code: str) -> tuple[str, str]:
    """A reason in words; a code that is not listed here names itself."""
    return REASON_NAMES.get(code, (code, code))


def article_of(name: str, *, is_licence: bool) -> str:
    """The article behind a clock. The licence law binds licences; other items follow it by analogy (参照).

    How long the organ may take over anything but a licence is the item's own limit, which no article of that law gives.
    """
    article = CLOCK_NAMES[name][2]
    if is_licence or not article:
        return article
    return "" if name == "statutory" else f"参照{article}"


# LIC-04: incomplete papers are noticed on the spot or within five working days.
INTAKE = Limit(5, "working_day")
# LIC-11: the document is issued and delivered within ten working days of the decision.
DELIVERY = Limit(10, "working_day")
# LIC-12, Art 55: whoever inspects or tests is assigned within five working days of the acceptance.
INSPECTORS = Limit(5, "working_day")


class OperationKind(StrEnum):
    """What can happen to a running clock."""

    EXCLUDE = "EXCLUDE"
    RESTART = "RESTART"
    EXTEND = "EXTEND"


@dataclass(frozen=True, slots=True)
class ClockOperation:
    """One thing that happened to a clock, with what it rests on.

    An exclusion names the days from `first_on` to `last_on`, both left out; `told_until` is the end that was announced
    when the procedure ended earlier.  A new beginning names its day `at`, an extension its `length` in the clock's own
    unit.  `reason` is a code, `approver` the account of whoever approved it.
    """

    kind: OperationKind
    first_on: date | None = None
    last_on: date | None = None
    at: date | None = None
    length: int = 0
    article: str = ""
    reason: str = ""
    approver: str = ""
    document_no: str = ""
    told_until: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One running or stopped clock; the day named by `started_on` is not counted (民法典 201)."""

    name: str
    started_on: date
    length: int
    unit: str
    due_on: date
    provisional: bool
    calendar: str
    stopped_on: date | None = None
    entries: tuple[ClockOperation, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether the clock is still running."""
        return self.stopped_on is None

    def stands_still_on(self, on: date) -> bool:
        """Whether this day is left out of the count."""
        return any(
            entry.first_on <= on <= entry.last_on
            for entry in self.entries
            if entry.first_on is not None and entry.last_on is not None
        )

    @property
    def extensions(self) -> tuple[ClockOperation, ...]:
        """What was added to the period: the law allows it once."""
        return tuple(entry for entry in self.entries if entry.kind is OperationKind.EXTEND)


def start(name: str, on: date, limit: Limit, calendar: Calendar) -> Clock:
    """A clock that starts on this day."""
    key = (calendar.edition, calendar.content, name, on, limit.length, limit.unit)
    known = _started.get(key)
    if known is None:
        if len(_started) >= _MOST_REMEMBERED:
            _started.clear()
        deadline = evaluate((Start(at=on, length=limit.length, unit=Unit(limit.unit)),), calendar)
        known = _started[key] = Clock(
            name,
            on,
            limit.length,
            limit.unit,
            deadline.due_on,
            deadline.provisional,
            deadline.calendar_edition,
        )
    return known


def excluded(
    clock: Clock,
    first_on: date,
    last_on: date,
    *,
    article: str,
    reason: str,
    approver: str,
    document_no: str,
    calendar: Calendar,
) -> Clock:
    """The clock with these days left out, both ends included (LIC-13, 行政许可法 45).

    There is always a last day: the law wants the time needed to be told in writing, and time that was not told is not
    left out.
    """
    told = ClockOperation(
        OperationKind.EXCLUDE,
        first_on=first_on,
        last_on=last_on,
        article=article,
        reason=reason,
        approver=approver,
        document_no=document_no,
    )
    return _with_entries(clock, (*clock.entries, told), calendar)


def shortened_exclusion(
    clock: Clock, last_on: date, *, document_no: str = "", reason: str = "", calendar: Calendar
) -> Clock:
    """The clock after an excluded stretch ended before the end that was told: it runs again from the next day.

    The newest exclusion is meant, or the newest told by this document or for this reason.  Ending later than told
    changes nothing, because only time that was told is left out; ending before it began takes the exclusion away.
    """
    place = next(
        (
            place
            for place, entry in reversed(list(enumerate(clock.entries)))
            if entry.kind is OperationKind.EXCLUDE
            and document_no in ("", entry.document_no)
            and reason in ("", entry.reason)
        ),
        None,
    )
    if place is None:
        return clock
    entry = clock.entries[place]
    assert entry.first_on is not None
    assert entry.last_on is not None
    if last_on >= entry.last_on:
        return clock
    shorter = replace(entry, last_on=last_on, told_until=entry.told_until or entry.last_on)
    kept = (shorter,) if entry.first_on <= last_on else ()
    return _with_entries(clock, (*clock.entries[:place], *kept, *clock.entries[place + 1 :]), calendar)


def extended(
    clock: Clock,
    length: int,
    *,
    article: str,
    reason: str,
    approver: str,
    document_no: str,
    calendar: Calendar,
) -> Clock:
    """The clock with this much more of its own unit (LIC-08, LIC-09, 行政许可法 42); a new beginning leaves it."""
    more = ClockOperation(
        OperationKind.EXTEND,
        length=length,
        article=article,
        reason=reason,
        approver=approver,
        document_no=document_no,
    )
    return _with_entries(clock, (*clock.entries, more), calendar)


def less_extended(clock: Clock, calendar: Calendar) -> Clock | None:
    """The clock with one less of what was added to it last; None when nothing was added."""
    place = next((place for place, one in enumerate(clock.entries) if one in clock.extensions), None)
    if place is None:
        return None
    entry = clock.entries[place]
    kept = (replace(entry, length=entry.length - 1),) if entry.length > 1 else ()
    return _with_entries(clock, (*clock.entries[:place], *kept, *clock.entries[place + 1 :]), calendar)


def restarted(
    clock: Clock,
    at: date,
    *,
    article: str,
    reason: str,
    approver: str,
    document_no: str,
    calendar: Calendar,
) -> Clock:
    """The clock begun again: this day is not counted, and of several the last recorded holds."""
    again = ClockOperation(
        OperationKind.RESTART,
        at=at,
        article=article,
        reason=reason,
        approver=approver,
        document_no=document_no,
    )
    return _with_entries(clock, (*clock.entries, again), calendar)


def _with_entries(clock: Clock, entries: tuple[ClockOperation, ...], calendar: Calendar) -> Clock:
    changed = replace(clock, entries=entries)
    deadline = explain(changed, calendar)
    return replace(
        changed,
        due_on=deadline.due_on,
        provisional=deadline.provisional,
        calendar=deadline.calendar_edition,
    )


def recomputed(clock: Clock, calendar: Calendar) -> Clock:
    """A running clock counted again after a notice; a date told to the applicant is never cut short.

    The organ's own dates become exact.  A clock that has stopped is history and stays as it was.
    """
    if not clock.runs or clock.calendar == calendar.edition:
        return clock
    deadline = explain(clock, calendar)
    return replace(
        clock,
        due_on=deadline.due_on,
        provisional=deadline.provisional,
        calendar=deadline.calendar_edition,
    )


def last_day(clock: Clock, calendar: Calendar) -> date:
    """The last day of a clock by the newest calendar: before it is over nobody loses a right and no duty is breached.

    A provisional date moves as soon as the notice of its year is known, also before the case is computed again.
    """
    return explain(clock, calendar).due_on if clock.provisional else clock.due_on


def runs_out_at(clock: Clock, calendar: Calendar) -> datetime:
    """The instant at which the time is over: its last day ends at 24:00 in China (民法典 203¶2)."""
    return midnight_after(last_day(clock, calendar))


def explain(clock: Clock, calendar: Calendar) -> Deadline:
    """The clock told day by day, counted again with this calendar; a told date that is later is kept and says so."""
    deadline = _counted(clock, calendar)
    if clock.name in TOLD_TO_THE_APPLICANT and clock.due_on > deadline.due_on:
        return kept_until(deadline, clock.due_on, calendar)
    return deadline


def change_running(
    clocks: Iterable[Clock], names: Iterable[str], change: Callable[[Clock], Clock]
) -> tuple[Clock, ...]:
    """The clocks with those of these names that still run changed."""
    wanted = frozenset(names)
    return tuple(change(clock) if clock.name in wanted and clock.runs else clock for clock in clocks)


def stop(clocks: Iterable[Clock], names: Iterable[str], on: date) -> tuple[Clock, ...]:
    """The clocks with those of these names stopped; one that has stopped keeps its day."""
    wanted = frozenset(names)
    return tuple(
        replace(clock, stopped_on=on) if clock.name in wanted and clock.runs else clock for clock in clocks
    )


def stop_all(clocks: Iterable[Clock], on: date) -> tuple[Clock, ...]:
    """No clock of a closed case runs."""
    return tuple(replace(clock, stopped_on=on) if clock.runs else clock for clock in clocks)


def _counted(clock: Clock, calendar: Calendar) -> Deadline:
    begun = Start(at=clock.started_on, length=clock.length, unit=Unit(clock.unit))
    return _counted_by((begun, *map(_entry_of, clock.entries)), calendar)


def _entry_of(operation: ClockOperation) -> ClockEntry:
    """An operation as the deadline engine counts and tells it."""
    zh, en = reason_names(operation.reason)
    why = {
        "article": operation.article,
        "reason": zh,
        "reason_en": en,
        "approver": operation.approver,
        "document": operation.document_no,
    }
    match operation:
        case ClockOperation(
            kind=OperationKind.EXCLUDE, first_on=date() as first_on, last_on=date() as last_on
        ):
            return Exclude(first_on=first_on, last_on=last_on, **why)
        case ClockOperation(kind=OperationKind.RESTART, at=date() as at):
            return Restart(at=at, **why)
        case ClockOperation(kind=OperationKind.EXTEND, length=length):
            return Extend(length=length, **why)
    raise ValueError(f"an operation {operation.kind} without its days")


# Thousands of submissions of a day start the same clock; counting it once a day is enough.  The key holds the calendar's
# content, so the memory stays right when a new notice is loaded or a draft of one is looked at.
_started: dict[tuple[str, int, str, date, int, str], Clock] = {}
_remembered: dict[tuple[str, int, tuple[ClockEntry, ...]], Deadline] = {}
_MOST_REMEMBERED = 4096


def _counted_by(entries: tuple[ClockEntry, ...], calendar: Calendar) -> Deadline:
    key = (calendar.edition, calendar.content, entries)
    known = _remembered.get(key)
    if known is None:
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        known = _remembered[key] = evaluate(entries, calendar)
    return known
