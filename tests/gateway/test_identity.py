"""Accounts, sessions, throttling, resets and partners' programs, through the public API."""

import asyncio
import base64
import contextlib
import json
import re
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from services.gateway import examples
from services.gateway.demo_accounts import APPLICANT, CLERK, PROVINCE
from services.gateway.gateway import Gateway
from services.gateway.identity import throttle
from services.gateway.identity.sessions import digest_of
from services.gateway.identity.visitor import Session
from services.gateway.mail import Letter
from services.gateway.problems import Problem
from services.gateway.seed import seed
from services.gateway.settings import GatewaySettings
from services.gateway.visits import checked_form, csrf_token, current_visitor
from shared.identity import Role
from shared.testing.clock import Clock
from tests.gateway.conftest import ScriptedServices, Visitors

ACCOUNTS = "/api/v1/accounts"
SESSIONS = "/api/v1/sessions"
REGISTRATION: dict[str, Any] = examples.REGISTRATION


async def register(http: httpx.AsyncClient, **changes: object) -> httpx.Response:
    body = {key: value for key, value in {**REGISTRATION, **changes}.items() if value is not None}
    return await http.post(ACCOUNTS, json=body, headers={"idempotency-key": str(uuid4())})


async def sign_in(http: httpx.AsyncClient, login: str, password: str) -> httpx.Response:
    return await http.post(SESSIONS, json={"login": login, "password": password})


async def events(gateway: Gateway) -> list[dict[str, Any]]:
    rows = await gateway.database.fetch("SELECT body FROM outbox ORDER BY id")
    return [json.loads(row["body"]) for row in rows]


async def test_an_applicant_registers_and_is_shown_masked(http: httpx.AsyncClient, gateway: Gateway) -> None:
    answer = await register(http)
    account = answer.json()
    assert answer.status_code == 201
    assert account["roles"] == ["applicant"]
    assert account["verification"] == "local"
    assert (account["display_name"], account["mobile"]) == ("王**", "138****0001")
    assert REGISTRATION["certificate_number"] not in answer.text
    [event] = await events(gateway)
    assert event["type"] == "cn.tongban.gateway.account_changed.v1"
    assert event["data"]["change"] == "registered"
    assert "王小明" not in json.dumps(event, ensure_ascii=False)


async def test_nothing_personal_is_stored_readable(http: httpx.AsyncClient, gateway: Gateway) -> None:
    await register(http)
    [row] = await gateway.database.fetch("SELECT * FROM accounts")
    [remembered] = await gateway.database.fetch("SELECT * FROM commands")
    stored = repr(dict(row)) + repr(dict(remembered))
    for secret in (
        "王小明",
        "341602199001010012",
        "13856700001",
        "wang@example.com",
        REGISTRATION["password"],
    ):
        assert secret not in stored
    assert row["person_id"] == gateway.blind_index.person_id("111", "341602199001010012")


async def test_registering_again_with_the_same_key_answers_the_same(http: httpx.AsyncClient) -> None:
    key = {"idempotency-key": str(uuid4())}
    first, second = [await http.post(ACCOUNTS, json=REGISTRATION, headers=key) for _ in range(2)]
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    other = await http.post(ACCOUNTS, json={**REGISTRATION, "login": "another"}, headers=key)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (
            {"certificate_number": "341602198503120022", "login": REGISTRATION["login"]},
            "login_taken",
            "/login",
        ),
        ({"login": "somebody-else"}, "certificate_registered", "/certificate_number"),
    ],
)
async def test_a_login_and_a_certificate_belong_to_one_account(
    change: dict[str, str], code: str, pointer: str, http: httpx.AsyncClient
) -> None:
    await register(http)
    answer = await register(http, **change)
    assert answer.status_code == 409
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"certificate_number": "341602199001010011"}, "certificate_checksum"),
        ({"certificate_type": "USCC"}, "certificate_type_for_kind"),
        ({"mobile": "12345"}, "mobile_format"),
        ({"email": "not an address"}, "email_format"),
        ({"password": "short1"}, "string_too_short"),
        ({"password": "onlyletterswhatever"}, "password_too_simple"),
        ({"password": "xx13856700001xx"}, "password_contains_identity"),
        ({"login": "1starts-with-a-digit"}, "string_pattern_mismatch"),
        ({"name": "王*明"}, "masked_value"),
        ({"surprise": "field"}, "extra_forbidden"),
        ({"mobile": None}, "missing"),
    ],
)
async def test_a_bad_registration_says_what_is_wrong_in_both_languages(
    change: dict[str, Any], code: str, http: httpx.AsyncClient, gateway: Gateway
) -> None:
    answer = await register(http, **change)
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert error["code"] == code
    assert error["detail"]
    assert error["detail_en"]
    assert await gateway.database.fetch("SELECT 1 FROM accounts") == []


async def test_a_bearer_token_works_until_signed_out(http: httpx.AsyncClient, gateway: Gateway) -> None:
    await register(http)
    begun = await sign_in(http, REGISTRATION["login"].upper(), REGISTRATION["password"])
    assert begun.status_code == 201
    me = {"authorization": f"Bearer {begun.json()['access_token']}"}
    assert (await http.get(f"{SESSIONS}/current", headers=me)).json()["login"] == REGISTRATION["login"]
    assert (await http.delete(f"{SESSIONS}/current", headers=me)).status_code == 204
    assert (await http.get(f"{SESSIONS}/current", headers=me)).status_code == 401
    changes = [event["type"].split(".")[3] for event in await events(gateway)]
    assert changes == ["account_changed", "signed_in", "signed_out"]


async def test_a_token_is_stored_as_its_digest_only(visitors: Visitors, gateway: Gateway) -> None:
    token = await visitors.token(Role.CLERK)
    [row] = await gateway.database.fetch("SELECT * FROM sessions")
    assert row["token_sha256"] == digest_of(token)
    assert token not in repr(dict(row))


async def test_unknown_account_and_wrong_password_are_answered_alike(http: httpx.AsyncClient) -> None:
    await register(http)
    answers, seconds = [], []
    for login in (REGISTRATION["login"], "nobody-of-this-name"):
        started = perf_counter()
        answers.append(await sign_in(http, login, "wrong password 1"))
        seconds.append(perf_counter() - started)
    known, unknown = (answer.json() | {"traceId": ""} for answer in answers)
    assert known == unknown
    assert answers[0].status_code == answers[1].status_code == 401
    # Both check one hash; without that the unknown one would be faster by an order of magnitude.
    assert seconds[1] > seconds[0] / 5


async def test_guessing_slows_down_and_recovers(http: httpx.AsyncClient, clock: Clock) -> None:
    await register(http)
    login, password = REGISTRATION["login"], REGISTRATION["password"]
    answers = [(await sign_in(http, login, "wrong password 1")).status_code for _ in range(7)]
    assert answers == [401] * 6 + [429]
    blocked = await sign_in(http, login, password)
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["retry-after"]) <= 30
    clock.move(seconds=31)
    assert (await sign_in(http, login, password)).status_code == 201
    assert (await sign_in(http, login, "wrong password 1")).status_code == 401


async def test_guesses_at_once_gain_nothing(http: httpx.AsyncClient) -> None:
    await register(http)
    tries = [sign_in(http, REGISTRATION["login"], f"wrong password {n}") for n in range(20)]
    answers = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert answers.count(401) <= 6
    assert set(answers) <= {401, 429}


async def test_a_session_ends_by_itself(http: httpx.AsyncClient, visitors: Visitors, clock: Clock) -> None:
    me = await visitors.headers(Role.CLERK)
    assert (await http.get(f"{SESSIONS}/current", headers=me)).status_code == 200
    clock.move(minutes=61)
    assert (await http.get(f"{SESSIONS}/current", headers=me)).status_code == 401


async def test_a_changed_password_ends_every_session(http: httpx.AsyncClient) -> None:
    await register(http)
    login, password = REGISTRATION["login"], REGISTRATION["password"]
    tokens = [(await sign_in(http, login, password)).json()["access_token"] for _ in range(2)]
    first, second = ({"authorization": f"Bearer {token}"} for token in tokens)
    wrong = {"present_password": "not this one 1", "new_password": "a better 1 indeed"}
    assert (await http.post("/api/v1/account/password", json=wrong, headers=first)).status_code == 422
    right = wrong | {"present_password": password}
    assert (await http.post("/api/v1/account/password", json=right, headers=first)).status_code == 204
    for headers in (first, second):
        assert (await http.get(f"{SESSIONS}/current", headers=headers)).status_code == 401
    assert (await sign_in(http, login, password)).status_code == 401
    assert (await sign_in(http, login, right["new_password"])).status_code == 201


async def reset_token(gateway: Gateway) -> str:
    [row] = await gateway.database.fetch("SELECT id, letter FROM mail_queue")
    sealed: bytes = row["letter"]
    assert b"wang@example.com" not in sealed
    letter = Letter.model_validate_json(
        gateway.mail._keyring.decrypt(sealed, context=f"mail_queue:{row['id']}")
    )
    assert letter.recipient == REGISTRATION["email"]
    found = re.search(r"http://tongban\.test/password-reset\?token=([0-9A-Za-z_-]+)", letter.text)
    assert found
    return found.group(1)


async def test_a_forgotten_password_is_reset_by_mail_once(http: httpx.AsyncClient, gateway: Gateway) -> None:
    await register(http)
    old = (await sign_in(http, REGISTRATION["login"], REGISTRATION["password"])).json()["access_token"]
    asked = await http.post("/api/v1/password-resets", json={"login": REGISTRATION["login"]})
    unknown = await http.post("/api/v1/password-resets", json={"login": "nobody-of-this-name"})
    assert asked.status_code == unknown.status_code == 202
    assert asked.json() == unknown.json()
    body = {"token": await reset_token(gateway), "new_password": "a better 1 indeed"}
    done = [await http.post("/api/v1/password-resets/completion", json=body) for _ in range(2)]
    assert [answer.status_code for answer in done] == [204, 410]
    assert (
        await http.get(f"{SESSIONS}/current", headers={"authorization": f"Bearer {old}"})
    ).status_code == 401
    assert (await sign_in(http, REGISTRATION["login"], body["new_password"])).status_code == 201


async def test_a_reset_link_is_good_for_half_an_hour(
    http: httpx.AsyncClient, gateway: Gateway, clock: Clock
) -> None:
    await register(http)
    await http.post("/api/v1/password-resets", json={"login": REGISTRATION["login"]})
    token = await reset_token(gateway)
    clock.move(minutes=31)
    body = {"token": token, "new_password": "a better 1 indeed"}
    answer = await http.post("/api/v1/password-resets/completion", json=body)
    assert answer.status_code == 410
    assert answer.json()["code"] == "reset_token_invalid"


async def test_a_program_gets_a_token_by_form_or_by_basic(http: httpx.AsyncClient, gateway: Gateway) -> None:
    await seed(gateway.database, gateway.identities, gateway.passwords)
    basic = base64.b64encode(f"{PROVINCE.login}:{PROVINCE.password}".encode()).decode()
    form = {"grant_type": "client_credentials"}
    credentials = {"client_id": PROVINCE.login, "client_secret": PROVINCE.password}
    for answer in (
        await http.post("/api/v1/oauth/token", data={**form, **credentials}),
        await http.post("/api/v1/oauth/token", data=form, headers={"authorization": f"Basic {basic}"}),
    ):
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        token = answer.json()["access_token"]
        page = await http.get("/api/v1/province/events", headers={"authorization": f"Bearer {token}"})
        assert page.status_code == 200


async def test_the_workers_of_a_program_may_ask_at_once(http: httpx.AsyncClient, gateway: Gateway) -> None:
    await seed(gateway.database, gateway.identities, gateway.passwords)
    form = {
        "grant_type": "client_credentials",
        "client_id": PROVINCE.login,
        "client_secret": PROVINCE.password,
    }
    asked = [http.post("/api/v1/oauth/token", data=form) for _ in range(12)]
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": "x"}, 400, "invalid_request"),
        ({}, 400, "invalid_request"),
    ],
)
async def test_a_refused_program_is_told_in_the_words_of_oauth(
    form: dict[str, str], status: int, error: str, http: httpx.AsyncClient
) -> None:
    answer = await http.post(
        "/api/v1/oauth/token", data=form, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"] == error
    assert answer.json()["type"].startswith("/problems/")


async def test_seeding_twice_makes_everybody_once(http: httpx.AsyncClient, gateway: Gateway) -> None:
    first = await seed(gateway.database, gateway.identities, gateway.passwords)
    second = await seed(gateway.database, gateway.identities, gateway.passwords)
    assert (first, second) == (14, 0)
    for account, unit in ((APPLICANT, None), (CLERK, "11341600762764234C")):
        answer = await sign_in(http, account.login, account.password)
        assert answer.json()["account"]["unit"] == unit


async def test_a_cookie_acts_only_with_its_pages_token(
    http: httpx.AsyncClient, visitors: Visitors, gateway: Gateway
) -> None:
    token = await visitors.token(Role.CLERK, kind=Session.COOKIE)
    http.cookies.set("tongban_session", token)
    assert (await http.get(f"{SESSIONS}/current")).status_code == 200
    refused = await http.delete(f"{SESSIONS}/current")
    assert refused.status_code == 403
    assert refused.json()["code"] == "csrf_token_invalid"
    csrf = gateway.csrf.token(digest_of(token))
    assert (await http.delete(f"{SESSIONS}/current", headers={"x-csrf-token": csrf})).status_code == 204
    assert (await http.get(f"{SESSIONS}/current")).status_code == 401


async def test_a_cookies_token_is_no_bearer_token(http: httpx.AsyncClient, visitors: Visitors) -> None:
    token = await visitors.token(Role.CLERK, kind=Session.COOKIE)
    answer = await http.get(f"{SESSIONS}/current", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    http.cookies.set("tongban_session", await visitors.token(Role.CLERK))
    assert (await http.get(f"{SESSIONS}/current")).status_code == 401


async def test_an_idle_browser_is_signed_out(
    http: httpx.AsyncClient, visitors: Visitors, clock: Clock
) -> None:
    http.cookies.set("tongban_session", await visitors.token(Role.CLERK, kind=Session.COOKIE))
    assert (await http.get(f"{SESSIONS}/current")).status_code == 200
    clock.move(hours=3)
    assert (await http.get(f"{SESSIONS}/current")).status_code == 401


async def test_a_page_before_sign_in_has_a_form_only_its_browser_can_send(
    app: FastAPI, http: httpx.AsyncClient
) -> None:
    @app.get("/form")
    async def show(request: Request) -> Response:
        assert not (await current_visitor(request)).signed_in
        return HTMLResponse(await csrf_token(request))

    @app.post("/form")
    async def take(request: Request) -> Response:
        form = await checked_form(request)
        return HTMLResponse(str(form["name"]))

    shown = await http.get("/form")
    assert "HttpOnly" in shown.headers["set-cookie"]
    assert (await http.post("/form", data={"name": "a", "csrf_token": shown.text})).text == "a"
    assert (await http.post("/form", data={"name": "a", "csrf_token": "made up"})).status_code == 403
    http.cookies.clear()
    assert (await http.post("/form", data={"name": "a", "csrf_token": shown.text})).status_code == 403


async def test_what_ended_is_swept_away(gateway: Gateway, visitors: Visitors, clock: Clock) -> None:
    await visitors.token(Role.CLERK)
    clock.move(days=2)
    await gateway.sessions.sweep()
    assert await gateway.database.fetch("SELECT 1 FROM sessions") == []


async def test_counts_of_tries_that_are_long_over_are_deleted_and_a_running_block_is_kept(
    gateway: Gateway, clock: Clock
) -> None:
    for _ in range(8):
        with contextlib.suppress(Problem):
            await gateway.throttle.count(throttle.LOOKUP, "203.0.113.9")
    await gateway.throttle.sweep()
    assert len(await gateway.database.fetch("SELECT key FROM attempts")) == 1
    clock.move(hours=2)
    await gateway.throttle.sweep()
    assert await gateway.database.fetch("SELECT key FROM attempts") == []


async def test_another_address_of_the_same_network_guesses_no_more(app: FastAPI) -> None:
    async def guess(address: str) -> int:
        transport = httpx.ASGITransport(app=app, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://tongban.test") as client:
            return (await sign_in(client, "somebody", "wrong-password-1")).status_code

    guesses = [await guess(f"2001:db8:1:2::{number:x}") for number in range(8)]
    assert guesses == [401] * 6 + [429] * 2
    assert [await guess("2001:db8:1:3::1"), await guess("203.0.113.1")] == [401, 401]
    assert [await guess(f"::ffff:203.0.113.{number}") for number in range(2, 10)] == [401] * 8


async def test_in_production_nobody_registers_by_a_number_alone(
    gateway_settings: GatewaySettings, http: httpx.AsyncClient, gateway: Gateway
) -> None:
    production = gateway_settings.model_copy(update={"mode": "production"})
    gateway.verifier = Gateway(production, caller=ScriptedServices()).verifier
    answer = await register(http)
    assert (answer.status_code, answer.json()["code"]) == (403, "identity_cannot_be_verified")
    assert await gateway.database.fetch("SELECT 1 FROM accounts") == []
