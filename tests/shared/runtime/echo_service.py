"""A service of the tests: it answers, refuses, fails, waits, consumes and ticks."""

import asyncio
from typing import ClassVar

from pydantic import BaseModel, Field

from shared.database import Connection
from shared.errors import Refused
from shared.identity import Role
from shared.messaging.commands import command
from shared.messaging.envelope import Event
from shared.runtime import Call, Received, Runtime, consumes, rpc, timer
from shared.runtime.settings import Settings


class Ask(BaseModel):
    text: str = Field(max_length=20)
    seconds: float = 0


class Answer(BaseModel):
    text: str
    actor: str


class NumberDrawnV1(Event):
    event_type: ClassVar[str] = "cn.tongban.catalogue.number_drawn.v1"
    number: int


class EchoService:
    name = "catalogue"
    runtime = Runtime(Settings)

    async def ready(self) -> None:
        async with self.runtime.database.acquire() as connection:
            await connection.execute("CREATE TABLE IF NOT EXISTS effects (what text)")

    @rpc(Role.CLERK)
    async def echo(self, call: Call, request: Ask) -> Answer:
        await asyncio.sleep(request.seconds)
        return Answer(text=request.text, actor=call.actor.id)

    @rpc(Role.CLERK)
    async def refuse(self, call: Call, request: Ask) -> Answer:
        raise Refused(
            "conflict", "always_refused", "总是拒绝。", "Always refused.", facts={"text": request.text}
        )

    @rpc(Role.CLERK)
    async def fail(self, call: Call, request: Ask) -> Answer:
        raise ZeroDivisionError

    @rpc(Role.CLERK)
    async def leave(self, call: Call, request: Ask) -> Answer:
        raise SystemExit(3)

    @rpc(Role.CLERK)
    async def write_once(self, call: Call, request: Ask) -> Answer:
        assert call.command_id is not None

        async def write(connection: Connection) -> Answer:
            await connection.execute("INSERT INTO effects VALUES ($1)", request.text)
            await asyncio.sleep(request.seconds)
            return Answer(text=request.text, actor=call.actor.id)

        this = command(call.command_id, call.operation, request)
        return await self.runtime.commands.run_once(self.runtime.database, this, Answer, write)

    @consumes(NumberDrawnV1)
    async def on_number(self, connection: Connection, received: Received) -> None:
        await connection.execute("INSERT INTO effects VALUES ($1)", f"number {received.event.number}")

    @timer(seconds=0.1)
    async def tick(self) -> None:
        async with self.runtime.database.acquire() as connection:
            await connection.execute("INSERT INTO effects VALUES ('tick')")
