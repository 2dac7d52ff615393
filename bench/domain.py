"""How many commands a second the rules alone decide and fold, on one core and without any input or output.

`.venv/bin/python -m bench.domain` prints the figure, `--profile` where the time goes.  The mix is that of an office: most
cases go straight from the counter to the delivery, some are corrected, tolerated, refused or withdrawn.
"""

import argparse
import cProfile
import pstats
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import cycle

from bench.stock import APPROVER, CLERK, SYSTEM, published_items, submission
from services.applications.domain import commands as c
from services.applications.domain.answering import submit
from services.applications.domain.case import Case
from services.applications.domain.commands import By, Instant
from services.applications.domain.credit import CreditFacts
from services.applications.domain.decide import decide
from services.applications.domain.evolve import begin, evolve
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.materials import HandedIn
from services.applications.projections import item_of
from shared.deadlines import Calendar
from shared.deadlines.shipped import shipped_calendar
from shared.time import SHANGHAI

AIM = 20_000
APPLICANT = By("account:one", "applicant")
ITEM = "000180002001"
_FIRST = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class Step:
    """A command, who gives it, and on which day after the submission."""

    day: int
    by: By
    command: c.Command


@dataclass(frozen=True, slots=True)
class Story:
    """One way through the office; `share` of a hundred cases go it."""

    share: int
    without: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


def stories(item: Item) -> tuple[Story, ...]:
    """The mix."""
    lagging = next(
        material.code for material in item.materials if material.tolerable and not material.shareable
    )
    main = next(material.code for material in item.materials if material.main and not material.shareable)
    grant, deliver = Step(6, APPROVER, c.Decide("grant")), Step(8, CLERK, c.Deliver("window"))
    accept, examine = Step(1, CLERK, c.Accept()), Step(2, CLERK, c.ConfirmSupply())
    tolerate = Step(0, CLERK, c.AcceptTolerantly())

    def supply(day: int, code: str) -> Step:
        return Step(day, APPLICANT, c.Supply((HandedIn(code, "paper"),), "online"))

    return (
        Story(60, steps=(accept, grant, deliver)),
        Story(15, (main,), (Step(1, CLERK, c.RequestCorrection()), supply(3, main), Step(4, CLERK, c.Accept()), grant, deliver)),
        Story(12, (lagging,), (tolerate, supply(1, lagging), examine, grant, deliver)),
        Story(3, (lagging,), (tolerate, Step(30, SYSTEM, c.ExpireTolerance(uuid.UUID(int=1))))),
        Story(4, steps=(accept, Step(6, APPROVER, c.Decide("refuse", "0" * 64)), deliver)),
        Story(3, steps=(accept, Step(2, APPLICANT, c.Withdraw()))),
        Story(2, (main,), (Step(1, CLERK, c.RequestCorrection()), Step(60, SYSTEM, c.LapseCorrection()))),
        Story(1, steps=(Step(20, SYSTEM, c.DeemAccepted()),)),
    )  # fmt: skip


class Office:
    """The rules with everything they are told, and nothing else."""

    def __init__(self) -> None:
        published = next(one for one in published_items() if one.item.code.endswith(ITEM))
        self.item = item_of(published, _FIRST)
        self.calendar: Calendar = shipped_calendar()
        mix = [story for story in stories(self.item) for _ in range(story.share)]
        # Spread evenly, so that a short run sees the same mix as a long one.
        self.stories: Iterator[Story] = cycle([mix[place * 37 % 100] for place in range(100)])
        self.days: Iterator[date] = cycle(_FIRST + timedelta(days=number) for number in range(120))

    def facts(self, on: date, by: By) -> Facts:
        """As a handler would put them together."""
        at = datetime.combine(on, datetime.min.time(), SHANGHAI) + timedelta(hours=10)
        return Facts(Instant(at, on), by, self.item, self.calendar, CreditFacts("local", at))

    def live_one_case(self) -> int:
        """From the submission to the end; how many commands that took."""
        story, day = next(self.stories), next(self.days)
        asks = bool(story.without) and isinstance(story.steps[0].command, c.AcceptTolerantly)
        wanted = submission(self.item, day, without=story.without)
        wanted = replace(wanted, asks_tolerance=asks, undertaking_signed=asks)
        case = begin(wanted.case_id, submit(wanted, self.facts(day, CLERK)))
        for step in story.steps:
            case = self._after(case, step, day)
        return 1 + len(story.steps)

    def _after(self, case: Case, step: Step, day: date) -> Case:
        facts = self.facts(day + timedelta(days=step.day), step.by)
        for event in decide(case, step.command, facts):
            case = evolve(case, event)
        return case


def commands_per_second(seconds: float = 3.0, live: Callable[[], int] | None = None) -> float:
    """Decided and folded commands in a second of one core."""
    live = live or Office().live_one_case
    for _ in range(200):
        live()
    commands, began = 0, time.process_time()
    while (took := time.process_time() - began) < seconds:
        commands += live()
    return commands / took


def row(seconds: float = 3.0) -> str:
    """The row of the table of measured figures."""
    rate = commands_per_second(seconds)
    return f"| 决定并折叠命令 commands decided and folded, one core | {1e6 / rate:.0f} µs | {rate:,.0f}/s |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figure."""
    parser = argparse.ArgumentParser(prog="python -m bench.domain", description=__doc__)
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    options = parser.parse_args(arguments)
    if options.profile:
        with cProfile.Profile() as profile:
            commands_per_second()
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    print(row())


if __name__ == "__main__":
    main()
