"""The provincial feed never skips and shows nobody else's cases; the witness keeps what the audit log signed."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx

from services.applications.contracts import CaseSubmittedV1
from services.audit.contracts import CheckpointSignedV1
from services.gateway import feed, witness
from services.gateway.gateway import Gateway
from shared.identity import Role, system_actor
from shared.messaging.consumer import Received
from shared.messaging.envelope import Event, envelope
from tests.gateway.conftest import Visitors

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def received(event: Event, subject: str, sequence: int = 1) -> Received:
    return Received(
        envelope(
            event,
            source="/applications",
            event_id=uuid4(),
            subject=subject,
            sequence=sequence,
            recorded_at=AT,
            actor=system_actor("applications"),
        ),
        event,
    )


def submitted(partner: str | None, case_id: UUID | None = None) -> Received:
    case_id = case_id or uuid4()
    event = CaseSubmittedV1(
        case_id=case_id,
        case_no="11341600762764234C3000180002001202611240001",
        item_code="11341600762764234C3000180002001",
        item_version=1,
        item_name="审批",
        unit="11341600762764234C",
        channel="province" if partner else "online",
        applicant_id=uuid4(),
        partner=partner,
        external_no="AH-1" if partner else None,
        state="SUBMITTED",
        effective_on=date(2026, 11, 24),
        submitted_at=AT,
        intake_due_on=date(2026, 12, 1),
        proposed_outcome="accept",
        asks_tolerance=False,
        receipt_document_id=uuid4(),
    )
    return received(event, str(case_id))


async def take(gateway: Gateway, *events: Received) -> None:
    async with gateway.database.transaction() as connection:
        await feed.take_events(connection, events)


async def test_a_partner_follows_its_own_cases_by_cursor(
    http: httpx.AsyncClient, visitors: Visitors, gateway: Gateway
) -> None:
    begun = await visitors.begin(Role.PROVINCE, login="province")
    me = {"authorization": f"Bearer {begun.token}"}
    mine = [submitted("province") for _ in range(5)]
    await take(gateway, mine[0], submitted(None), submitted("another"), *mine[1:3])
    await take(gateway, *mine[3:])
    seen: list[str] = []
    url = "/api/v1/province/events?limit=2"
    for _ in range(4):
        page = (await http.get(url, headers=me)).json()
        seen += [event["event_id"] for event in page["events"]]
        url = f"/api/v1/province/events?limit=2&after={page['cursor']}"
    assert seen == [str(one.envelope.id) for one in mine]
    assert not page["more"]
    await take(gateway, late := submitted("province"))
    page = (await http.get(url, headers=me)).json()
    assert [event["event_id"] for event in page["events"]] == [str(late.envelope.id)]
    assert page["events"][0]["recorded_at"] == "2026-11-24T10:00:00+08:00"
    assert page["events"][0]["data"]["external_no"] == "AH-1"


async def test_another_partners_cursor_is_refused(
    http: httpx.AsyncClient, visitors: Visitors, gateway: Gateway
) -> None:
    first, second = [await visitors.headers(Role.PROVINCE) for _ in range(2)]
    cursor = (await http.get("/api/v1/province/events", headers=first)).json()["cursor"]
    answer = await http.get(f"/api/v1/province/events?after={cursor}", headers=second)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_a_reader_never_misses_an_event_however_many_write_at_once(gateway: Gateway) -> None:
    """A transaction that began earlier and commits later must not appear behind a reader's cursor."""
    wanted = [submitted("province") for _ in range(60)]
    seen: list[UUID] = []
    position = 0

    async def read() -> None:
        nonlocal position
        entries, position, _ = await feed.read_feed(gateway.database, "province", position, 100)
        seen.extend(entry.event_id for entry in entries)

    async def write(event: Received, delay: float) -> None:
        async with gateway.database.transaction() as connection:
            await feed.take_events(connection, [event])
            await asyncio.sleep(delay)

    writing = asyncio.gather(*(write(event, 0.002 * (number % 3)) for number, event in enumerate(wanted)))
    while not writing.done():
        await read()
        await asyncio.sleep(0.001)
    await writing
    await read()
    assert sorted(seen) == sorted(one.envelope.id for one in wanted)


async def test_an_operator_sees_when_an_event_was_listed(gateway: Gateway) -> None:
    case_id = uuid4()
    event = submitted("province", case_id)
    await take(gateway, event)
    assert list(await feed.listed_times(gateway.database, case_id)) == [event.envelope.id]


async def test_the_witness_keeps_both_of_two_roots_for_one_size(
    http: httpx.AsyncClient, gateway: Gateway
) -> None:
    def signed(size: int, root: str) -> Received:
        event = CheckpointSignedV1(origin="log", tree_size=size, root=root, note=f"log\n{size}\n{root}\n")
        return received(event, "log", size)

    async with gateway.database.transaction() as connection:
        await witness.take_checkpoints(connection, [signed(1, "a"), signed(2, "b"), signed(2, "b")])
        await witness.take_checkpoints(connection, [signed(2, "c")])
    page = (await http.get("/api/v1/audit/witnessed-checkpoints")).json()
    kept = [(one["tree_size"], one["root"], one["contradicted"]) for one in page["checkpoints"]]
    assert sorted(kept) == [(1, "a", False), (2, "b", True), (2, "c", True)]
