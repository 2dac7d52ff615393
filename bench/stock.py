"""A stock of cases as the platform would have them after years, written with COPY in minutes rather than submitted.

A few hundred patterns are made by the domain itself: real commands, decided and folded, on days spread over the past
weeks.  Each case of the stock is a copy of one with its own number, people and time; names are encrypted for their own
place, as the list pages will open them.
"""

import asyncio
import random
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from deploy.local.secret_files import generate
from services.applications import projections, records
from services.applications.domain import commands as c
from services.applications.domain.answering import submit
from services.applications.domain.case import Case
from services.applications.domain.commands import By, Instant
from services.applications.domain.decide import decide
from services.applications.domain.evolve import begin, evolve
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.materials import HandedIn
from services.applications.domain.tasks import Task, tasks_of
from services.applications.domain.timers import timers_of
from services.applications.office import Office
from services.applications.settings import ApplicationsSettings
from services.applications.store import parties
from services.applications.store.intake import CASES
from services.applications.store.parties import Party
from services.catalogue.contracts import ItemPublishedV1, ItemVersion
from services.catalogue.seed import seed_items, seed_organisations
from shared import time
from shared.database import Database
from shared.deadlines import Calendar
from shared.messaging.commands import CommandLog
from shared.privacy import Keyring
from shared.testing.databases import Databases
from shared.testing.servers import PlatformServers

CLERK = By("staff:clerk", "clerk", None)
APPROVER = By("staff:approver", "approver", None)
SYSTEM = By("service:applications", "system", None)
AT_ONCE = 10_000


@asynccontextmanager
async def an_office(*, connections: int = 8) -> AsyncIterator[tuple[Office, str]]:
    """The case engine on a durable database of its own that knows the seeded items; everything is gone afterwards."""
    with PlatformServers(durable=True) as servers, tempfile.TemporaryDirectory() as folder:
        secrets = Path(folder)
        generate(secrets)
        servers.begin(broker=False)
        url = Databases(servers.postgres.url()).fresh("applications")
        database = Database(url, size=connections)
        await database.start()
        settings = ApplicationsSettings(
            mode="test", secrets_dir=secrets, database_url=url, amqp_url="amqp://unused", private_port=0
        )
        commands = CommandLog(Keyring.from_file(secrets / "replies.keyring.json"))
        office = Office.open(database, commands, settings)
        async with database.transaction() as connection:
            for item in published_items():
                await projections.save_item(connection, item)
        await office.refresh()
        try:
            yield office, url
        finally:
            await database.stop()


def published_items() -> Iterator[ItemPublishedV1]:
    """The seeded items as the catalogue publishes them."""
    organs = {organ.uscc: organ for organ in seed_organisations()}
    for content in seed_items():
        version = ItemVersion(
            code=content.codes.implementation,
            version=1,
            content=content,
            content_sha256="0" * 64,
            published_at=datetime(2026, 1, 1, tzinfo=time.SHANGHAI),
        )
        yield ItemPublishedV1(item=version, organ=organs[content.organ_uscc])


@dataclass(frozen=True, slots=True)
class Pattern:
    """A case made by the domain; copies differ in what identifies them."""

    case: Case
    body: str
    due: tuple[tuple[str, datetime], ...]
    tasks: tuple[Task, ...]

    @classmethod
    def of(cls, case: Case, item: Item, calendar: Calendar) -> "Pattern":
        due = tuple((timer.kind, timer.due_at) for timer in timers_of(case, calendar))
        tasks = tasks_of(case, item, calendar) if case.accepted_on else ()
        return cls(case, records.case_to_json(case), due, tasks)


def submission(item: Item, on: date, *, without: Sequence[str] = ()) -> c.Submit:
    """An application with every paper but these, at the counter."""
    papers = tuple(
        HandedIn(material.code, "shared" if material.shareable else "paper")
        for material in item.materials
        if material.required and material.code not in without
    )
    return c.Submit(
        case_id=uuid.uuid4(),
        case_no=f"{item.code}{on:%Y%m%d}0001",
        channel="counter",
        applicant_id=uuid.uuid4(),
        agent_id=None,
        papers=papers,
        asks_tolerance=False,
        undertaking_signed=False,
        email_given=True,
        partner=None,
        external_no=None,
    )


def submitted(item: Item, calendar: Calendar, at: datetime) -> tuple[Case, Facts]:
    """A complete application, handed in at this time."""
    on = time.shanghai(at).date()
    command, facts = submission(item, on), Facts(Instant(at, on), CLERK, item, calendar)
    return begin(command.case_id, submit(command, facts)), facts


def after(case: Case, facts: Facts, *steps: tuple[By, c.Command]) -> Case:
    """The case after these commands, each decided and folded as the service does."""
    for by, command in steps:
        for event in decide(case, command, Facts(facts.now, by, facts.item, facts.calendar)):
            case = evolve(case, event)
    return case


class Copy(NamedTuple):
    """The rows of one case."""

    case: tuple[Any, ...]
    parties: Sequence[tuple[Any, ...]]
    timers: Sequence[tuple[Any, ...]]
    tasks: Sequence[tuple[Any, ...]]


TASK_COLUMNS = [
    "case_id", "unit", "step", "section", "lane", "role", "post", "barred", "due_on", "internal_due_on", "opened_at",
]  # fmt: skip


class Stock:
    """Writes copies of patterns into an office's database."""

    def __init__(self, office: Office, url: str, *, people: int, units: Sequence[str], seed: int = 1) -> None:
        self.office, self.url = office, url
        self.random = random.Random(seed)
        self.people = [uuid.UUID(int=self.random.getrandbits(128)) for _ in range(people)]
        self.units = units

    async def write(
        self, count: int, choose: Callable[[], Pattern], progress: Callable[[int], None] | None = None
    ) -> None:
        """So many cases with their applicants and open timers."""
        written = asyncio.create_task(asyncio.sleep(0))
        for first in range(0, count, AT_ONCE):
            # The next ones are made while the server writes these.
            rows = await asyncio.to_thread(self._copies, choose, first, min(AT_ONCE, count - first))
            await written
            written = asyncio.create_task(self._copy_all(rows))
            if progress:
                progress(first + len(rows))
        await written
        connection = await asyncpg.connect(self.url)
        await connection.execute("VACUUM ANALYZE cases, parties, timers, tasks", timeout=600)
        await connection.close()

    def _copies(self, choose: Callable[[], Pattern], first: int, count: int) -> list[Copy]:
        return [self._copy(choose(), first + place) for place in range(count)]

    async def _copy_all(self, rows: Sequence[Copy]) -> None:
        await asyncio.gather(
            self._copy_into("cases", list(CASES.columns), [row.case for row in rows]),
            self._copy_into(
                "parties", list(parties.TABLE.columns), [party for row in rows for party in row.parties]
            ),
            self._copy_into(
                "timers", ["case_id", "kind", "due_at"], [timer for row in rows for timer in row.timers]
            ),
            self._copy_into("tasks", TASK_COLUMNS, [task for row in rows for task in row.tasks]),
        )

    async def _copy_into(self, table: str, columns: list[str], rows: Sequence[tuple[Any, ...]]) -> None:
        connection = await asyncpg.connect(self.url)
        await connection.copy_records_to_table(table, columns=columns, records=rows, timeout=600)
        await connection.close()

    def _copy(self, pattern: Pattern, number: int) -> Copy:
        case = pattern.case
        case_id = uuid.UUID(int=self.random.getrandbits(80) | int(case.submitted_at.timestamp() * 1000) << 80)
        person = self.random.choice(self.people)
        unit = self.random.choice(self.units)
        case_no = f"{case.case_no[:-4]}{number:07d}"
        body = (
            pattern.body.replace(str(case.id), str(case_id))
            .replace(case.case_no, case_no)
            .replace(str(case.applicant_id), str(person))
            .replace(case.unit, unit)
        )
        row = (
            case_id, case_no, case.version, case.state.value, case.item_code, case.item_version, unit,
            case.channel, person, None, case.partner, case.external_no, case.submitted_at, case.due_on,
            case.proposed, body, b"\x00" * 40, None,
        )  # fmt: skip
        contact = Party("contact", "王小二", mobile="13812341234", email="wang@example.com")
        applicant = Party("applicant", "张三丰", person, "natural", "111", "341602199001010012")
        sealed = [self.office.parties.seal(case_id, party) for party in (applicant, contact)]
        due_on = case.due_on or date.max
        tasks = [
            (case_id, unit, one.step, one.section, one.lane, one.role, one.post, list(one.barred), due_on,
             one.internal_due_on, case.submitted_at)
            for one in pattern.tasks
        ]  # fmt: skip
        return Copy(row, sealed, [(case_id, kind, due_at) for kind, due_at in pattern.due], tasks)


def days_back(today: date, count: int) -> Iterator[datetime]:
    """Ten in the morning of the last so many days."""
    for back in range(count):
        yield datetime.combine(today - timedelta(days=back), datetime.min.time(), time.SHANGHAI) + timedelta(
            hours=10
        )
