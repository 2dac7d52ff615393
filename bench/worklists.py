"""Work lists over a million cases, through the service's own query functions with row-level authorisation.

`.venv/bin/python -m bench.worklists --cases 100000` makes a smaller stock for trying.
"""

import argparse
import asyncio
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from bench.stock import APPROVER, CLERK, Pattern, Stock, after, an_office, days_back, submitted
from services.applications import contracts as v
from services.applications import work_lists
from services.applications.domain import commands as c
from services.applications.domain.item import Item
from services.applications.domain.materials import Defect
from services.applications.handlers import Doing
from services.applications.office import Office
from shared import time
from shared.identity import Actor, Role

CASES = 1_000_000
PEOPLE = 300_000
MOST_MILLISECONDS = 50.0
# Twelve units, the largest with two fifths of all cases.
UNITS = tuple(f"113416000000000{number:02d}X" for number in range(12))
UNIT_OF_A_CASE = (*UNITS, *UNITS[:1] * 8)
PAGES = 40
PAGES_DEEP = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One list: what its pages took, and along which indexes its statements read."""

    view: str
    pages: int
    p50: float
    p95: float
    indexes: frozenset[str]
    whole_tables: frozenset[str]

    def row(self) -> str:
        return f"| {self.view} | {self.pages} | {self.p50:.1f} | {self.p95:.1f} | {', '.join(sorted(self.indexes))} |"


# --- the stock -------------------------------------------------------------------------------------------------------


def patterns(office: Office) -> tuple[list[Pattern], list[float]]:
    """Cases of several items and days in every state that lists show, with how often each of them occurs."""
    today, calendar = time.today(), office.calendar
    items = [office.known.item(code, 1, today) for code in list(office.known.versions)[:6]]
    made: list[tuple[Pattern, float]] = []
    for item in items:
        recent, longer, old = (list(days_back(today, days)) for days in (5, 20, 60))
        for share, days, steps in (
            (0.020, recent, ()),
            (0.010, longer, ((CLERK, correction(item)),)),
            (0.050, longer, ((CLERK, c.Accept()),)),
            (0.010, recent, ((CLERK, c.Accept()), (APPROVER, c.Decide("grant", None)))),
            (0.030, old, ((CLERK, c.Withdraw()),)),
            (0.880, old, ((CLERK, c.Accept()), (APPROVER, c.Decide("grant", None)), (CLERK, c.Deliver("window", None)))),
        ):  # fmt: skip
            for at in days:
                case, facts = submitted(item, calendar, at)
                made.append((Pattern.of(after(case, facts, *steps), item, calendar), share / len(days)))
    return [pattern for pattern, _ in made], [weight for _, weight in made]


def correction(item: Item) -> c.Command:
    """A notice about one paper."""
    return c.RequestCorrection((Defect(item.materials[0].code, "not_sealed"),), None)


async def fill(office: Office, url: str, cases: int) -> Stock:
    """The stock, told on the way."""
    stock = Stock(office, url, people=max(10, cases * PEOPLE // CASES), units=UNIT_OF_A_CASE)
    every, weights = patterns(office)
    chosen: Iterator[Pattern] = iter(())

    def choose() -> Pattern:
        nonlocal chosen
        if (one := next(chosen, None)) is None:
            chosen = iter(stock.random.choices(every, weights, k=10_000))
            one = next(chosen)
        return one

    began = perf_counter()
    await stock.write(cases, choose)
    print(f"✓ {cases:,} cases written in {perf_counter() - began:.0f} s", file=sys.stderr)
    return stock


# --- the pages -------------------------------------------------------------------------------------------------------


def views(stock: Stock, chance: random.Random) -> dict[str, Callable[[], tuple[Actor, dict[str, Any]]]]:
    """Who asks for which list; each time somebody else."""

    def staff(role: Role, view: str) -> Callable[[], tuple[Actor, dict[str, Any]]]:
        return lambda: (Actor("staff:one", frozenset({role}), chance.choice(UNIT_OF_A_CASE)), {"view": view})

    def person() -> tuple[Actor, dict[str, Any]]:
        return Actor("account:one", frozenset({Role.APPLICANT}), None, chance.choice(stock.people)), {
            "view": "mine"
        }

    return {
        "desk": staff(Role.CLERK, "desk"),
        "review": staff(Role.APPROVER, "review"),
        "delivery": staff(Role.CLERK, "delivery"),
        "waiting_for_me": staff(Role.APPROVER, "waiting_for_me"),
        "waiting_for_others": staff(Role.CLERK, "waiting_for_others"),
        "mine": person,
    }


async def measure(cases: int = CASES) -> list[Measured]:
    """Every list."""
    async with an_office() as (office, url):
        stock = await fill(office, url, cases)
        chance = random.Random(7)
        return [await _measure(office, view, ask) for view, ask in views(stock, chance).items()]


async def _measure(office: Office, view: str, ask: Callable[[], tuple[Actor, dict[str, Any]]]) -> Measured:
    milliseconds: list[float] = []
    statements: dict[str, tuple[Any, ...]] = {}
    async with office.database.acquire() as connection:
        connection.add_query_logger(lambda query: statements.setdefault(query.query, query.args))
        for number in range(PAGES + 5):
            actor, wanted = ask()
            cursor = None
            for _ in range(PAGES_DEEP):
                request = v.ListCases(cursor=cursor, limit=50, **wanted)
                began = perf_counter()
                page = await work_lists.list_cases(Doing(office, connection, actor), request)
                if number >= 5:  # plans and caches exist by then
                    milliseconds.append((perf_counter() - began) * 1000)
                cursor = page.next_cursor
                if cursor is None:
                    break
        used = await _plans(connection, statements)
    cuts = statistics.quantiles(milliseconds, n=20)
    return Measured(view, len(milliseconds), statistics.median(milliseconds), cuts[-1], *used)


async def _plans(
    connection: Any, statements: dict[str, tuple[Any, ...]]
) -> tuple[frozenset[str], frozenset[str]]:
    """The indexes that the statements read along, and the tables that they read as a whole."""
    indexes, tables = set(), set()
    for sql, arguments in list(statements.items()):
        (row,) = await connection.fetch(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
        for node in _nodes(row[0][0]["Plan"]):
            if not node.get("Index Name", "pg_").startswith("pg_"):  # the driver reads types once
                indexes.add(node["Index Name"])
            if node["Node Type"] == "Seq Scan":
                tables.add(node["Relation Name"])
    return frozenset(indexes), frozenset(tables)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def table(measured: list[Measured], cases: int) -> list[str]:
    """The lines of the report."""
    return [
        f"### work lists over {cases:,} cases",
        "",
        "| list | pages of 50 | p50 ms | p95 ms | read along |",
        "|---|---:|---:|---:|---|",
        *(one.row() for one in measured),
        "",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.worklists", description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES, help="how large the stock is")
    options = parser.parse_args()
    print("\n".join(table(asyncio.run(measure(options.cases)), options.cases)))
