"""An item that uses every element, small enough to read."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.catalogue import handlers
from services.catalogue.content import checked
from services.catalogue.contracts import (
    GetItem,
    ItemContent,
    ItemVersion,
    ItemView,
    Organisation,
    PublicationReceipt,
    PublishItem,
    Text,
    WithdrawItem,
)
from services.catalogue.seed import seed_organisations
from services.catalogue.store import CatalogueStore, Recording
from shared.database import Database
from shared.identity import Role
from shared.messaging.envelope import Envelope
from shared.testing.actors import an_actor

IMPLEMENTATION = "11341600762764234C3000180002002"
AT = datetime(2026, 9, 18, 1, 30, tzinfo=UTC)

CONTENT: dict[str, Any] = {
    "codes": {
        "basic": "000180002002",
        "implementation": IMPLEMENTATION,
        "handling": f"{IMPLEMENTATION}01",
        "local": "A-02",
    },
    "name": ["易地建设审批", "Approval to build elsewhere"],
    "summary": ["示例事项。", "An example."],
    "item_type": "01",
    "organ_uscc": "11341600762764234C",
    "level": 3,
    "handling_kind": "promised",
    "basis": [
        {
            "key": "law",
            "law": "中华人民共和国人民防空法",
            "document_no": "主席令第78号",
            "article": "第二十二条",
            "text": ["依法修建。", "To be built by law."],
        }
    ],
    "conditions": [{"text": ["确因地质条件不能修建。", "The ground does not allow it."], "basis": ["law"]}],
    "materials": [
        {
            "code": "M1",
            "name": ["申请表", "Application form"],
            "picture": "form",
            "kind": "main",
            "necessity": "1",
            "specification": ["A4", "A4"],
            "acceptance_standard": ["填写完整", "Complete"],
            "basis": ["law"],
        },
        {
            "code": "M2",
            "name": ["减免证明", "Proof for a reduction"],
            "kind": "main",
            "necessity": "2",
            "required_when": ["申请减免的", "When a reduction is asked for"],
            "basis": ["law"],
        },
        {
            "code": "M3",
            "name": ["营业执照", "Business licence"],
            "kind": "secondary",
            "necessity": "3",
            "by_sharing": True,
            "source": "government",
            "issuer": ["市场监督管理部门", "Market regulation department"],
            "originals": 0,
            "copies": 1,
            "basis": ["law"],
        },
    ],
    "statutory_limit": {"amount": 20, "unit": "working_day"},
    "promised_limit": {"amount": 5, "unit": "working_day", "explanation": ["承诺", "A promise"]},
    "correction_limit": {"amount": 15, "unit": "working_day"},
    "tolerance": {"enabled": True},
    "special_procedures": [
        {
            "kind": "expert_review",
            "name": ["专家评审", "Expert review"],
            "basis": ["law"],
            "length": {"amount": 15, "unit": "working_day"},
            "excluded_from_limit": True,
            "payer": ["本机关", "The office"],
            "applies_when": ["依法需要的", "When the law asks for it"],
        }
    ],
    "steps": [{"name": ["申请", "Apply"], "what_happens": ["提交材料。", "Hand in the papers."]}],
    "result": {
        "kind": "approval",
        "name": ["批准文件", "Approval"],
        "delivery": ["窗口领取", "At the window"],
    },
    "fees": [
        {
            "name": ["易地建设费", "Charge"],
            "standard": ["每平方米1700元", "1,700 yuan per square metre"],
            "basis": ["law"],
            "collected_by": ["税务部门", "The tax authority"],
            "reducible": True,
            "reduction": ["国家规定情形", "As the State defines"],
        }
    ],
    "served_objects": ["enterprise", "institution"],
    "handling_forms": ["window", "web"],
    "visits": 1,
    "visits_reason": ["需核对原件", "Originals are compared"],
    "places": [
        {
            "name": ["政务服务中心", "Service centre"],
            "address": ["亳州市", "Bozhou"],
            "hours": ["工作日09:00—17:30", "Working days 09:00–17:30"],
        }
    ],
    "contacts": {"enquiry_phone": "0558-12345", "complaint_phone": "12345"},
    "faq": [{"question": ["怎么办？", "How?"], "answer": ["在线办理。", "On line."]}],
    "effective_on": "2026-01-01",
    "provisional": [{"path": "/promised_limit", "reason": ["待确认", "To be confirmed"]}],
    "everyday_words": ["易地费", "地下室修不了"],
    "fit": [
        {
            "question": ["地下室修得成吗？", "Can the basement be built?"],
            "explanation": ["看地质条件。", "It depends on the ground."],
            "answers": [
                {
                    "text": ["修得成", "Yes"],
                    "instead": ["应当同步修建。", "Build it together with the project."],
                    "other_item": f"{IMPLEMENTATION[:-1]}1",
                },
                {"text": ["修不成", "No"], "materials": ["M2"]},
            ],
        }
    ],
}

TODAY = date(2026, 9, 18)


class KeepersDesk:
    """The handlers as a keeper uses them, each in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.recording = Recording(an_actor(Role.KEEPER), AT)

    async def publish(self, content: ItemContent) -> PublicationReceipt:
        async with self.database.transaction() as connection:
            return await handlers.publish_item(
                PublishItem(content=content), CatalogueStore(connection), self.recording
            )

    async def withdraw(self, version: int, *, on: date = TODAY) -> PublicationReceipt:
        command = WithdrawItem(
            code=IMPLEMENTATION,
            expected_version=version,
            effective_on=on,
            reason=Text(zh="国务院决定取消。", en="Cancelled by the State Council."),
        )
        async with self.database.transaction() as connection:
            return await handlers.withdraw_item(command, CatalogueStore(connection), self.recording)

    async def item(self, version: int | None = None, *, today: date = TODAY) -> ItemView:
        async with self.database.acquire() as connection:
            return await handlers.get_item(
                GetItem(code=IMPLEMENTATION, version=version), CatalogueStore(connection), today
            )

    async def told(self) -> list[Envelope]:
        """What the relay would send, in its order."""
        rows = await self.database.fetch("SELECT body FROM outbox ORDER BY id")
        return [Envelope.model_validate_json(row["body"]) for row in rows]


MakeContent = Callable[..., ItemContent]


@pytest.fixture
def content_with() -> MakeContent:
    """The example with some elements changed, as a keeper would hand it in."""
    return lambda **changes: ItemContent.model_validate({**CONTENT, **changes}, extra="forbid")


@pytest.fixture
def version(content_with: MakeContent) -> ItemVersion:
    """The example as it is published."""
    return ItemVersion(
        code=IMPLEMENTATION,
        version=1,
        content=checked(content_with()),
        content_sha256="0" * 64,
        published_at=AT,
    )


@pytest.fixture
def organ() -> Organisation:
    return seed_organisations()[0]


@pytest.fixture
async def database(database_for: Callable[[str], str]) -> AsyncIterator[Database]:
    """The catalogue's own database, fresh and migrated."""
    database = Database(database_for("catalogue"), size=4)
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
async def desk(database: Database, organ: Organisation) -> KeepersDesk:
    """A keeper at work on a database that knows the organisation already."""
    desk = KeepersDesk(database)
    async with database.transaction() as connection:
        await handlers.publish_organisation(organ, CatalogueStore(connection), desk.recording)
    return desk
