"""Timers that are all due at once, as after a long stop, worked off by the service's own code: one replica, fsync on.

`.venv/bin/python -m bench.timers --timers 10000` makes fewer for trying.  Half of them find an application that nobody
answered (it counts as accepted, with a breach on record), half a correction that did not come (a notice is sealed).
"""

import argparse
import asyncio
import sys
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter

from bench.stock import CLERK, Pattern, Stock, after, an_office, submitted
from services.applications import timers
from services.applications.domain import commands as c
from services.applications.domain.materials import Defect
from services.applications.office import Office
from shared import time
from shared.identity import system_actor

TIMERS = 100_000
AIM = 500
ITEM = "000180002001"
LONG_AGO = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Worked:
    """How many timers, in how many seconds."""

    timers: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.timers / self.seconds

    def row(self) -> str:
        """The row of the table of measured figures."""
        what = f"{self.timers:,} 个同时到期的计时器 timers due at once, one replica"
        return f"| {what} | {1000 / self.per_second:.2f} ms | {self.per_second:,.0f}/s |"


def patterns(office: Office) -> list[Pattern]:
    """The two kinds of case."""
    code = next(code for code in office.known.versions if code.endswith(ITEM))
    item = office.known.item(code, 1, time.today())
    waiting, facts = submitted(item, office.calendar, time.now() - LONG_AGO)
    fault = Defect(item.materials[0].code, "not_sealed")
    noticed = after(waiting, facts, (CLERK, c.RequestCorrection((fault,))))
    return [Pattern.of(case, item, office.calendar) for case in (waiting, noticed)]


async def measure(count: int = TIMERS) -> Worked:
    """Write the cases, then work until nothing is due."""
    async with an_office() as (office, url):
        kinds = patterns(office)
        stock = Stock(office, url, people=1000, units=[kinds[0].case.unit])
        await stock.write(count, lambda: stock.random.choice(kinds))
        began, worked = perf_counter(), 0
        while some := await timers.work(office, system_actor("applications")):
            worked += some
        took = perf_counter() - began
        failed = await office.database.fetch("SELECT 1 FROM timers WHERE settled_at IS NULL")
        if failed or worked < count:
            print(f"✗ {len(failed)} timers were not worked", file=sys.stderr)
        return Worked(worked, took)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.timers", description=__doc__)
    parser.add_argument("--timers", type=int, default=TIMERS, help="how many are due")
    print(asyncio.run(measure(parser.parse_args().timers)).row())
