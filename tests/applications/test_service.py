"""The running service over a real broker, twice: roles, repeats, races between replicas, and what it learns by events."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pika
import pytest
from pydantic import BaseModel

from services.applications import contracts as v
from services.applications.contracts import (
    credit,
    exits,
    hearings,
    licences,
    looking_up,
    mandates,
    powers,
    printing,
    procedures,
    process_record,
    rating,
    recalculating,
    reviewing,
    tolerating,
)
from services.applications.contracts.rehearsing import Rehearse
from services.applications.service import ApplicationsService
from services.applications.settings import ApplicationsSettings
from services.catalogue.contracts import ItemWithdrawnV1, Text
from services.catalogue.contracts.item import ReviewStep
from shared.database import Database
from shared.errors import Refused, Unavailable
from shared.identity import Actor, Role, TokenSigner, system_actor
from shared.messaging.broker import Broker
from shared.messaging.envelope import CONTENT_TYPE, Event, envelope, exchange_of
from shared.messaging.rpc import RpcClient
from shared.messaging.topology import ServiceTopology, declare
from shared.privacy import BlindIndex
from shared.runtime.entrypoints import Rpc, entrypoints_of, request_model_of, topology_of
from shared.testing.actors import UNIT, an_actor
from shared.testing.clock import Clock
from shared.testing.plugin import SettingsMaker
from shared.testing.servers import PlatformServers
from tests.applications.conftest import (
    ALL_PAPERS,
    CONTACT,
    FRIDAY_MORNING,
    ZHANG,
    day,
    papers,
    published_items,
)

Reply = TypeVar("Reply", bound=BaseModel)
CODE = "11341600762764234C3000180002001"
CASE_ID = uuid.UUID("01900000-0000-7000-8000-000000000001")


@dataclass
class Platform:
    """Two replicas of the service, and callers that sign as the gateway and as other services do."""

    gateway: RpcClient
    notifications: RpcClient
    database: Database
    amqp_url: str
    zhang: Actor

    async def ask(
        self,
        method: str,
        request: BaseModel,
        reply: type[Reply],
        actor: Actor | None = None,
        command_id: uuid.UUID | None = None,
    ) -> Reply:
        actor = actor or self.zhang
        client = self.notifications if actor.has(Role.SYSTEM) else self.gateway
        return await client.call(
            "applications",
            method,
            request,
            reply,
            actor=actor,
            command_id=command_id or uuid.uuid4(),
            timeout_seconds=30,
        )

    async def submit(self, command_id: uuid.UUID | None = None, **more: Any) -> v.CaseReceipt:
        plain: dict[str, Any] = {
            "item_code": CODE,
            "channel": "online",
            "applicant": ZHANG,
            "contact": CONTACT,
            "materials": papers(*ALL_PAPERS),
        }
        request = v.SubmitCase.model_validate(plain | more)
        return await self.ask("submit_case", request, v.CaseReceipt, command_id=command_id)

    def publish(self, *events: Event) -> None:
        """Send events as the relay would."""
        connection = pika.BlockingConnection(pika.URLParameters(self.amqp_url))
        channel = connection.channel()
        for event in events:
            told = envelope(
                event,
                source="/catalogue",
                event_id=uuid.uuid4(),
                subject="subject",
                sequence=1,
                recorded_at=FRIDAY_MORNING,
                actor=system_actor("catalogue"),
            )
            channel.basic_publish(
                exchange_of("catalogue"),
                event.event_type,
                told.model_dump_json().encode(),
                pika.BasicProperties(content_type=CONTENT_TYPE, message_id=str(told.id), delivery_mode=2),
            )
        connection.close()

    async def eventually(self, sql: str, wanted: Any, *arguments: Any) -> None:
        """Wait until the first value of a query is the wanted one."""
        value: Any = None
        async with asyncio.timeout(20):
            while True:
                value = (await self.database.fetch(sql, *arguments))[0][0]
                if value == wanted:
                    return
                await asyncio.sleep(0.05)


@pytest.fixture
async def platform(
    settings_for: SettingsMaker,
    broker_url_for: Callable[[str], str],
    amqp_url: str,
    platform_servers: PlatformServers,
    secrets_dir: Path,
    clock: Clock,
) -> AsyncIterator[Platform]:
    """Both replicas share the database and the queues; the catalogue is only known by its events."""
    clock.set_to(FRIDAY_MORNING)
    settings = settings_for(ApplicationsSettings, "applications", clock_file=clock.file)
    published = [ServiceTopology(name, answers_rpc=False) for name in ("catalogue", "documents")]
    topologies = [*published, topology_of(ApplicationsService)]
    await asyncio.to_thread(declare, amqp_url, topologies)
    processes = [
        platform_servers.launch_service(
            f"applications-{n}", "services.applications.service:ApplicationsService", settings
        )
        for n in (1, 2)
    ]
    brokers = {
        name: Broker(broker_url_for(name), name=f"test-{name}") for name in ("gateway", "notifications")
    }
    clients = {
        name: RpcClient(broker, name=name, signer=TokenSigner.from_secrets(secrets_dir, name))
        for name, broker in brokers.items()
    }
    for broker in brokers.values():
        broker.start()
    database = Database(settings.database_url, size=2)
    await database.start()
    person_id = BlindIndex.from_file(secrets_dir / "blind-index.key").person_id(
        ZHANG["certificate_type"], ZHANG["certificate_number"]
    )
    zhang = Actor("account:zhang", frozenset({Role.APPLICANT}), None, person_id)
    platform = Platform(clients["gateway"], clients["notifications"], database, amqp_url, zhang)
    platform.publish(*published_items())
    await platform.eventually("SELECT count(*) FROM item_versions", len(published_items()))
    for actor in (zhang, system_actor("notifications")):
        await answered(platform, actor)
    yield platform
    await database.stop()
    for broker in brokers.values():
        await broker.stop()
    for process in processes:
        await asyncio.to_thread(process.stop)


async def answered(platform: Platform, actor: Actor) -> None:
    """Wait until this caller's questions go through."""
    method = "party_contact" if actor.has(Role.SYSTEM) else "get_case"
    request = v.GetPartyContact(case_id=CASE_ID) if actor.has(Role.SYSTEM) else v.GetCase(case_id=CASE_ID)
    async with asyncio.timeout(30):
        while True:
            try:
                await platform.ask(method, request, v.CaseView, actor)
            except Unavailable:
                await asyncio.sleep(0.05)
            except Refused:
                return


async def test_two_replicas_and_one_truth(platform: Platform, clock: Clock) -> None:
    """One long walk, because starting two processes costs more than what they do here."""
    await a_repeated_command_has_one_effect(platform)
    await of_many_answers_at_once_one_wins(platform)
    await formal_numbers_have_no_gap(platform)
    await of_two_last_voices_one_brings_the_decision(platform)
    await both_replicas_fire_each_timer_once(platform, clock)
    await an_item_withdrawn_is_closed_to_new_cases_only(platform)
    await an_unreadable_event_is_put_aside(platform)


async def a_repeated_command_has_one_effect(platform: Platform) -> None:
    command_id = uuid.uuid4()
    receipts = await asyncio.gather(*(platform.submit(command_id) for _ in range(8)))
    assert len({receipt.case_no for receipt in receipts}) == 1
    with pytest.raises(Refused, match="idempotency_key_reused"):
        await platform.submit(command_id, materials=[])
    many = await asyncio.gather(*(platform.submit() for _ in range(40)))
    assert len({receipt.case_no for receipt in many}) == 40
    await platform.eventually("SELECT count(*) FROM cases", 41)


async def of_many_answers_at_once_one_wins(platform: Platform) -> None:
    receipt = await platform.submit()
    accept = v.AcceptCase(case_id=receipt.case_id, expected_version=receipt.version)
    correct = v.RequestCorrection.model_validate(
        {
            "case_id": receipt.case_id,
            "expected_version": receipt.version,
            "defects": [{"material_code": "A01-01", "reason": "not_sealed"}],
        }
    )
    clerks = [an_actor(Role.CLERK, id=f"staff:{n}", unit=UNIT) for n in range(6)]
    results = await asyncio.gather(
        *(platform.ask("accept_case", accept, v.CaseReceipt, clerk) for clerk in clerks[:3]),
        *(platform.ask("request_correction", correct, v.CaseReceipt, clerk) for clerk in clerks[3:]),
        return_exceptions=True,
    )
    won = [result for result in results if isinstance(result, v.CaseReceipt)]
    assert len(won) == 1
    assert {result.code for result in results if isinstance(result, Refused)} == {"stale_case"}


async def formal_numbers_have_no_gap(platform: Platform) -> None:
    receipts = [await platform.submit() for _ in range(12)]
    clerk = an_actor(Role.CLERK, unit=UNIT)
    before = await platform.database.fetch(
        "SELECT count(*) AS n FROM documents WHERE kind = 'acceptance_notice'"
    )
    accepted = await asyncio.gather(
        *(
            platform.ask(
                "accept_case", v.AcceptCase(case_id=one.case_id, expected_version=1), v.CaseReceipt, clerk
            )
            for one in receipts
        )
    )
    serials = sorted(int(one.documents[0].number.split("〕")[1].removesuffix("号")) for one in accepted)
    first = before[0]["n"] + 1
    assert serials == list(range(first, first + 12))


async def of_two_last_voices_one_brings_the_decision(platform: Platform) -> None:
    """Joint approval (§4.3): two approvers at two replicas; one decision, one document."""
    (published,) = [one for one in published_items() if one.item.code == CODE]
    board = ReviewStep(code="board", name=Text(zh="集体决定", en="board"), kind="joint_approval", needs=2)
    content = published.item.content.model_copy(update={"review": (board,)})
    second = published.item.model_copy(update={"version": 2, "content": content})
    platform.publish(published.model_copy(update={"item": second}))
    await platform.eventually("SELECT count(*) FROM item_versions WHERE code = $1", 2, CODE)
    receipt = await of_version(platform, 2)
    # Each replica looks for new versions once a second.
    await asyncio.sleep(2.5)
    accept = v.AcceptCase(case_id=receipt.case_id, expected_version=1)
    await platform.ask("accept_case", accept, v.CaseReceipt, an_actor(Role.CLERK, unit=UNIT))
    members = [an_actor(Role.APPROVER, id=f"staff:member{n}", unit=UNIT) for n in range(5)]
    first = v.DecideCase(case_id=receipt.case_id, expected_version=2, result="grant")
    await platform.ask("decide_case", first, v.CaseReceipt, members[0])
    last = first.model_copy(update={"expected_version": 3})
    results = await asyncio.gather(
        *(platform.ask("decide_case", last, v.CaseReceipt, member) for member in members[1:]),
        return_exceptions=True,
    )
    assert [one.state for one in results if isinstance(one, v.CaseReceipt)] == ["DECIDED_GRANT"]
    assert {one.code for one in results if isinstance(one, Refused)} == {"stale_case"}
    counted = await platform.database.fetch(
        "SELECT count(*) FROM documents WHERE case_id = $1 AND kind = 'decision_grant'", receipt.case_id
    )
    assert counted[0][0] == 1


async def of_version(platform: Platform, version: int) -> v.CaseReceipt:
    """A case of this version, as soon as every replica knows of it."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await platform.submit(item_version=version)
            except Refused as refused:
                if refused.code != "item_version_not_in_force":
                    raise
                await asyncio.sleep(0.1)


async def both_replicas_fire_each_timer_once(platform: Platform, clock: Clock) -> None:
    (waiting,) = await platform.database.fetch("SELECT count(*) AS n FROM cases WHERE state = 'SUBMITTED'")
    clock.set_to(day(9, 28))
    await platform.eventually("SELECT count(*) FROM cases WHERE state = 'ACCEPTED_DEEMED'", waiting["n"])
    (events,) = await platform.database.fetch(
        "SELECT count(*) AS n, count(DISTINCT case_id) AS cases FROM case_events"
        " WHERE name = 'DutyBreached' AND data->>'rule' = 'LIC-04'"
    )
    assert events["n"] == events["cases"] == waiting["n"]
    clock.set_to(FRIDAY_MORNING + timedelta(minutes=5))


async def an_item_withdrawn_is_closed_to_new_cases_only(platform: Platform) -> None:
    open_case = await platform.submit()
    platform.publish(
        ItemWithdrawnV1(
            code=CODE,
            version=2,
            effective_on=FRIDAY_MORNING.date(),
            reason=Text(zh="国务院取消", en="Cancelled by the State Council"),
        )
    )
    await platform.eventually("SELECT count(*) FROM withdrawn_items", 1)
    async with asyncio.timeout(10):
        while True:
            try:
                await platform.submit()
            except Refused as refused:
                if refused.code == "item_withdrawn":
                    break
                raise
    accept = v.AcceptCase(case_id=open_case.case_id, expected_version=1)
    clerk = an_actor(Role.CLERK, unit=UNIT)
    assert (await platform.ask("accept_case", accept, v.CaseReceipt, clerk)).state == "ACCEPTED"


async def an_unreadable_event_is_put_aside(platform: Platform) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(platform.amqp_url))
    body = json.dumps({"type": "cn.tongban.catalogue.item_published.v1", "data": {}}).encode()
    connection.channel().basic_publish(
        exchange_of("catalogue"),
        "cn.tongban.catalogue.item_published.v1",
        body,
        pika.BasicProperties(message_id="x"),
    )
    connection.close()
    await platform.eventually("SELECT count(*) FROM dead_letters", 1)


async def test_every_method_refuses_every_role_it_does_not_name(platform: Platform) -> None:
    methods = {name: one for name, one in entrypoints_of(ApplicationsService).items() if isinstance(one, Rpc)}
    assert len(methods) >= 19
    for name, entrypoint in methods.items():
        model = request_model_of(getattr(ApplicationsService, name))
        for role in Role:
            actor = an_actor(role, id="service:notifications") if role is Role.SYSTEM else an_actor(role)
            code = await refusal(platform, name, SAMPLES[model], actor)
            if role not in entrypoint.roles:
                assert code == "role_not_allowed", (name, role)
            else:
                assert code != "role_not_allowed", (name, role)


async def test_every_command_on_another_persons_case_finds_nothing(platform: Platform) -> None:
    receipt = await platform.submit()
    strangers = {
        Role.APPLICANT: an_actor(Role.APPLICANT),
        Role.CLERK: an_actor(Role.CLERK, unit="11341600003172034A"),
        Role.APPROVER: an_actor(Role.APPROVER, unit="11341600003172034A"),
        Role.ORGAN_HEAD: an_actor(Role.ORGAN_HEAD, unit="11341600003172034A"),
        Role.PROVINCE: an_actor(Role.PROVINCE),
    }
    for name, entrypoint in entrypoints_of(ApplicationsService).items():
        if not isinstance(entrypoint, Rpc):
            continue
        request = of_case(SAMPLES[request_model_of(getattr(ApplicationsService, name))], receipt.case_id)
        if request is None:
            continue
        for role in entrypoint.roles & strangers.keys():
            assert await refusal(platform, name, request, strangers[role]) == "case_not_found", (name, role)


def of_case(sample: BaseModel, case_id: uuid.UUID) -> BaseModel | None:
    """The sample about this case; nothing when it is about none.  A rehearsal names its case in the act within."""
    if "case_id" in type(sample).model_fields:
        return sample.model_copy(update={"case_id": case_id})
    within = {name: of_case(act, case_id) for name, act in sample if isinstance(act, BaseModel)}
    named = {name: act for name, act in within.items() if act is not None}
    return sample.model_copy(update=named) if isinstance(sample, Rehearse) and named else None


async def refusal(platform: Platform, method: str, request: BaseModel, actor: Actor) -> str:
    """The code of the refusal, or nothing."""

    class Anything(BaseModel):
        pass

    try:
        await platform.ask(method, request, Anything, actor)
    except Refused as refused:
        return refused.code
    return ""


NEXT_YEAR = {
    "year": 2027,
    "version": 1,
    "notice": {"title": "通知", "number": "1号", "issued_on": "2026-11-27"},
    "holidays": [{"holiday": "元旦", "off": ["2027-01-01"], "work": []}],
}
_CASE = {"case_id": CASE_ID, "expected_version": 1}
_PLAIN: dict[type[BaseModel], dict[str, Any]] = {
    Rehearse: {"decide_case": {**_CASE, "result": "grant"}},
    powers.ListDoneForMe: {},
    exits.DeclareNotRequired: {**_CASE, "reasons": "不需要许可"},
    exits.DeclareNotCompetent: {**_CASE, "competent_organ": "亳州市水利局"},
    exits.TerminateCase: {**_CASE, "ground": "object_lost", "reasons": "项目已取消"},
    exits.VoidCase: {**_CASE, "reasons": "重复登记"},
    tolerating.ConfirmSupply: _CASE,
    tolerating.FaultSupply: {
        **_CASE,
        "defects": [{"material_code": "A01-10", "reason": "illegible"}],
    },
    tolerating.RequestSupplyExtension: {**_CASE, "until": "2026-09-28", "reasons": "洪水封路"},
    tolerating.ExtendSupply: {**_CASE, "due_on": "2026-09-28", "reasons": "洪水封路属实"},
    tolerating.DeclineSupplyExtension: {**_CASE, "reasons": "不属于不可抗力"},
    tolerating.GrantBeforeCompletion: _CASE,
    tolerating.NoticeRecall: _CASE,
    tolerating.HearOnRecall: {**_CASE, "statement": "材料已在路上"},
    tolerating.RecallResult: {**_CASE, "reasons": "逾期未补交"},
    tolerating.DropRecall: {**_CASE, "reasons": "材料已补齐"},
    tolerating.RecordPostCheck: {**_CASE, "material_code": "A01-10", "finding": "true"},
    tolerating.GetSignature: {"case_id": CASE_ID, "promise": "undertaking"},
    tolerating.DraftPromises: {"item_code": CODE, "applicant": ZHANG, "contact": CONTACT},
    mandates.GiveMandate: {
        **_CASE,
        "agent": {
            "name": "孙悟空",
            "certificate_type": "111",
            "certificate_number": "341602199001010012",
        },
    },
    mandates.RevokeMandate: _CASE,
    mandates.ChangeChannel: {**_CASE, "channel": "counter"},
    rating.RateCase: {**_CASE, "level": 2, "tags": ("slow",), "words": "跑了三趟"},
    licences.IssueLicence: _CASE,
    licences.CloseCase: _CASE,
    licences.HearLicensee: {**_CASE, "told_on": "2026-09-18", "waived": True},
    licences.RevokeLicence: {**_CASE, "ground": "beyond_powers", "reasons": "超越职权"},
    licences.KeepLicence: {**_CASE, "ground": "beyond_powers", "reasons": "涉及公共利益"},
    licences.WithdrawLicence: {
        **_CASE,
        "ground": "law_changed",
        "reasons": "法规修改",
        "compensation": "依法补偿",
    },
    licences.CancelLicence: {**_CASE, "ground": "holder_ended", "reasons": "企业已注销"},
    process_record.ExportCase: {"case_id": str(CASE_ID), "purpose": "移交档案"},
    process_record.GetProcessRecord: {"case_id": str(CASE_ID)},
    printing.GetDocumentForPrinting: {"document_id": CASE_ID},
    printing.ReissueDocument: {"case_id": CASE_ID, "document_id": CASE_ID, "reason": "已装字体"},
    recalculating.AskRecalculation: {},
    recalculating.PreviewCalendar: {"calendar": NEXT_YEAR},
    reviewing.GiveOpinion: {**_CASE, "step": "check", "opinion": "pass"},
    reviewing.SendBack: {**_CASE, "to_step": "check", "reason_code": "facts_unclear"},
    reviewing.RequestRecusal: {**_CASE, "words": "经办人与他人有利害关系"},
    reviewing.DeclineRecusal: {**_CASE, "words": "经核实无此关系"},
    reviewing.Recuse: {**_CASE, "person": "staff:one", "ground": "interest", "asked_by": "organ"},
    reviewing.UrgeCase: {"case_id": CASE_ID},
    reviewing.AssignInspectors: {**_CASE, "people": ("staff:one", "staff:two")},
    reviewing.RecordSiteCheck: {
        **_CASE,
        "people": ("staff:one", "staff:two"),
        "checked_on": "2026-09-18",
        "findings": "现场与图纸一致",
        "passed": True,
    },
    reviewing.DecideBatch: {"cases": ({"case_id": CASE_ID, "expected_version": 1},), "result": "grant"},
    powers.AppointToPost: {
        "post": "规划科长",
        "holder": "staff:one",
        "valid_from": "2026-09-18",
        "instrument": "人字〔2026〕1号",
    },
    powers.DelegatePower: {
        "delegator": "staff:one",
        "delegate": "staff:two",
        "posts": ("规划科长",),
        "instrument": "授字〔2026〕7号",
        "valid_from": "2026-09-18",
        "valid_to": "2026-09-25",
    },
    powers.RevokeDelegation: {"delegation_id": CASE_ID},
    powers.RecordAbsence: {
        "person": "staff:one",
        "first_on": "2026-09-18",
        "last_on": "2026-09-18",
    },
    powers.ListPowers: {},
    procedures.StartProcedure: {**_CASE, "kind": "expert_review", "needs": 5},
    procedures.ProlongProcedure: {**_CASE, "needs": 5, "reasons": "专家另行论证"},
    procedures.EndProcedure: _CASE,
    procedures.ExtendDeadline: {**_CASE, "length": 10, "reasons": "情况复杂"},
    hearings.NameInterestedParty: {
        **_CASE,
        "name": "李四",
        "certificate_type": "111",
        "certificate_number": "341602199001010012",
    },
    hearings.TellHearingRights: _CASE,
    hearings.RequestHearing: _CASE,
    hearings.WaiveHearing: _CASE,
    hearings.CallHearing: _CASE,
    hearings.ScheduleHearing: {
        **_CASE,
        "held_on": "2026-10-14",
        "place": "会议室",
        "chair": "staff:chair",
        "chair_name": "赵六",
    },
    hearings.RecordHearing: {
        **_CASE,
        "minutes_sha256": "0" * 64,
        "reviewers_heard": True,
        "signed": True,
    },
    hearings.CloseHearing: {**_CASE, "ground": "withdrawn", "words": "不再要求听证。"},
    hearings.RecordStatement: {**_CASE, "statement": "担心采光"},
    v.SubmitCase: {
        "item_code": CODE,
        "channel": "online",
        "applicant": ZHANG,
        "contact": CONTACT,
    },
    v.CheckMaterials: {"item_code": CODE},
    v.GetCase: {"case_id": CASE_ID},
    v.ListCases: {"view": "mine"},
    v.AcceptCase: _CASE,
    v.AcceptTolerantly: _CASE,
    v.RequestCorrection: _CASE,
    v.SupplyMaterials: _CASE | {"channel": "counter", "materials": papers("A01-01")},
    v.DecideCase: _CASE | {"result": "grant"},
    v.DeliverResult: _CASE | {"method": "window"},
    v.WithdrawCase: _CASE,
    v.GetDocument: {"case_id": CASE_ID, "document_id": CASE_ID},
    v.GetPartyContact: {"case_id": CASE_ID},
    v.RevealParty: {"case_id": CASE_ID, "purpose": "核对"},
    v.FindApplicant: {
        "certificate_type": ZHANG["certificate_type"],
        "certificate_number": ZHANG["certificate_number"],
    },
    v.GetEffects: {"case_id": CASE_ID},
    looking_up.FindCases: {"text": "0012"},
    looking_up.GetDay: {},
    credit.ImportCredit: {"content": "YQ==", "purpose": "更新名单"},
    credit.ListCredit: {},
    credit.QueryCredit: {
        "certificate_type": ZHANG["certificate_type"],
        "certificate_number": ZHANG["certificate_number"],
        "purpose": "核对异议",
    },
    credit.RepairCredit: {
        "record_id": CASE_ID,
        "instrument": "亳信修〔2026〕3号",
        "repaired_on": "2026-09-18",
    },
    credit.WithdrawCreditRecord: {"record_id": CASE_ID, "reason": "同名不同人"},
    credit.AskCreditAgain: {"case_id": CASE_ID},
}
SAMPLES = {model: model.model_validate(plain) for model, plain in _PLAIN.items()}
