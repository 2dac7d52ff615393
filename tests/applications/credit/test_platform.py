"""The city's platform over real HTTP: right answers are believed, everything else is silence with a reason."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest

from services.applications.credit.platform import (
    LARGEST_ANSWER_BYTES,
    Breaker,
    HttpCreditSource,
    read_key,
)
from services.applications.credit.sources import Subject
from services.applications.domain.credit import CreditAnswer
from shared.privacy import BadKey
from tests.applications.credit.city import City, Reply, certificate, found, http, running
from tests.applications.credit.files import ZHANG_ID

AT = datetime(2026, 9, 18, 1, 30, tzinfo=UTC)
KEY = secrets.token_bytes(32)
ZHANG = Subject(uuid4(), "111", ZHANG_ID)
RECORD = {
    "record_id": "皖信〔2026〕12号",
    "kind": "dishonest_debtor",
    "list_item": "失信被执行人名单",
    "recorded_on": "2026-03-02",
}


@asynccontextmanager
async def asking(reply: Reply, **options: Any) -> AsyncIterator[tuple[HttpCreditSource, City]]:
    async with running(City(reply)) as city:
        source = HttpCreditSource(city.url, KEY, **({"timeout_seconds": 0.5} | options))
        try:
            yield source, city
        finally:
            await source.close()


async def answer_to(reply: Reply) -> CreditAnswer:
    async with asking(reply) as (source, _):
        return await source.ask(ZHANG, AT)


async def test_a_right_answer_is_taken_with_its_citations():
    async def reply(question: dict[str, Any]) -> bytes:
        grade = {"value": "D", "graded_on": "2026-06-01"}
        return http(found(question, records=[RECORD], grade=grade))

    answer = await answer_to(reply)
    assert (answer.answered, answer.fault, answer.queried_at) == (True, "", AT)
    assert (answer.grade, answer.graded_on) == ("D", date(2026, 6, 1))
    (record,) = answer.records
    assert (record.kind, record.list_item, record.recorded_on) == (
        "dishonest_debtor",
        "失信被执行人名单",
        date(2026, 3, 2),
    )
    assert (record.source, record.reference) == ("city_platform", "皖信〔2026〕12号")


async def test_nothing_on_record_is_an_answer():
    async def reply(question: dict[str, Any]) -> bytes:
        return http(found(question))

    answer = await answer_to(reply)
    assert answer.answered
    assert answer.records == ()
    assert answer.grade is None


async def test_a_repaired_record_counts_until_its_day():
    async def reply(question: dict[str, Any]) -> bytes:
        repaired = [RECORD | {"repaired_on": day} for day in ("2026-09-18", "2026-09-19", "2026-01-01")]
        return http(found(question, records=repaired))

    assert len((await answer_to(reply)).records) == 1


async def test_the_question_holds_the_certificate_only_and_is_signed():
    async def reply(question: dict[str, Any]) -> bytes:
        return http(found(question))

    async with asking(reply) as (source, city):
        await source.ask(ZHANG, AT)
        await source.ask(ZHANG, AT)
    first, second = city.questions
    assert first | {"query_id": ""} == {
        "version": 1,
        "query_id": "",
        "certificate_type": "111",
        "certificate_number": ZHANG_ID,
    }
    assert first["query_id"] != second["query_id"]
    head = city.heads[0]
    content = json.dumps(first, separators=(",", ":")).encode()
    signed = "\n".join(
        (
            "tongban",
            head["x-credit-timestamp"],
            head["x-credit-nonce"],
            hashlib.sha256(content).hexdigest(),
        )
    )
    expected = base64.b64encode(hmac.new(KEY, signed.encode(), hashlib.sha256).digest()).decode()
    # The headers of the test's server come in small letters.
    assert head["x-credit-signature"] == expected.lower()
    assert ZHANG_ID not in str(head)


async def silent(question: dict[str, Any]) -> bytes:
    await asyncio.sleep(5)
    return http(found(question))


async def huge(question: dict[str, Any]) -> bytes:
    return http(b" " * (LARGEST_ANSWER_BYTES + 1))


def always(answer: bytes) -> Reply:
    async def reply(_: dict[str, Any]) -> bytes:
        return answer

    return reply


def wrong(**fields: Any) -> Reply:
    async def reply(question: dict[str, Any]) -> bytes:
        return http(found(question, **fields))

    return reply


async def half(question: dict[str, Any]) -> bytes:
    return http(found(question))[:-5]


async def as_html(question: dict[str, Any]) -> bytes:
    return http(found(question), media_type="text/html")


async def packed(question: dict[str, Any]) -> bytes:
    return http(found(question), content_encoding="gzip")


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (silent, "timeout"),
        (huge, "too_large"),
        (half, "unreachable"),
        (as_html, "malformed"),
        (packed, "malformed"),
        (always(b"no HTTP at all\r\n\r\n"), "unreachable"),
        (always(b""), "unreachable"),
        (always(http({}, "500 Internal Server Error")), "failing"),
        (always(http({}, "503 Service Unavailable")), "failing"),
        (always(http({}, "401 Unauthorized")), "refused"),
        (always(http({}, "204 No Content")), "refused"),
        (always(http({}, "302 Found", location="http://127.0.0.1:1/elsewhere")), "redirected"),
        (always(http({}, "308 Permanent Redirect", location="/credit")), "redirected"),
        (always(http(b"{")), "malformed"),
        (always(http(b"\xff\xfe")), "malformed"),
        (always(http(b"[" * 50_000)), "malformed"),
        (always(http({})), "malformed"),
        (wrong(query_id=str(uuid4())), "answers_another_question"),
        (wrong(version=2), "malformed"),
        (wrong(records=None), "malformed"),
        (wrong(restrictions=["everything"]), "malformed"),
        (wrong(records=[RECORD | {"kind": "tax_arrears"}]), "malformed"),
        (wrong(records=[RECORD | {"recorded_on": 20260302}]), "malformed"),
        (wrong(records=[{**RECORD, "record_id": f"张三 {ZHANG_ID}"}]), "malformed"),
        (wrong(records=[RECORD] * 201), "malformed"),
        (wrong(grade={"value": "E", "graded_on": "2026-06-01"}), "malformed"),
        (wrong(as_of=None), "malformed"),
    ],
)
async def test_whatever_is_no_right_answer_is_silence_with_a_reason(reply: Reply, fault: str):
    answer = await answer_to(reply)
    assert (answer.answered, answer.fault) == (False, fault)
    assert answer.records == ()
    assert answer.grade is None


async def test_a_redirect_is_never_followed():
    async def elsewhere(question: dict[str, Any]) -> bytes:
        return http(found(question))

    async with running(City(elsewhere)) as other:
        await answer_to(always(http({}, "307 Temporary Redirect", location=other.url)))
        assert other.questions == []


async def test_the_time_limit_holds_for_an_answer_that_drips():
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n")
        try:
            for _ in range(100):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    source = HttpCreditSource(
        f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", KEY, timeout_seconds=0.4
    )
    started = perf_counter()
    answer = await source.ask(ZHANG, AT)
    took = perf_counter() - started
    await source.close()
    server.close()
    assert answer.fault == "timeout"
    assert took < 1.5


async def test_nobody_there_is_silence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused at once
        source = HttpCreditSource(f"http://127.0.0.1:{taken.getsockname()[1]}/", KEY)
        answer = await source.ask(ZHANG, AT)
        await source.close()
    assert answer.fault == "unreachable"


async def test_an_outage_slows_only_the_first_questions_and_ends_by_itself():
    away = True

    async def reply(question: dict[str, Any]) -> bytes:
        return http({}, "503 Service Unavailable") if away else http(found(question))

    async with asking(reply, breaker=Breaker(failures=3, pause_seconds=0.3)) as (source, city):
        faults = [(await source.ask(ZHANG, AT)).fault for _ in range(8)]
        assert faults == ["failing"] * 3 + ["cooling_down"] * 5
        assert len(city.questions) == 3
        await asyncio.sleep(0.35)
        # One question tries; the others of that moment do not wait for it.
        answers = await asyncio.gather(*(source.ask(ZHANG, AT) for _ in range(5)))
        assert sorted(answer.fault for answer in answers) == ["cooling_down"] * 4 + ["failing"]
        away = False
        await asyncio.sleep(0.35)
        assert (await source.ask(ZHANG, AT)).answered
        assert (await source.ask(ZHANG, AT)).answered


async def test_a_server_that_cannot_prove_who_it_is_is_told_nothing(tmp_path: Path):
    async def reply(question: dict[str, Any]) -> bytes:
        return http(found(question))

    public, context = certificate(tmp_path)
    async with running(City(reply), context) as city:
        stranger = HttpCreditSource(city.url, KEY)
        trusting = HttpCreditSource(city.url, KEY, ca_file=public)
        assert (await stranger.ask(ZHANG, AT)).fault == "unreachable"
        assert city.questions == []
        assert (await trusting.ask(ZHANG, AT)).answered
        # The name in the certificate is checked too.
        elsewhere = HttpCreditSource(city.url.replace("127.0.0.1", "localhost"), KEY, ca_file=public)
        assert (await elsewhere.ask(ZHANG, AT)).fault == "unreachable"
        for source in (stranger, trusting, elsewhere):
            await source.close()


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    async def reply(question: dict[str, Any]) -> bytes:
        return http(found(question))

    assert (await answer_to(reply)).answered


async def test_no_log_line_tells_about_whom_was_asked(caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    await answer_to(always(b"no HTTP"))
    assert ZHANG_ID not in caplog.text
    assert ZHANG_ID not in repr(ZHANG)


@pytest.mark.parametrize("content", [None, "", "short", base64.b64encode(b"x" * 16).decode(), "\xff"])
def test_a_key_that_is_no_key_stops_the_start(tmp_path: Path, content: str | None):
    if content is not None:
        (tmp_path / "credit-platform.key").write_text(content, encoding="latin-1")
    with pytest.raises(BadKey):
        read_key(tmp_path)


def test_the_key_is_read_from_the_secrets_folder(tmp_path: Path):
    (tmp_path / "credit-platform.key").write_text(base64.b64encode(KEY).decode() + "\n")
    assert read_key(tmp_path) == KEY
