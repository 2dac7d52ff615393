"""What a service tells of itself, and the dead letters that a person sees masked, replays and puts away."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from shared import time
from shared.database import Database
from shared.errors import Refused
from shared.identity import Role
from shared.messaging import dead_letters, failures, operating, outbox
from shared.messaging.rpc_server import Call
from shared.testing.actors import an_actor
from tests.shared.messaging.conftest import thing

CALL = Call(an_actor(Role.OPERATOR), uuid4(), None, "catalogue.x")


@pytest.fixture
async def database(database_for: Callable[[str], str]) -> AsyncIterator[Database]:
    database = Database(database_for("catalogue"), size=2)
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
def operated(database: Database) -> operating.Operated:
    async def figures(_: object) -> dict[str, float]:
        return {"printing": 3}

    return operating.Operated(database, "0.1.0", figures)


async def bury(database: Database, body: bytes) -> None:
    async with database.transaction() as connection:
        await failures.bury_unreadable(connection, "catalogue.on_item", body, "no such type")


async def test_a_service_tells_what_waits_and_since_when(
    database: Database, operated: operating.Operated
) -> None:
    assert (await operated.get_state(CALL, operating.GetState())).outbox_since is None
    await bury(database, b"{}")
    async with database.transaction() as connection:
        await outbox.add(connection, [thing(1), thing(2)])
    state = await operated.get_state(CALL, operating.GetState())
    assert (state.outbox_waiting, state.retries, state.dead_letters) == (2, 0, 1)
    assert state.outbox_since is not None
    assert time.now() - state.outbox_since < timedelta(minutes=1)
    assert (state.version, state.figures) == ("0.1.0", {"printing": 3})


async def test_the_content_of_a_letter_names_nobody(database: Database, operated: operating.Operated) -> None:
    body = {
        "id": "0197c0de-0000-7000-8000-00000000beef",
        "type": "cn.tongban.catalogue.thing_happened.v1",
        "time": "2026-11-24T09:00:00+08:00",
        "data": {
            "name": "王小明",
            "english": "Wang Xiaoming",
            "number": "341602199001010012",
            "mobile": "13856700001",
            "count": 3,
            "account": 341602199001010012,
            "notes": ["<script>", None, True],
        },
    }
    await bury(database, json.dumps(body).encode())
    await bury(database, "不是 JSON".encode())
    page = await operated.list_dead_letters(CALL, operating.ListDeadLetters())
    first, second = page.letters
    for secret in ("王小明", "Wang", "3416", "1385", "script"):
        assert secret not in first.content
    assert {"type", "count", "thing_happened"} <= set(first.content.replace(".", '"').split('"'))
    assert second.content == "[11 bytes]"


async def test_a_letter_is_put_away_once_with_its_reason(
    database: Database, operated: operating.Operated
) -> None:
    await bury(database, b"{}")
    [letter] = (await operated.list_dead_letters(CALL, operating.ListDeadLetters())).letters
    order = operating.DiscardDeadLetter(id=letter.id, reason="duplicate")
    await operated.discard_dead_letter(CALL, order)
    assert (await operated.list_dead_letters(CALL, operating.ListDeadLetters())).letters == []
    rows = await database.fetch("SELECT replayed_by, discard_reason FROM dead_letters")
    assert [tuple(row) for row in rows] == [(CALL.actor.id, "duplicate")]
    with pytest.raises(Refused) as refused:
        await operated.discard_dead_letter(CALL, order)
    assert refused.value.code == "dead_letter_not_found"


async def test_a_replayed_letter_waits_for_its_consumer_again(
    database: Database, operated: operating.Operated
) -> None:
    await bury(database, thing(1).model_dump_json().encode())
    [letter] = (await operated.list_dead_letters(CALL, operating.ListDeadLetters())).letters
    await operated.replay_dead_letter(CALL, operating.ReplayDeadLetter(id=letter.id))
    assert len(await database.fetch("SELECT 1 FROM retries")) == 1
    assert (await operated.get_state(CALL, operating.GetState())).dead_letters == 0


async def test_letters_come_a_page_at_a_time(database: Database, operated: operating.Operated) -> None:
    for _ in range(5):
        await bury(database, b"{}")
    first = await operated.list_dead_letters(CALL, operating.ListDeadLetters(limit=3))
    rest = await operated.list_dead_letters(
        CALL, operating.ListDeadLetters(limit=3, after=first.letters[-1].id)
    )
    assert (len(first.letters), first.more, len(rest.letters), rest.more) == (3, True, 2, False)


def test_only_operators_may_settle_and_auditors_may_look(operated: operating.Operated) -> None:
    roles = {name: method.roles for name, method in operated.methods.items()}
    assert roles["get_state"] == roles["list_dead_letters"] == {Role.OPERATOR, Role.AUDITOR}
    assert roles["replay_dead_letter"] == roles["discard_dead_letter"] == {Role.OPERATOR}


def test_a_deep_letter_is_no_trap() -> None:
    assert dead_letters.masked(b"[" * 100_000) == "[100000 bytes]"
