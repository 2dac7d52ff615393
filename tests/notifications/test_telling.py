"""Events become messages: once for each event and recipient, whatever is repeated, frozen as they were said."""

import random
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from services.notifications import store
from services.notifications.store import TemplateChanged
from services.notifications.templates import NoticeTemplate, TemplateBook
from shared import time
from shared.database import Database
from tests.notifications import events
from tests.notifications.conftest import Tell, one


async def test_one_event_is_one_message_and_one_mail_to_send(database: Database, tell: Tell) -> None:
    received = events.received(events.submitted())
    await tell(received)

    message = await one(database, "SELECT * FROM messages")
    assert message["cause_id"] == received.envelope.id
    assert message["person_id"] == events.APPLICANT
    assert message["facts"]["submitted_at"] == "2026年11月24日(周二)09:05"
    assert message["body"].startswith("您好")
    assert (message["template_id"], message["template_version"]) == ("case_submitted", 2)
    delivery = await one(database, "SELECT * FROM deliveries")
    assert (delivery["state"], delivery["attempts"]) == ("queued", 0)
    assert delivery["give_up_at"] - delivery["created_at"] >= timedelta(hours=24)


async def test_who_left_no_address_has_the_in_app_message_alone(database: Database, tell: Tell) -> None:
    await tell(events.received(events.submitted(email_given=False)))
    assert len(await database.fetch("SELECT 1 FROM messages")) == 1
    assert await database.fetch("SELECT 1 FROM deliveries") == []


async def test_when_nobody_says_whether_there_is_an_address_the_sender_will_ask(
    database: Database, tell: Tell
) -> None:
    await tell(events.received(events.submitted(email_given=None)))
    assert len(await database.fetch("SELECT 1 FROM deliveries")) == 1


async def test_five_deliveries_of_each_event_out_of_order_are_one_message_each(
    database: Database, tell: Tell
) -> None:
    """Even without the inbox row, which stops repetitions before they come here."""
    all_events = [events.received(event) for event in events.ALL]
    repeated = all_events * 5
    random.Random(3).shuffle(repeated)
    for start in range(0, len(repeated), 7):
        await tell(*repeated[start : start + 7])

    assert len(await database.fetch("SELECT 1 FROM messages")) == len(all_events)
    assert len(await database.fetch("SELECT 1 FROM deliveries")) == len(all_events)
    causes = await database.fetch("SELECT DISTINCT cause_id FROM messages")
    assert {row["cause_id"] for row in causes} == {received.envelope.id for received in all_events}
    served = await database.fetch("SELECT subject FROM outbox")
    statutory = await database.fetch("SELECT message_id FROM messages WHERE statutory")
    assert sorted(row["subject"] for row in served) == sorted(str(row["message_id"]) for row in statutory)


async def test_a_batch_that_repeats_an_event_within_itself_still_counts_it_once(
    database: Database, tell: Tell
) -> None:
    received = events.received(events.accepted())
    await tell(received, received, received)
    assert len(await database.fetch("SELECT 1 FROM messages")) == 1
    assert len(await database.fetch("SELECT 1 FROM outbox")) == 1


async def test_a_statutory_notice_is_published_as_served_with_the_digest_of_its_text(
    database: Database, tell: Tell
) -> None:
    await tell(events.received(events.correction_requested()), events.received(events.submitted()))
    published = await one(database, "SELECT routing_key, body::jsonb -> 'data' AS data, body FROM outbox")
    assert published["routing_key"] == "cn.tongban.notifications.notice_served.v1"
    assert published["data"]["channel"] == "in_app"
    assert published["data"]["statutory"] is True
    assert len(published["data"]["text_sha256"]) == 64
    assert "申请表" not in published["body"]


async def test_a_template_version_used_with_another_text_stops_the_start(
    database: Database, book: TemplateBook
) -> None:
    original = book["case_submitted"]
    rewritten = NoticeTemplate(
        original.template_id, original.version, original.name, original.statutory, original.title, "您好。"
    )
    async with database.transaction() as connection:
        with pytest.raises(TemplateChanged, match=r"case_submitted\.v2"):
            await store.add_templates(connection, TemplateBook([rewritten]), time.now())


async def test_a_new_template_version_leaves_old_messages_as_they_were(
    database: Database, tell: Tell, book: TemplateBook
) -> None:
    await tell(events.received(events.submitted()))
    before = await one(database, "SELECT title, body, template_version FROM messages")
    newer = TemplateBook([*book.versions, NoticeTemplate("case_submitted", 3, "收件通知", False, "新", "新")])
    async with database.transaction() as connection:
        await store.add_templates(connection, newer, time.now())
    assert newer["case_submitted"].version == 3
    assert await one(database, "SELECT title, body, template_version FROM messages") == before


@pytest.mark.parametrize("change", ["UPDATE templates SET body = 'x'", "DELETE FROM templates"])
async def test_the_database_refuses_to_change_a_template(database: Database, change: str) -> None:
    async with database.acquire() as connection:
        with pytest.raises(asyncpg.RaiseError, match="never changes"):
            await connection.execute(change)


async def test_an_unknown_reason_or_a_later_field_does_not_stop_a_notice(
    database: Database, tell: Tell
) -> None:
    await tell(events.received(events.terminated(reason="not_known_here"), event_id=uuid4()))
    message = await one(database, "SELECT body FROM messages")
    assert "见终止办理通知书" in message["body"]
