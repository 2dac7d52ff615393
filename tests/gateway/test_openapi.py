"""The API document is valid, its examples are taken, and the API keeps to it whatever is sent."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, assume, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from services.gateway.app import API_PREFIX, create_api, create_app
from services.gateway.gateway import Gateway
from services.gateway.openapi import document
from services.gateway.operations import Operation
from services.gateway.settings import GatewaySettings
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors
from tests.gateway.written_examples import answers

API = create_api()


def test_the_document_is_valid_openapi() -> None:
    content = json.loads(document(API))
    assert content["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(content).validate()
    assert {f"{API_PREFIX}{operation.path}" for operation in API.operations} == set(content["paths"])


@pytest.mark.parametrize("operation", [one for one in API.operations if one.body], ids=lambda one: one.id)
def test_every_body_has_an_example_that_is_taken(operation: Operation) -> None:
    assert operation.body is not None
    assert operation.example is not None
    operation.body.model_validate_json(json.dumps(operation.example))


@pytest.mark.parametrize("operation", API.operations, ids=lambda one: one.id)
def test_every_operation_documents_its_problems(operation: Operation) -> None:
    responses = json.loads(document(API))["paths"][API_PREFIX + operation.path][operation.method.lower()][
        "responses"
    ]
    assert "503" in responses
    if not operation.who.anybody:
        assert {"401", "403"} <= set(responses)
    if operation.conditional:
        assert {"412", "428"} <= set(responses)
    for status, response in responses.items():
        if int(status) >= 400:
            assert "application/problem+json" in response["content"]


async def test_the_page_needs_nothing_from_elsewhere(http: httpx.AsyncClient) -> None:
    page = await http.get("/api/docs")
    assert page.status_code == 200
    for name in ("docs.js", "docs.css", "openapi.json"):
        answer = await http.get(f"/api/{name}")
        assert answer.status_code == 200
        assert "http://" not in page.text + (answer.text if name.startswith("docs") else "")
        assert "https://" not in page.text + (answer.text if name.startswith("docs") else "")


class Served:
    """A gateway on a real port, in a thread of its own, with a token for every role."""

    def __init__(self, gateway_settings: GatewaySettings) -> None:
        self._settings = gateway_settings
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.tokens: dict[str, str] = {}
        self.faults: list[str] = []

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(20)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)

    async def _serve(self) -> None:
        gateway = Gateway(self._settings, caller=ScriptedServices(answers=dict(answers())))
        app: FastAPI = create_app(self._settings, gateway=gateway)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", ws="none")
        self._server = uvicorn.Server(config)
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            await asyncio.sleep(0.01)
        visitors = Visitors(gateway)
        for role in Role:
            if role is not Role.SYSTEM:
                self.tokens[role] = await visitors.token(role)
        self._ready.set()
        await serving

    def authorization(self, roles: list[str]) -> dict[str, str]:
        """The headers of somebody who may use the operation."""
        if roles == ["*"]:
            return {}
        role = Role.APPLICANT if roles == ["signed-in"] else roles[0]
        return {"authorization": f"Bearer {self.tokens[role]}"}


@pytest.fixture(scope="module")
def served(
    shared_database: str, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    served = Served(
        GatewaySettings(
            mode="test",
            secrets_dir=secrets_dir,
            database_url=shared_database,
            amqp_url="amqp://nobody:nothing@127.0.0.1:1/",
            private_port=0,
            blobs_dir=tmp_path_factory.mktemp("blobs"),
            public_url="http://tongban.test",
        )
    )
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def api_schema(served: Served) -> Any:
    # A text longer than its field allows may make a body longer than any allows, which is refused before it is read.
    refused = {"expected-statuses": [*REFUSALS, "413"]}
    config = schemathesis.Config.from_dict(
        {"generation": {"codec": "utf-8"}, "checks": {"negative_data_rejection": refused}}
    )
    return schemathesis.openapi.from_url(f"{served.url}/api/openapi.json", config=config)


# How a call that is malformed may be answered.
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429"]
# That a call without a token is refused, test_access.py asks of every operation; this library asks with the token on.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
]


def _has_space_around_a_text(body: object) -> bool:
    """What stands around a text is taken off before it is measured, so it may be longer as sent than it is allowed."""
    if isinstance(body, str):
        return body != body.strip()
    if isinstance(body, dict):
        return any(map(_has_space_around_a_text, body.values()))
    return isinstance(body, list) and any(map(_has_space_around_a_text, body))


# Its end would end the session of everybody after it.
TRIED = [one.id for one in API.operations if one.id != "identity_sign_out"]


@pytest.mark.parametrize("operation_id", TRIED)
def test_whatever_is_sent_the_api_keeps_to_its_document(
    operation_id: str, api_schema: Any, served: Served
) -> None:
    """Statuses, media types, headers and bodies are those of the document; malformed input is never taken."""
    operation = api_schema.find_operation_by_id(operation_id)
    roles = operation.definition.raw["x-roles"]

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        case.call_and_validate(headers=served.authorization(roles), timeout=20, checks=CHECKS)

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
    def send_wrongly(case: Any) -> None:
        assume(not _has_space_around_a_text(case.body))
        case.call_and_validate(headers=served.authorization(roles), timeout=20, checks=CHECKS)

    send()
    # Of an operation that asks for nothing and nobody there is nothing to send wrongly.
    if any(operation.definition.raw.get(part) for part in ("parameters", "requestBody", "security")):
        send_wrongly()
