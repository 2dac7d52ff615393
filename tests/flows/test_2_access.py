"""Every operation of the running API with every role, and with somebody else's case."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.demo.stage import Stage
from deploy.demo.visitors import Json, Visitor
from services.gateway import demo_accounts as people
from services.gateway.app import create_api
from services.gateway.demo_accounts import DemoAccount
from services.gateway.operations import Operation
from tests.flows.cases import case_of, kinds, submit_online
from tests.flows.conftest import Rows

EVERYBODY = (
    people.APPLICANT,
    people.CLERK,
    people.APPROVER,
    people.ORGAN_HEAD,
    people.KEEPER,
    people.SUPERVISOR,
    people.AUDITOR,
    people.OPERATOR,
    people.PROVINCE,
)
OF_A_ROLE = [operation for operation in create_api().operations if operation.who.roles]
OF_A_CASE = [operation for operation in OF_A_ROLE if "{case_id}" in operation.path]
# Who may see the cases of their own unit or of everybody; all others see their own.
SEES_MORE = ("counter", "approver", "operator")


@pytest.fixture
def stranger_case(stage: Stage) -> Json:
    """A case that belongs to nobody who asks below."""
    return case_of(stage, submit_online(stage, people.SECOND_APPLICANT)["case_id"])


def ask(visitor: Visitor, operation: Operation, case: Json | None = None) -> httpx.Response:
    """Call the operation with the example of the API document, for this case or for none that exists."""
    path = operation.path.replace("{case_id}", case["case_id"] if case else str(uuid4()))
    if case:
        voucher = case["documents"][0]["document_id"]
        paper = next(m["upload_id"] for m in case["check"]["materials"] if m["upload_id"])
        path = path.replace("{document_id}", voucher).replace("{upload_id}", paper)
    while "{" in path:
        path = path[: path.index("{")] + str(uuid4()) + path[path.index("}") + 1 :]
    version = case["version"] if case else 1
    request: dict[str, Any] = {
        "headers": {"idempotency-key": str(uuid4()), "if-match": f'"{version}"'},
    }
    if operation.body is not None:
        request["json"] = body_of(operation)
    return visitor.ask(operation.method, path, **request)


def body_of(operation: Operation) -> Json:
    """Something valid that needs no upload of the asker."""
    if operation.path.endswith("/materials"):
        return {"materials": [{"code": "A08-04", "form": "paper"}]}
    example = operation.example
    return dict(example) if isinstance(example, dict) else {}


@pytest.mark.parametrize("account", EVERYBODY, ids=lambda account: account.login)
def test_a_role_enters_its_own_rooms_only(stage: Stage, account: DemoAccount) -> None:
    visitor = stage.visitor(account)
    for operation in OF_A_ROLE:
        answer = ask(visitor, operation)
        if operation.who.roles.isdisjoint(account.roles):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), operation.id
        else:
            assert answer.status_code < 500, (operation.id, answer.text)
            assert answer.status_code not in (401, 403) or answer.json()["code"] != "forbidden", operation.id


def test_nobody_enters_without_signing_in(stage: Stage) -> None:
    for operation in OF_A_ROLE:
        assert ask(stage.passer_by, operation).status_code == 401, operation.id


@pytest.mark.parametrize("account", [people.DISCREDITED, people.PROVINCE], ids=lambda account: account.login)
def test_somebody_elses_case_is_answered_like_one_that_does_not_exist(
    stage: Stage, stranger_case: Json, account: DemoAccount
) -> None:
    visitor = stage.visitor(account)
    asked = [operation for operation in OF_A_CASE if not operation.who.roles.isdisjoint(account.roles)]
    assert asked
    for operation in asked:
        theirs, nobodys = ask(visitor, operation, stranger_case), ask(visitor, operation)
        assert theirs.status_code == nobodys.status_code, (operation.id, theirs.text)
        assert told_of(theirs) == told_of(nobodys), operation.id
        # A list of notices is empty for both; everything else is not found.
        assert theirs.status_code == 404 or theirs.json() == {"messages": [], "next_cursor": None}, (
            operation.id
        )
    after = case_of(stage, stranger_case["case_id"])
    assert after["version"] == stranger_case["version"]
    assert kinds(after) == kinds(stranger_case)


def told_of(answer: httpx.Response) -> Json:
    """The problem without the trace, which differs with every request."""
    problem: Json = answer.json()
    return {name: value for name, value in problem.items() if name != "traceId"}


def test_somebody_elses_upload_is_worth_nothing(stage: Stage, stranger_case: Json) -> None:
    upload = next(m["upload_id"] for m in stranger_case["check"]["materials"] if m["upload_id"])
    thief = stage.visitor(people.DISCREDITED)
    assert thief.ask("GET", f"/uploads/{upload}").status_code == 404
    assert thief.ask("GET", f"/uploads/{upload}/content").status_code == 404
    body = {
        "item_code": stage.item("A-08")["code"],
        "materials": [{"code": "A08-01", "form": "electronic", "upload_id": upload}],
    }
    thief.refused("/applicant/cases/check", body, code="upload_unknown")


def test_a_clerk_of_another_unit_sees_and_does_nothing(stage: Stage, stranger_case: Json, rows: Rows) -> None:
    """The account moves to another unit for as long as the test; nothing of its old unit is left to it."""
    clerk = people.SECOND_CLERK
    move = "UPDATE accounts SET unit = %s WHERE login = %s RETURNING unit"
    rows("gateway", move, "11341600MB0000000X", clerk.login)
    try:
        visitor = stage.visitor(clerk)
        asked = [operation for operation in OF_A_CASE if operation.tag == "counter"]
        for operation in asked:
            answer = ask(visitor, operation, stranger_case)
            assert answer.status_code == 404, (operation.id, answer.text)
        assert stranger_case["case_id"] not in {line["case_id"] for line in visitor.pages("/counter/desk")}
    finally:
        rows("gateway", move, people.UNIT, clerk.login)
    assert case_of(stage, stranger_case["case_id"])["version"] == stranger_case["version"]


def test_whoever_received_a_case_does_not_decide_it(stage: Stage, stranger_case: Json, rows: Rows) -> None:
    """The clerk who accepts is made an approver as well for as long as the test."""
    clerk = people.SECOND_CLERK
    grant = "UPDATE accounts SET roles = %s WHERE login = %s RETURNING roles"
    rows("gateway", grant, ["approver", "clerk"], clerk.login)
    try:
        both = stage.visitor(clerk)
        case_id = stranger_case["case_id"]
        accepted = both.post(f"/counter/cases/{case_id}/acceptance", version=stranger_case["version"])
        both.refused(
            f"/approver/cases/{case_id}/decision",
            {"result": "grant"},
            version=accepted["version"],
            code="separation_of_duties",
        )
    finally:
        rows("gateway", grant, ["clerk"], clerk.login)


def test_everybody_at_one_address_can_sign_in_at_the_same_time(stage: Stage) -> None:
    """A whole office shares one address: right passwords never stand in each other's way."""
    log = stage.home.log("gateway")
    with ThreadPoolExecutor(len(people.PEOPLE)) as pool:
        for _ in range(2):
            list(pool.map(lambda account: Visitor.signed_in(stage.http, log, account), people.PEOPLE))


def test_two_clerks_who_accept_at_the_same_moment_accept_once(stage: Stage, stranger_case: Json) -> None:
    path = f"/counter/cases/{stranger_case['case_id']}/acceptance"
    clerks = [stage.visitor(people.CLERK), stage.visitor(people.SECOND_CLERK)]

    def accept(clerk: Visitor) -> httpx.Response:
        headers = {"idempotency-key": str(uuid4()), "if-match": f'"{stranger_case["version"]}"'}
        return clerk.ask("POST", path, headers=headers)

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(answer.status_code for answer in pool.map(accept, clerks))
    assert answers == [200, 412]
    assert kinds(case_of(stage, stranger_case["case_id"])).count("acceptance_notice") == 1
