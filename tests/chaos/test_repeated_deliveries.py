"""A broker that hands out messages five times, out of order and unreadable: effects once, and what nobody can read waits.

The messages are published past the relay, with the account that may declare, as no process of the platform can.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pika
import psycopg
import pytest
from psycopg.rows import scalar_row

from deploy.local.home import ROOT
from deploy.local.rabbitmq import Account, RabbitServer
from deploy.local.servers import OWNER
from deploy.services import SERVICES
from services.applications.contracts import CaseFacts, CaseSubmittedV1
from shared.identity import system_actor
from shared.messaging.envelope import CONTENT_TYPE, Envelope, envelope
from shared.testing.platform import RunningPlatform
from shared.time import now
from tests.notifications import events

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

SUBMITTED = CaseSubmittedV1.event_type
CONSUMERS = ("audit.on_events", "gateway.feed", "notifications.tell_applicants")
ONCE_EACH = {"messages": 1, "leaves": 1, "entries of the feed": 1}
A_NAME = "王小明"

Publish = Callable[[str, bytes], None]
Json = dict[str, Any]


@pytest.fixture(scope="module")
def publish(platform: RunningPlatform) -> Iterator[Publish]:
    """Put a body on the exchange of applications; returns when every queue that wants it has it."""
    password = json.loads((platform.home.secrets / "passwords.json").read_text())[OWNER]
    url = RabbitServer(platform.home.folder, accounts=[Account(OWNER, password)]).url()
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()
    properties = pika.BasicProperties(content_type=CONTENT_TYPE, delivery_mode=2)
    yield lambda event_type, body: channel.basic_publish(
        "applications.events", event_type, body, properties, mandatory=True
    )
    connection.close()


def value(platform: RunningPlatform, service: str, sql: str, *arguments: Any) -> Any:
    """The first value of a statement in a service's own database."""
    url = platform.environment_of(service)["TONGBAN_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True, row_factory=scalar_row) as connection:
        cursor = connection.execute(sql, arguments or None)
        return cursor.fetchone() if cursor.description else None


def effects(platform: RunningPlatform, event_id: UUID) -> dict[str, int]:
    """How often each consumer has had this event."""
    return {
        "messages": value(
            platform, "notifications", "SELECT count(*) FROM messages WHERE cause_id = %s", event_id
        ),
        "leaves": value(platform, "audit", "SELECT count(*) FROM leaves WHERE event_id = %s", event_id),
        "entries of the feed": value(
            platform, "gateway", "SELECT count(*) FROM feed WHERE event_id = %s", event_id
        ),
    }


def eventually(what: Callable[[], object], wanted: object, *, seconds: float = 30) -> None:
    """Wait for a value; the assertion tells the last one seen."""
    end = time.monotonic() + seconds
    while (seen := what()) != wanted and time.monotonic() < end:
        time.sleep(0.2)
    assert seen == wanted


def wrapped(event: CaseFacts, sequence: int) -> Envelope:
    return envelope(
        event,
        source="/applications",
        event_id=uuid4(),
        subject=str(event.case_id),
        sequence=sequence,
        recorded_at=now(),
        actor=system_actor("applications"),
    )


def story() -> list[Envelope]:
    """What happens to one provincial case: handed in, to be corrected, taken back."""
    facts = {
        "case_id": uuid4(),
        "applicant_id": uuid4(),
        "channel": "province",
        "partner": "province",
        "external_no": f"AH-{uuid4().hex[:10]}",
        "email_given": False,
    }
    told = (
        events.submitted(**facts),
        events.correction_requested(**facts),
        events.terminated(**facts),
    )
    return [wrapped(event, sequence) for sequence, event in enumerate(told, 1)]


def body(told: Envelope) -> bytes:
    return told.model_dump_json().encode()


def until_everything_before_is_handled(platform: RunningPlatform, publish: Publish) -> None:
    """One more event behind all others in every queue, and its effects."""
    last = story()[0]
    publish(last.type, body(last))
    eventually(lambda: effects(platform, last.id), ONCE_EACH)


def tongban(platform: RunningPlatform, *words: str) -> tuple[int, Json]:
    """What the command says to a program, as the operator runs it in the platform's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words, "--json"],
        env={**os.environ, "TONGBAN_HOME": str(platform.home.folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in (0, 1), done.stderr
    answer: Json = json.loads(done.stdout)
    return done.returncode, answer


def open_letters(platform: RunningPlatform) -> list[Json]:
    letters: list[Json] = tongban(platform, "dead-letters", "list")[1]["dead_letters"]
    return letters


# --- five times, out of order ------------------------------------------------------------------------------------


def test_events_delivered_five_times_and_out_of_order_have_their_effects_once(
    platform: RunningPlatform, publish: Publish
) -> None:
    stories = [story() for _ in range(5)]
    told = [event for one in stories for event in one]
    deliveries = list(reversed(told)) * 5
    letters_before = open_letters(platform)
    random.Random(20261124).shuffle(deliveries)
    for delivered in deliveries:
        publish(delivered.type, body(delivered))
    until_everything_before_is_handled(platform, publish)

    assert [effects(platform, event.id) for event in told] == [ONCE_EACH] * 15
    # Two of the three are statutory notices: the transaction that writes one also announces it as served.
    served = "SELECT count(*) FROM outbox WHERE body::jsonb -> 'data' ->> 'cause_id' = %s"
    assert [value(platform, "notifications", served, str(event.id)) for event in told] == [0, 1, 1] * 5
    positions = "SELECT count(*) = max(position) AND min(position) = 1 FROM feed WHERE partner = 'province'"
    assert value(platform, "gateway", positions), "the feed has a gap or a double"
    assert value(platform, "audit", "SELECT count(*) = max(leaf_index) + 1 FROM leaves")
    assert open_letters(platform) == letters_before
    retries = {service: value(platform, service, "SELECT count(*) FROM retries") for service in SERVICES}
    assert retries == dict.fromkeys(SERVICES, 0)


# --- unreadable --------------------------------------------------------------------------------------------------


def test_what_nobody_can_read_waits_for_a_person_and_holds_up_nothing(
    platform: RunningPlatform, publish: Publish
) -> None:
    before = {(letter["service"], letter["id"]) for letter in open_letters(platform)}
    garbage = f'{{"applicant": "{A_NAME}", \udcff'.encode("utf-8", "surrogateescape")
    breach = story()[0]
    breach = breach.model_copy(update={"data": {"case_id": str(uuid4()), "item_name": A_NAME}})
    publish(SUBMITTED, garbage)
    publish(SUBMITTED, body(breach))
    until_everything_before_is_handled(platform, publish)

    letters = [one for one in open_letters(platform) if (one["service"], one["id"]) not in before]
    assert sorted(letter["consumer"] for letter in letters) == sorted(
        # The log seals whatever is an event, also one whose content its readers cannot take.
        [*CONSUMERS, "gateway.feed", "notifications.tell_applicants"]
    )
    assert {letter["reason"] for letter in letters} == {"unreadable"}
    assert A_NAME not in json.dumps(letters, ensure_ascii=False)
    assert effects(platform, breach.id) == {**ONCE_EACH, "messages": 0, "entries of the feed": 0}
    _replaying_garbage_is_refused(platform, letters)


def _replaying_garbage_is_refused(platform: RunningPlatform, letters: Sequence[Json]) -> None:
    letter = next(one for one in letters if one["consumer"] == "audit.on_events")
    code, answer = tongban(
        platform, "dead-letters", "replay", "--service", "audit", "--id", str(letter["id"])
    )
    assert (code, answer["replayed"][0]["replayed"]) == (1, False)
    assert letter["id"] in [one["id"] for one in open_letters(platform) if one["service"] == "audit"]


# --- failed too often --------------------------------------------------------------------------------------------


@contextmanager
def a_fault_with(platform: RunningPlatform, event_id: UUID) -> Iterator[None]:
    """A bug that only this one event meets."""
    value(
        platform,
        "notifications",
        f"""
        CREATE FUNCTION meet_a_bug() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.cause_id = '{event_id}' THEN RAISE EXCEPTION 'a bug'; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER meet_a_bug BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION meet_a_bug();
        """,
    )
    yield
    value(platform, "notifications", "DROP FUNCTION meet_a_bug CASCADE")


def test_a_message_that_failed_too_often_has_its_effect_once_when_a_person_replays_it(
    platform: RunningPlatform, publish: Publish
) -> None:
    first, second, third = story()
    with a_fault_with(platform, first.id):
        for told in (first, second, third):
            publish(told.type, body(told))
        until_everything_before_is_handled(platform, publish)
        # Later events of the same case wait behind it, in their order; those of others do not.
        assert [messages(platform, told) for told in (first, second, third)] == [0, 0, 0]
        letter = _until_it_is_given_up(platform, first)
    assert (letter["consumer"], letter["reason"]) == ("notifications.tell_applicants", "failed_too_often")
    eventually(lambda: [messages(platform, told) for told in (first, second, third)], [0, 1, 1])

    words = ("dead-letters", "replay", "--service", "notifications", "--id", str(letter["id"]))
    assert tongban(platform, *words)[0] == 0
    eventually(lambda: effects(platform, first.id), ONCE_EACH)
    assert tongban(platform, *words)[0] == 1, "who replays it once more is told that it is settled"
    until_everything_before_is_handled(platform, publish)
    assert [effects(platform, told.id) for told in (first, second, third)] == [ONCE_EACH] * 3
    assert value(platform, "notifications", "SELECT count(*) FROM retries") == 0
    assert str(first.id) not in {one["message_id"] for one in open_letters(platform)}


def messages(platform: RunningPlatform, told: Envelope) -> int:
    return effects(platform, told.id)["messages"]


def _until_it_is_given_up(platform: RunningPlatform, told: Envelope) -> Json:
    """Its tries lie ever further apart, so time is made to pass."""
    waits = "SELECT count(*) FROM retries WHERE message_id = %s"
    end = time.monotonic() + 60
    while value(platform, "notifications", waits, told.id) and time.monotonic() < end:
        platform.clock.move(minutes=15)
        time.sleep(1.2)
    return next(one for one in open_letters(platform) if one["message_id"] == str(told.id))
