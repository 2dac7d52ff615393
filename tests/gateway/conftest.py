"""A gateway on a real database, with the other services played by a script: what they answer is theirs to test."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from services.gateway.app import create_app
from services.gateway.gateway import Gateway
from services.gateway.identity.sessions import Begun
from services.gateway.identity.store import NewAccount
from services.gateway.identity.visitor import Session
from services.gateway.settings import GatewaySettings
from shared import time
from shared.errors import Refused
from shared.identity import Actor, Role
from shared.testing.actors import UNIT
from shared.testing.databases import Databases


@dataclass(frozen=True)
class Call:
    """One call that the gateway made."""

    service: str
    method: str
    request: BaseModel
    actor: Actor
    command_id: UUID | None
    traceparent: str | None


@dataclass
class ScriptedServices:
    """Plays the services: gives the answer laid down for a method, and says "not found" to everything else."""

    answers: dict[str, BaseModel | Exception] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    async def call(
        self,
        service: str,
        method: str,
        request: BaseModel,
        reply_model: type[Any],
        *,
        actor: Actor,
        command_id: UUID | None = None,
        timeout_seconds: float = 10.0,
        traceparent: str | None = None,
    ) -> Any:
        # Whatever is sent must be readable on the other side.
        type(request).model_validate_json(request.model_dump_json())
        self.calls.append(Call(service, method, request, actor, command_id, traceparent))
        answer = self.answers.get(method)
        if answer is None:
            raise Refused("not_found", "case_not_found", "没有这个办件。", "There is no such case.")
        if isinstance(answer, Exception):
            raise answer
        return answer


class Visitors:
    """Makes people and programs with a session."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def token(self, role: Role, *, kind: Session = Session.BEARER) -> str:
        """A bearer (or cookie) token of somebody new in this role."""
        return (await self.begin(role, kind=kind)).token

    async def begin(self, role: Role, *, kind: Session = Session.BEARER, login: str | None = None) -> Begun:
        """A session of somebody new in this role."""
        async with self._gateway.database.transaction() as connection:
            if role is Role.PROVINCE:
                client_id = login or f"client-{uuid4().hex[:8]}"
                await connection.execute(
                    "INSERT INTO clients (client_id, name, secret_hash, roles, created_at) VALUES ($1,$1,'-',$2,$3)",
                    client_id,
                    [role],
                    time.now(),
                )
                return await self._gateway.sessions.begin(connection, Session.CLIENT, client_id=client_id)
            account = _account(role, login)
            await self._gateway.identities.add(connection, account, time.now())
            return await self._gateway.sessions.begin(connection, kind, account_id=account.id)

    async def headers(self, role: Role) -> dict[str, str]:
        """The headers with which somebody in this role calls."""
        return {"authorization": f"Bearer {await self.token(role)}"}


def _account(role: Role, login: str | None) -> NewAccount:
    applicant = role is Role.APPLICANT
    identifier = uuid4()
    return NewAccount(
        id=identifier,
        kind="applicant" if applicant else "staff",
        login=login or f"{role}-{identifier.hex[:8]}",
        roles=frozenset({role}),
        password_hash="-",
        display_name="王小明",
        unit=None if applicant else UNIT,
        certificate_type="990" if applicant else None,
        certificate_number=identifier.hex[:20].upper() if applicant else None,
        verification="local" if applicant else None,
        mobile="13856700001" if applicant else None,
        email="wang@example.com" if applicant else None,
    )


@pytest.fixture
def services() -> ScriptedServices:
    return ScriptedServices()


@pytest.fixture
def gateway_database(database_for: Callable[[str], str]) -> str:
    """An empty database; a module whose tests do not mind each other's rows may share one."""
    return database_for("gateway")


@pytest.fixture(scope="module")
def shared_database(databases: Databases) -> Iterator[str]:
    """One database for the tests of a module."""
    url = databases.fresh("gateway")
    yield url
    databases.drop(url)


@pytest.fixture
def gateway_settings(gateway_database: str, secrets_dir: Path, tmp_path: Path) -> GatewaySettings:
    return GatewaySettings(
        mode="test",
        secrets_dir=secrets_dir,
        database_url=gateway_database,
        amqp_url="amqp://nobody:nothing@127.0.0.1:1/",
        private_port=0,
        blobs_dir=tmp_path / "blobs",
        public_url="http://tongban.test",
    )


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings, services: ScriptedServices) -> AsyncIterator[Gateway]:
    gateway = Gateway(gateway_settings, caller=services)
    await gateway.start()
    yield gateway
    await gateway.stop()


@pytest.fixture
def app(gateway_settings: GatewaySettings, gateway: Gateway) -> FastAPI:
    return create_app(gateway_settings, gateway=gateway)


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the public port; whatever the gateway raises comes out as an answer, as it would over a socket."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("203.0.113.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://tongban.test") as client:
        yield client


@pytest.fixture
def visitors(gateway: Gateway) -> Visitors:
    return Visitors(gateway)


@pytest.fixture
def key() -> dict[str, str]:
    """A fresh Idempotency-Key."""
    return {"idempotency-key": str(uuid4())}
