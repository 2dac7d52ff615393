"""A command has one effect, also when two ways of carrying it out meet and when its contract has grown meanwhile."""

import uuid
from collections.abc import Callable

import pytest
from pydantic import BaseModel

from shared.database import Connection, Database
from shared.errors import Refused
from shared.messaging.commands import CommandLog, command
from shared.privacy import Keyring
from tests.shared.messaging.conftest import SERVICE


class Ask(BaseModel):
    text: str


class GrownAsk(Ask):
    """The same contract after an update: a field with a default."""

    remark: str = ""


class Answer(BaseModel):
    text: str


async def test_a_command_that_a_group_commit_carried_out_meanwhile_has_no_second_effect(
    database_for: Callable[[str], str],
) -> None:
    database = Database(database_for(SERVICE))
    await database.start()
    log = CommandLog(Keyring({"k1": bytes(range(32))}, "k1"))
    this = command(uuid.uuid4(), "catalogue.ask", Ask(text="a"))

    async def run(connection: Connection) -> Answer:
        await connection.execute("CREATE TABLE effect ()")
        async with database.transaction() as elsewhere:
            assert await log.record(elsewhere, [(this, Answer(text="first"))])
        return Answer(text="second")

    with pytest.raises(Refused, match="command_in_progress"):
        await log.run_once(database, this, Answer, run)
    assert (await database.fetch("SELECT to_regclass('effect')"))[0][0] is None
    assert (await log.run_once(database, this, Answer, run)).text == "first"
    await database.stop()


def test_a_request_repeated_across_an_update_is_the_same_request() -> None:
    command_id = uuid.uuid4()
    before, after = (
        command(command_id, "ask", ask) for ask in (Ask(text="a"), GrownAsk(text="a", remark=""))
    )
    assert before == after
    assert command(command_id, "ask", GrownAsk(text="a", remark="b")) != before
