"""What remains after a sender was killed, cut off or stopped in the middle: nothing twice, nothing lost in silence."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from services.notifications import handlers, store
from services.notifications.contracts import DeliveryState, ListUndelivered, ResendMessage
from services.notifications.domain.errors import NotUndelivered
from services.notifications.sending import MailRoom
from services.notifications.templates import load_templates
from shared import time
from shared.database import Database
from shared.identity import Actor, Role
from shared.testing.clock import Clock
from tests.notifications import events
from tests.notifications.conftest import HORIZON, Sink, Tell, make_mail_room, one, until
from tests.notifications.test_sending import attempts, published, state

MINUTES_LONGER_THAN_ANY_LEASE = 10


@pytest.fixture
def database_url(database_for: Callable[[str], str]) -> str:
    return database_for("notifications")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    await opened.start()
    async with opened.transaction() as connection:
        await store.add_templates(connection, load_templates(), time.now())
    yield opened
    await opened.stop()


@asynccontextmanager
async def sender(
    database_url: str, port: int, clock: Clock, phase: str = "text"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A sending process that is killed with -9 at the end, wherever it is."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.notifications.sender_process",
        database_url,
        str(port),
        str(clock.file),
        phase,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        await process.wait()


async def resend(database: Database, actor: Actor) -> None:
    message = await one(database, "SELECT message_id FROM messages")
    async with database.transaction() as connection:
        await handlers.resend(
            connection,
            actor,
            ResendMessage(message_id=message["message_id"]),
            horizon=HORIZON,
            now=time.now(),
        )


async def test_killed_between_the_text_and_the_commit_is_uncertain_and_never_sent_again_by_itself(
    database: Database, database_url: str, tell: Tell, sink: Sink, clock: Clock
) -> None:
    sink.holds_answers = True
    await tell(events.received(events.submitted()))
    async with sender(database_url, sink.port, clock):
        await until(partial(_has_letters, sink, 1))
    sink.holds_answers = False
    assert await attempts(database) == [(1, "started", None)]

    room = make_mail_room(database, sink.port)
    await room.sweep()
    assert (await state(database))[0] == "sending", "the lease still runs: somebody may yet hold the answer"
    clock.move(minutes=MINUTES_LONGER_THAN_ANY_LEASE)
    for _ in range(3):
        await room.sweep()
        await room.send_first()
        await room.send_again()

    assert await state(database) == ("uncertain", "uncertain")
    assert await attempts(database) == [(1, "uncertain", None)]
    assert len(sink.letters) == 1
    assert [name for name, _ in await published(database)] == ["delivery_uncertain"]
    assert len(await database.fetch("SELECT 1 FROM messages")) == 1, "the in-app notice stands"


async def test_an_operator_sees_an_uncertain_delivery_and_may_order_it_again_under_the_same_message_id(
    database: Database, tell: Tell, mail_room: MailRoom, sink: Sink, actor: Callable[..., Actor]
) -> None:
    sink.cuts_after_text = 1
    await tell(events.received(events.submitted()))
    await mail_room.send_first()
    async with database.acquire() as connection:
        page = await handlers.list_undelivered(connection, ListUndelivered())
    [waiting] = page.deliveries
    assert waiting.delivery.state is DeliveryState.UNCERTAIN
    assert [attempt.outcome for attempt in waiting.delivery.attempts] == ["uncertain"]

    await resend(database, actor(Role.OPERATOR, id="staff:op"))
    await mail_room.send_again()

    assert await state(database) == ("served", None)
    assert await attempts(database) == [(1, "uncertain", None), (2, "sent", 250)]
    assert sink.letters[0] == sink.letters[1], "the same bytes, so that a receiver can recognise the copy"
    steps = [(name, body["actor"], body["sequence"]) for name, body in await published(database)]
    assert steps == [
        ("delivery_uncertain", "service:notifications", 1),
        ("resend_ordered", "staff:op", 2),
        ("notice_served", "service:notifications", 3),
    ]
    with pytest.raises(NotUndelivered):
        await resend(database, actor(Role.OPERATOR))


async def test_killed_before_the_text_is_sent_by_another_and_once(
    database: Database, database_url: str, tell: Tell, sink: Sink, clock: Clock
) -> None:
    await tell(events.received(events.submitted()))
    async with sender(database_url, sink.port, clock, "address"):
        await until(partial(_is_state, database, "sending"))
    room = make_mail_room(database, sink.port)
    clock.move(minutes=MINUTES_LONGER_THAN_ANY_LEASE)
    await room.sweep()
    assert await state(database) == ("retrying", "interrupted")
    await room.send_again()
    assert await attempts(database) == [(1, "interrupted", None), (2, "sent", 250)]
    assert len(sink.letters) == 1


async def test_killed_five_times_in_the_middle_of_many_no_letter_goes_out_twice_and_each_has_an_end(
    database: Database, database_url: str, tell: Tell, sink: Sink, clock: Clock
) -> None:
    count = 120
    await tell(*(events.received(events.submitted()) for _ in range(count)))
    for round_ in range(1, 6):
        async with sender(database_url, sink.port, clock):
            await until(partial(_has_letters, sink, round_ * 15))
        clock.move(minutes=MINUTES_LONGER_THAN_ANY_LEASE)
        await make_mail_room(database, sink.port).sweep()
    room = make_mail_room(database, sink.port)
    await room.send_first()
    await room.send_again()

    ids = [sink.read(number)["Message-ID"] for number in range(len(sink.letters))]
    assert len(ids) == len(set(ids))
    rows = await database.fetch("SELECT state, count(*) AS number FROM deliveries GROUP BY state")
    ends = {row["state"]: row["number"] for row in rows}
    assert sum(ends.values()) == count
    assert set(ends) <= {"served", "uncertain"}
    assert ends["served"] <= len(ids) <= count


async def test_an_answer_that_comes_after_the_lease_settles_what_was_uncertain(
    database: Database, tell: Tell, mail_room: MailRoom, sink: Sink, clock: Clock
) -> None:
    sink.holds_answers = True
    await tell(events.received(events.submitted()))
    sending = asyncio.create_task(mail_room.send_first())
    await until(partial(_has_letters, sink, 1))
    clock.move(minutes=MINUTES_LONGER_THAN_ANY_LEASE)
    await mail_room.sweep()
    assert await state(database) == ("uncertain", "uncertain")

    sink.holds_answers = False
    await sending
    assert await state(database) == ("served", None)
    assert await attempts(database) == [(1, "sent", 250)]


async def test_who_lost_the_claim_before_the_text_sends_nothing(
    database: Database, tell: Tell, sink: Sink, clock: Clock
) -> None:
    asked, may_go = asyncio.Event(), asyncio.Event()

    async def slow(_: object) -> str:
        asked.set()
        await may_go.wait()
        return "a@example.com"

    await tell(events.received(events.submitted()))
    slow_room, quick_room = make_mail_room(database, sink.port, slow), make_mail_room(database, sink.port)
    sending = asyncio.create_task(slow_room.send_first())
    await asked.wait()
    clock.move(minutes=MINUTES_LONGER_THAN_ANY_LEASE)
    await quick_room.sweep()
    await quick_room.send_again()
    may_go.set()
    await sending

    assert len(sink.letters) == 1
    assert await attempts(database) == [(1, "interrupted", None), (2, "sent", 250)]
    assert await state(database) == ("served", None)


async def test_a_stop_lets_the_letter_under_way_end(
    database: Database, tell: Tell, mail_room: MailRoom, sink: Sink
) -> None:
    sink.holds_answers = True
    await tell(events.received(events.submitted()), events.received(events.submitted()))
    sending = asyncio.create_task(mail_room.send_first())
    await until(partial(_has_letters, sink, 1))
    sending.cancel()
    await asyncio.sleep(0.1)
    sink.holds_answers = False
    with pytest.raises(asyncio.CancelledError):
        await sending
    rows = await database.fetch("SELECT state FROM deliveries")
    assert {row["state"] for row in rows} <= {"served", "queued"}
    assert len(sink.letters) == len([row for row in rows if row["state"] == "served"])


async def _has_letters(sink: Sink, count: int) -> bool:
    return len(sink.letters) >= count


async def _is_state(database: Database, wanted: str) -> bool:
    return (await state(database))[0] == wanted
