"""Sending on a real database to a real SMTP server: what it answers, when it is away, and who sends what once."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.sending import MailRoom
from shared import time
from shared.database import Database
from shared.errors import Unavailable
from tests.notifications import events
from tests.notifications.conftest import ADDRESS, Sink, SinkServer, Tell, make_mail_room, one


async def attempts(database: Database) -> list[tuple[int, str, int | None]]:
    rows = await database.fetch("SELECT number, outcome, smtp_code FROM attempts ORDER BY number")
    return [tuple(row) for row in rows]


async def state(database: Database) -> tuple[str, str | None]:
    row = await one(database, "SELECT state, reason FROM deliveries")
    return row["state"], row["reason"]


async def published(database: Database) -> list[tuple[str, dict[str, Any]]]:
    rows = await database.fetch("SELECT routing_key, body::jsonb AS body FROM outbox ORDER BY id")
    return [(row["routing_key"].split(".")[3], row["body"]) for row in rows]


async def test_a_notice_goes_out_as_it_was_frozen(
    database: Database, tell: Tell, mail_room: MailRoom, sink: Sink
) -> None:
    await tell(events.received(events.submitted()))
    await mail_room.send_first()

    message = await one(database, "SELECT message_id, title, body FROM messages")
    letter = sink.read()
    assert letter["Subject"] == message["title"]
    assert letter.get_content().replace("\r\n", "\n").rstrip("\n") == message["body"]
    assert str(message["message_id"]) in letter["Message-ID"]
    assert await state(database) == ("served", None)
    assert await attempts(database) == [(1, "sent", 250)]
    [(name, envelope)] = await published(database)
    assert (name, envelope["data"]["channel"], envelope["sequence"]) == ("notice_served", "email", 1)


async def test_mail_follows_the_in_app_notice_as_its_second_event(
    database: Database, tell: Tell, mail_room: MailRoom
) -> None:
    await tell(events.received(events.accepted()))
    await mail_room.send_first()
    assert [(body["data"]["channel"], body["sequence"]) for _, body in await published(database)] == [
        ("in_app", 1),
        ("email", 2),
    ]


async def test_a_temporary_no_is_tried_again_in_the_retry_lane(
    database: Database, tell: Tell, mail_room: MailRoom, sink: Sink
) -> None:
    sink.recipient_answers.append("450 4.2.1 greylisted")
    sink.text_answers.append("451 4.3.0 try later")
    await tell(events.received(events.submitted()))

    await mail_room.send_first()
    assert await state(database) == ("retrying", "deferred")
    await mail_room.send_first()
    assert await state(database) == ("retrying", "deferred"), "first deliveries leave retries alone"
    await mail_room.send_again()

    assert await attempts(database) == [(1, "deferred", 450), (2, "deferred", 451), (3, "sent", 250)]
    assert len(sink.letters) == 1


@pytest.mark.parametrize("where", ["recipient_answers", "text_answers"])
async def test_a_permanent_no_ends_it_and_is_published(
    database: Database,
    tell: Tell,
    mail_room: MailRoom,
    sink: Sink,
    where: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    getattr(sink, where).append(f"550 5.1.1 <{ADDRESS}> does not exist")
    await tell(events.received(events.submitted()))
    with caplog.at_level(logging.DEBUG):
        await mail_room.send_first()
        await mail_room.send_again()

    assert await attempts(database) == [(1, "refused", 550)]
    assert await state(database) == ("failed", "refused")
    [(name, envelope)] = await published(database)
    assert name == "delivery_failed"
    assert (envelope["data"]["reason"], envelope["data"]["smtp_code"]) == ("refused", 550)
    assert ADDRESS not in str(envelope)
    # The test's own mail server logs under this name, in this process.
    assert all(ADDRESS not in record.getMessage() for record in caplog.records if record.name != "mail.log")


async def test_a_refused_letter_does_not_hold_up_the_next(
    database: Database, tell: Tell, mail_room: MailRoom, sink: Sink
) -> None:
    sink.recipient_answers.append("550 5.1.1 no such user")
    await tell(events.received(events.submitted()), events.received(events.accepted()))
    await mail_room.send_first()
    rows = await database.fetch("SELECT state FROM deliveries ORDER BY state")
    assert [row["state"] for row in rows] == ["failed", "served"]


async def test_who_has_no_address_any_more_is_a_failed_delivery(
    database: Database, tell: Tell, sink: Sink
) -> None:
    async def nobody(_: object) -> None:
        return None

    await tell(events.received(events.submitted()))
    await make_mail_room(database, sink.port, nobody).send_first()
    assert await state(database) == ("failed", "no_address")
    assert [name for name, _ in await published(database)] == ["delivery_failed"]


async def test_mail_waits_while_applications_cannot_tell_the_address(
    database: Database, tell: Tell, mail_room: MailRoom, sink: Sink
) -> None:
    async def away(_: object) -> None:
        raise Unavailable("服务 applications ", "Service applications")

    await tell(events.received(events.submitted()))
    await make_mail_room(database, sink.port, away).send_first()
    assert await state(database) == ("retrying", "address_unavailable")
    assert sink.letters == []

    await mail_room.send_again()
    assert await state(database) == ("served", None)


async def test_an_outage_of_the_mail_server_uses_up_no_attempt_and_ends_with_it(
    database: Database, tell: Tell, sink_server: SinkServer, caplog: pytest.LogCaptureFixture
) -> None:
    sink_server.stop()
    room = make_mail_room(database, sink_server.sink.port)
    await tell(events.received(events.submitted()))
    await room.send_first()
    assert await state(database) == ("queued", None)
    assert await attempts(database) == []
    assert "mail_server_is_away" in caplog.text

    sink_server.start()
    await room.send_first()
    assert sink_server.sink.letters == [], "it rests before it knocks again"
    await asyncio.sleep(1.05)
    await room.send_first()
    assert await state(database) == ("served", None)
    assert await attempts(database) == [(1, "sent", 250)]


async def test_many_workers_send_each_notice_once(database: Database, tell: Tell, sink: Sink) -> None:
    await tell(*(events.received(events.submitted()) for _ in range(40)))
    rooms = [make_mail_room(database, sink.port, mail_connections=3) for _ in range(3)]
    await asyncio.gather(*(room.send_first() for room in rooms))
    ids = [sink.read(number)["Message-ID"] for number in range(len(sink.letters))]
    assert len(ids) == len(set(ids)) == 40
    assert {row["outcome"] for row in await database.fetch("SELECT outcome FROM attempts")} == {"sent"}


async def test_a_notice_is_given_up_only_after_its_horizon(
    database: Database, tell: Tell, mail_room: MailRoom, sink: Sink
) -> None:
    await tell(events.received(events.submitted()))
    async with database.acquire() as connection:
        await connection.execute("UPDATE deliveries SET give_up_at = $1", time.now() - timedelta(seconds=1))
    sink.recipient_answers.append("450 4.2.1 greylisted")
    await mail_room.send_first()
    assert await state(database) == ("failed", "gave_up")
    [(name, envelope)] = await published(database)
    assert (name, envelope["data"]["reason"]) == ("delivery_failed", "gave_up")


async def test_a_server_that_hangs_up_before_the_text_is_simply_tried_again(
    database: Database, tell: Tell, mail_room: MailRoom, sink: Sink
) -> None:
    sink.recipient_answers.append("421 4.3.2 shutting down")
    await tell(events.received(events.submitted()))
    await mail_room.send_first()
    assert (await state(database))[0] == "retrying"
    await mail_room.send_again()
    assert await state(database) == ("served", None)


async def test_no_address_is_ever_stored(database: Database, tell: Tell, mail_room: MailRoom) -> None:
    await tell(events.received(events.accepted()))
    await mail_room.send_first()
    for table in ("messages", "deliveries", "attempts", "outbox"):
        rows = await database.fetch(f"SELECT row_to_json(t)::text AS row FROM {table} AS t")
        assert rows
        assert all(ADDRESS not in row["row"] for row in rows)
