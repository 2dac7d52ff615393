"""Every operation with every role: whoever is not named gets 401 or 403 before any of its code runs."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.gateway.app import API_PREFIX, create_api
from services.gateway.openapi import document
from services.gateway.operations import Operation
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors

API = create_api()
ROLES = [role for role in Role if role is not Role.SYSTEM]
# Stated here a second time on purpose: a change of the table must be a change of this test.
ROOMS: dict[str, set[Role]] = {
    "/applicant/": {Role.APPLICANT},
    "/counter/": {Role.CLERK},
    "/approver/cases/{case_id}/parties": {Role.APPROVER},
    "/approver/cases/{case_id}/decision": {Role.APPROVER, Role.ORGAN_HEAD},
    "/approver/cases/{case_id}/documents/{document_id}/unmasked": {Role.APPROVER},
    "/approver/cases/{case_id}/documents/{document_id}/pdf": {Role.APPROVER},
    "/approver/cases/{case_id}/documents/{document_id}/reissue": {Role.APPROVER},
    "/approver/cases/{case_id}/site-checks": {Role.APPROVER},
    "/approver/cases/{case_id}/recusal-refusals": {Role.ORGAN_HEAD},
    "/approver/cases/{case_id}/interested-parties": {Role.APPROVER},
    "/approver/cases/{case_id}/statements": {Role.APPROVER},
    "/approver/cases/{case_id}/extension": {Role.ORGAN_HEAD},
    "/approver/cases/{case_id}/supply/confirmation": {Role.APPROVER},
    "/approver/cases/{case_id}/supply/fault": {Role.APPROVER},
    "/approver/cases/{case_id}/commitments/check": {Role.APPROVER},
    "/approver/cases/{case_id}/grant-before-completion": {Role.ORGAN_HEAD},
    "/approver/cases/{case_id}/recall/notice": {Role.ORGAN_HEAD},
    "/approver/cases/{case_id}/recall/decision": {Role.ORGAN_HEAD},
    "/approver/cases/{case_id}/recall/dropping": {Role.ORGAN_HEAD},
    "/approver/cases/{case_id}/licence-withdrawal": {Role.ORGAN_HEAD},
    "/approver/cases/{case_id}/licensee-hearing": {Role.APPROVER, Role.ORGAN_HEAD},
    "/approver/cases/{case_id}/licence": {Role.APPROVER},
    "/approver/cases/{case_id}/revocation": {Role.ORGAN_HEAD},
    "/approver/cases/{case_id}/non-revocation": {Role.ORGAN_HEAD},
    "/approver/decisions": {Role.APPROVER},
    "/approver/powers/done-for-me": {Role.APPROVER, Role.ORGAN_HEAD},
    "/approver/powers/": {Role.ORGAN_HEAD},
    "/approver/": {Role.APPROVER, Role.ORGAN_HEAD},
    "/province/": {Role.PROVINCE},
    "/operator/audit/": {Role.OPERATOR, Role.AUDITOR},
    "/operator/cases/{case_id}/process-record": {Role.AUDITOR},
    "/operator/dead-letters/{service}/": {Role.OPERATOR},
    "/operator/dead-letters/{service}": {Role.OPERATOR, Role.AUDITOR},
    "/operator/": {Role.OPERATOR},
    "/keeper/": {Role.KEEPER},
    "/supervisor/": {Role.SUPERVISOR},
    # A partner's program has a secret, which its keeper changes, and no password.
    "/account/password": {role for role in ROLES if role is not Role.PROVINCE},
}
SIGNED_IN = ("/uploads", "/sessions/current")


@pytest.fixture
def gateway_database(shared_database: str) -> str:
    return shared_database


def allowed(operation: Operation) -> set[Role] | None:
    """Who may use an operation by the test's own statement; None: anybody."""
    for prefix, roles in ROOMS.items():
        if operation.path.startswith(prefix):
            return roles
    return set(ROLES) if operation.path.startswith(SIGNED_IN) else None


def request_of(operation: Operation) -> dict[str, Any]:
    """A request that would be taken if the caller were allowed."""
    path = operation.path
    while "{" in path:
        path = path[: path.index("{")] + str(uuid4()) + path[path.index("}") + 1 :]
    headers = {"idempotency-key": str(uuid4()), "if-match": '"1"', "content-type": "application/json"}
    content = b""
    if operation.body is not None:
        content = json.dumps(operation.example if operation.example is not None else {}).encode()
    if operation.raw_body:
        headers["content-type"] = operation.raw_body[0]
    return {"method": operation.method, "url": API_PREFIX + path, "headers": headers, "content": content}


def named(operations: list[Operation]) -> list[Any]:
    return [pytest.param(operation, id=operation.id) for operation in operations]


def test_the_document_says_who_may_use_what() -> None:
    content = json.loads(document(API))
    for operation in API.operations:
        told = content["paths"][API_PREFIX + operation.path][operation.method.lower()]["x-roles"]
        expected = allowed(operation)
        if expected is None:
            assert told == ["*"], operation.id
        elif expected == set(ROLES):
            assert told == ["signed-in"], operation.id
        else:
            assert set(told) == {str(role) for role in expected}, operation.id


async def test_nobody_reaches_what_is_not_open_to_everybody(
    http: httpx.AsyncClient, services: ScriptedServices
) -> None:
    for operation in API.operations:
        if allowed(operation) is None:
            continue
        answer = await http.request(**request_of(operation))
        assert answer.status_code == 401, operation.id
        assert answer.json()["code"] == "unauthenticated"
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert services.calls == []


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_reaches_its_own_rooms_only(
    role: Role, http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    headers = await visitors.headers(role)
    for operation in API.operations:
        roles = allowed(operation)
        request = request_of(operation)
        request["headers"] |= headers
        before = len(services.calls)
        answer = await http.request(**request)
        if roles is not None and role not in roles:
            assert answer.status_code == 403, operation.id
            assert answer.json()["code"] == "forbidden"
            assert len(services.calls) == before
        else:
            assert answer.status_code not in (401, 403) or answer.json()["code"] == "sign_in_failed", (
                operation.id
            )
            assert answer.status_code < 500, (operation.id, answer.text)
        if operation.id == "identity_sign_out":
            headers = await visitors.headers(role)


@pytest.mark.parametrize("operation", named([o for o in API.operations if "{case_id}" in o.path]))
async def test_another_persons_case_is_answered_like_none(
    operation: Operation, http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    """The owning service judges by its data and says "not found"; the gateway adds and hides nothing."""
    roles = allowed(operation)
    assert roles is not None
    request = request_of(operation)
    request["headers"] |= await visitors.headers(next(iter(roles)))
    if "upload_unknown" in operation.problems:
        request["content"] = json.dumps({"materials": [{"code": "A01-01", "form": "paper"}]}).encode()
    answer = await http.request(**request)
    assert answer.status_code == 404, answer.text
    assert answer.json()["code"] == "case_not_found"
    assert services.calls[0].actor.roles <= frozenset(roles)


async def test_a_token_that_is_not_valid_is_refused_even_where_none_is_needed(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.get("/api/v1/catalogue/items", headers={"authorization": "Bearer made-up"})
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["www-authenticate"]
