"""An office on a real PostgreSQL, with the seeded catalogue published to it, and people who act in it."""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.applications import contracts as v
from services.applications import handlers, projections, queries, submitting, timers
from services.applications.contracts import tolerating as tolerance
from services.applications.handlers import Doing
from services.applications.methods.tolerating import confirm_supply
from services.applications.office import Office
from services.applications.settings import ApplicationsSettings
from services.applications.store.intake import Intake
from services.catalogue.contracts import ItemContent, ItemPublishedV1, ItemVersion
from services.catalogue.contracts.codes import ServedObject
from services.catalogue.seed import seed_items, seed_organisations
from shared import time
from shared.database import Connection, Database
from shared.identity import Actor, Role, system_actor
from shared.messaging.commands import CommandLog, command
from shared.privacy import Keyring
from shared.runtime import Call
from shared.testing.actors import UNIT
from shared.testing.clock import Clock

# A Friday before two holidays; 20 September is a make-up working day.
FRIDAY_MORNING = datetime(2026, 9, 18, 1, 30, tzinfo=time.now().tzinfo)

ZHANG = {
    "kind": "natural",
    "name": "张三丰",
    "certificate_type": "111",
    "certificate_number": "341602199001010012",
    "address": "安徽省亳州市谯城区薛阁街道光明西路1号",
}
COMPANY = {
    "kind": "legal",
    "name": "亳州测试建设有限公司",
    "certificate_type": "USCC",
    "certificate_number": "91341600MA2T00015N",
    "representative": "李四",
}
CONTACT = {"name": "王小二", "mobile": "13812341234", "email": "wang@example.com"}
# the papers that are not fetched by sharing; 08 and 10 may follow later.
MAIN_PAPERS = ("A01-01", "A01-04", "A01-05", "A01-06")
ALL_PAPERS = (*MAIN_PAPERS, "A01-08", "A01-10")


def papers(*codes: str) -> list[dict[str, Any]]:
    """Papers as files."""
    file = {
        "upload_id": str(UUID(int=1)),
        "digest": "0" * 64,
        "media_type": "application/pdf",
        "size_bytes": 1,
    }
    return [{"code": code, **file} for code in codes]


class Desk:
    """Speaks commands to the office as the service's entry points do, and remembers nothing."""

    def __init__(self, office: Office, database: Database) -> None:
        self.office = office
        self.database = database
        self.intake = Intake(database, office.commands)
        self.clerk = Actor("staff:clerk", frozenset({Role.CLERK}), UNIT)
        self.approver = Actor("staff:approver", frozenset({Role.APPROVER}), UNIT)
        self.province = Actor("client:province", frozenset({Role.PROVINCE}))
        self.zhang = self.owner_of(ZHANG)
        self.item_code = next(code for code in office.known.versions if code.endswith("000180002001"))

    def owner_of(self, applicant: dict[str, Any]) -> Actor:
        """The account whose verified certificate is this applicant's."""
        person_id = self.office.people.person_id(
            applicant["certificate_type"], applicant["certificate_number"]
        )
        return Actor(f"account:{uuid4()}", frozenset({Role.APPLICANT}), None, person_id)

    def request(self, *codes: str, **more: Any) -> v.SubmitCase:
        """An application for A-01 with these papers."""
        plain: dict[str, Any] = {
            "item_code": self.item_code,
            "channel": "online",
            "applicant": ZHANG,
            "contact": CONTACT,
            "materials": papers(*codes),
            "summary": "张三丰的新建住宅楼",
        }
        return v.SubmitCase.model_validate(plain | more)

    def tolerant(self, *codes: str, **more: Any) -> v.SubmitCase:
        """The same, asking for tolerance with a signed undertaking."""
        undertaking = {
            "signed_name": (more.get("applicant") or ZHANG)["name"],
            "knows_requirements": True,
            "everything_is_true": True,
            "own_will": True,
            "accepts_consequences": True,
        }
        return self.request(*codes, asks_tolerance=True, undertaking=undertaking, **more)

    def call(self, actor: Actor, operation: str, command_id: UUID | None = None) -> Call:
        """A verified call."""
        return Call(actor, command_id or uuid4(), None, f"applications.{operation}")

    async def submit(
        self, request: v.SubmitCase, actor: Actor | None = None, command_id: UUID | None = None
    ) -> v.CaseReceipt:
        """Hand in."""
        call = self.call(actor or self.zhang, "submit_case", command_id)
        return await self.intake.write_one(await submitting.prepare(self.office, call, request))

    async def do(self, handle: Any, actor: Actor, request: Any, command_id: UUID | None = None) -> Any:
        """Run a command once, as the service does."""
        this = command(command_id or uuid4(), handle.__name__, request)

        async def run(connection: Connection) -> Any:
            return await handle(Doing(self.office, connection, actor), request)

        return await self.office.commands.run_once(self.database, this, v.CaseReceipt, run)

    async def ask(self, answer: Any, actor: Actor, request: Any) -> Any:
        """Ask a question."""
        async with self.database.transaction() as connection:
            return await answer(Doing(self.office, connection, actor), request)

    async def check(self, actor: Actor, request: v.CheckMaterials) -> v.MaterialCheck:
        """Make a dry run."""
        return await queries.check(self.office, actor, request)

    async def view(self, case_id: UUID, actor: Actor | None = None, **more: Any) -> v.CaseView:
        """The case as somebody sees it."""
        found: v.CaseView = await self.ask(
            queries.get_case, actor or self.clerk, v.GetCase(case_id=case_id, **more)
        )
        return found

    async def accept(self, receipt: v.CaseReceipt) -> v.CaseReceipt:
        """Accept at its newest version."""
        request = v.AcceptCase(case_id=receipt.case_id, expected_version=receipt.version)
        accepted: v.CaseReceipt = await self.do(handlers.accept_case, self.clerk, request)
        return accepted

    async def tolerate(self, receipt: v.CaseReceipt) -> v.CaseReceipt:
        """Accept tolerantly at its newest version."""
        request = v.AcceptTolerantly(case_id=receipt.case_id, expected_version=receipt.version)
        accepted: v.CaseReceipt = await self.do(handlers.accept_tolerantly, self.clerk, request)
        return accepted

    async def confirm(self, receipt: v.CaseReceipt) -> v.CaseReceipt:
        """A clerk has examined the late papers and finds them right."""
        request = tolerance.ConfirmSupply(case_id=receipt.case_id, expected_version=receipt.version)
        confirmed: v.CaseReceipt = await self.do(confirm_supply, self.clerk, request)
        return confirmed

    async def notice(self, receipt: v.CaseReceipt, **more: Any) -> v.CaseReceipt:
        """Request a correction at its newest version."""
        request = v.RequestCorrection.model_validate(
            {"case_id": receipt.case_id, "expected_version": receipt.version} | more
        )
        noticed: v.CaseReceipt = await self.do(handlers.request_correction, self.clerk, request)
        return noticed

    async def supply(self, receipt: v.CaseReceipt, *codes: str, actor: Actor | None = None) -> v.CaseReceipt:
        """Supply papers as the applicant, or as a clerk."""
        by = actor or self.zhang
        request = v.SupplyMaterials.model_validate(
            {
                "case_id": receipt.case_id,
                "expected_version": receipt.version,
                "channel": "counter" if by.has(Role.CLERK) else "online",
                "materials": papers(*codes),
            }
        )
        supplied: v.CaseReceipt = await self.do(handlers.supply_materials, by, request)
        return supplied

    async def decide(self, receipt: v.CaseReceipt, result: str = "grant", **more: Any) -> v.CaseReceipt:
        """Decide at its newest version."""
        request = v.DecideCase.model_validate(
            {"case_id": receipt.case_id, "expected_version": receipt.version, "result": result} | more
        )
        decided: v.CaseReceipt = await self.do(handlers.decide_case, self.approver, request)
        return decided

    async def deliver(self, receipt: v.CaseReceipt) -> v.CaseReceipt:
        """Deliver at the window."""
        request = v.DeliverResult(
            case_id=receipt.case_id, expected_version=receipt.version, method="window", recipient="王小二"
        )
        delivered: v.CaseReceipt = await self.do(handlers.deliver_result, self.clerk, request)
        return delivered

    async def work_timers(self) -> int:
        """Let every due timer fire."""
        return await timers.work(self.office, system_actor("applications"))

    async def rows(self, sql: str, *arguments: Any) -> list[Any]:
        """What stands in the database."""
        return await self.database.fetch(sql, *arguments)


@pytest.fixture
async def database(database_for: Callable[[str], str]) -> AsyncIterator[Database]:
    """The service's own database, fresh."""
    database = Database(database_for("applications"))
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
async def desk(database: Database, secrets_dir: Path, clock: Clock) -> Desk:
    """An office that knows the seeded items, on a Friday morning."""
    clock.set_to(FRIDAY_MORNING)
    settings = ApplicationsSettings(
        mode="test",
        secrets_dir=secrets_dir,
        database_url="postgresql://unused",
        amqp_url="amqp://unused",
        private_port=0,
        case_number_block=20,
    )
    commands = CommandLog(Keyring.from_file(secrets_dir / "replies.keyring.json"))
    office = Office.open(database, commands, settings)
    async with database.transaction() as connection:
        for published in published_items():
            await projections.save_item(connection, published)
        await office.load_demo_credit(connection)
    await office.refresh()
    return Desk(office, database)


def _serving_people_too(content: ItemContent) -> ItemContent:
    # Most tests walk one person through A-01, whatever its kind; whom an item serves has tests of its own.
    served = {**dict.fromkeys(content.served_objects), ServedObject.NATURAL_PERSON: None}
    return content.model_copy(update={"served_objects": tuple(served)})


@cache
def published_items() -> list[ItemPublishedV1]:
    """The seeded items as the catalogue publishes them."""
    (organ,) = [one for one in seed_organisations() if one.uscc == UNIT]
    return [
        ItemPublishedV1(
            item=ItemVersion(
                code=content.codes.implementation,
                version=1,
                content=_serving_people_too(content),
                content_sha256="0" * 64,
                published_at=FRIDAY_MORNING - timedelta(days=30),
            ),
            organ=organ,
        )
        for content in seed_items()
    ]


def day(month: int, number: int) -> datetime:
    """Ten in the morning in China."""
    return datetime.combine(date(2026, month, number), datetime.min.time(), time.SHANGHAI) + timedelta(
        hours=10
    )
