"""What the topics need to say how their events change a case."""

from collections.abc import Callable, Iterable
from typing import Any

from services.applications.domain.case import Case
from services.applications.domain.clocks import Clock
from services.applications.domain.copying import replace
from services.applications.domain.events import CaseEvent
from services.applications.domain.state import State

# The second argument is the event; each topic names its own type.
Change = Callable[[Case, Any], Case]


def unchanged(case: Case, _: Any) -> Case:
    """The event stands in the record and changes nothing else."""
    return case


def to_state(state: State) -> Change:
    """The event moves the case to this state and does nothing else."""

    def change(case: Case, _: Any) -> Case:
        return replace(case, state=state)

    return change


def under_review(case: Case) -> Case:
    """The case, complete now, where it stands: in a special procedure that goes on, extended, or simply in review."""
    resumed = State.EXTENDED if case.extension is not None else State.IN_REVIEW
    if any(procedure.runs for procedure in case.procedures):
        return replace(case, state=State.SPECIAL_PROCEDURE, resumes_in=resumed)
    return replace(case, state=resumed)


def with_clocks(case: Case, newer: Iterable[Clock]) -> Case:
    """The case with each of these clocks in the place of the newest of its name, or added when there was none."""
    clocks = list(case.clocks)
    for clock in newer:
        places = [place for place, known in enumerate(clocks) if known.name == clock.name]
        if places:
            clocks[places[-1]] = clock
        else:
            clocks.append(clock)
    return replace(case, clocks=tuple(clocks))


def numbers_of(event: CaseEvent) -> tuple[str, ...]:
    """The numbers of the documents that came with the event."""
    return tuple(document.number for document in event.documents)


def numbered(clocks: Iterable[Clock], event: CaseEvent) -> tuple[Clock, ...]:
    """The clocks with the number of the notice in what it told: it is given only when the notice is sealed."""
    number = next(iter(numbers_of(event)), "")
    return tuple(
        replace(
            clock,
            entries=tuple(
                entry if entry.document_no else replace(entry, document_no=number) for entry in clock.entries
            ),
        )
        for clock in clocks
    )
