"""The seal: a signature that validates, that a changed byte breaks, and a platform that may change nothing."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from pydantic import ValidationError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from services.documents import sealing
from services.documents.presses import Press
from services.documents.sealing import (
    LocalSeal,
    PlatformSeal,
    SealAway,
    Sealed,
    ToSeal,
    TrialSeal,
    check_sealed,
)
from services.documents.workshop import paper_of
from tests.documents.conftest import URL, a_document, documents_settings

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def unsealed(press: Press) -> ToSeal:
    """A document fresh from the press."""
    document = a_document()
    made = await press.print(paper_of(document, URL))
    return ToSeal(document.document_id, document.kind, document.number, document.organ, made.pdf)


def our_certificate(secrets_dir: Path) -> Certificate:
    certificate = load_pem_x509_certificate((secrets_dir / "seal.crt").read_bytes())
    return Certificate.load(certificate.public_bytes(Encoding.DER))


async def status_of(pdf: bytes, secrets_dir: Path) -> Any:
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=[our_certificate(secrets_dir)], allow_fetching=False)
    return await async_validate_pdf_signature(signature, context)


async def test_the_signature_is_whole_valid_and_trusted_under_our_certificate(
    unsealed: ToSeal, secrets_dir: Path
) -> None:
    sealed = await LocalSeal.from_secrets(secrets_dir).seal(unsealed)
    status = await status_of(sealed.pdf, secrets_dir)
    assert status.bottom_line
    assert status.trusted
    assert "本地试用签名（无法律效力）" in sealed.signed_by
    assert sealed.pdf.startswith(unsealed.pdf)
    await check_sealed(unsealed.pdf, sealed)


async def test_a_changed_byte_breaks_the_signature(unsealed: ToSeal, secrets_dir: Path) -> None:
    sealed = await LocalSeal.from_secrets(secrets_dir).seal(unsealed)
    changed = bytearray(sealed.pdf)
    changed[len(unsealed.pdf) // 2] ^= 1
    assert not (await status_of(bytes(changed), secrets_dir)).intact
    with pytest.raises(ValueError, match="begin"):
        await check_sealed(unsealed.pdf, Sealed(bytes(changed), ""))
    with pytest.raises(ValueError, match="hold"):
        await check_sealed(bytes(changed[: len(unsealed.pdf)]), Sealed(bytes(changed), ""))


async def test_what_was_added_after_the_signature_is_no_seal(unsealed: ToSeal, secrets_dir: Path) -> None:
    sealed = await LocalSeal.from_secrets(secrets_dir).seal(unsealed)
    with pytest.raises(ValueError):
        await check_sealed(unsealed.pdf, Sealed(sealed.pdf + b"\n% more", ""))
    with pytest.raises(ValueError, match="one signature"):
        await check_sealed(unsealed.pdf, Sealed(unsealed.pdf, ""))


class Platform:
    """A seal platform over real HTTP, which answers as a test tells it to."""

    def __init__(self, seal: LocalSeal) -> None:
        self.seal = seal
        self.asked: list[dict[str, str]] = []
        self.tokens: list[str | None] = []
        self.status = 200
        self.body: bytes | None = None
        self.pause = 0.0


@pytest.fixture
def platform(secrets_dir: Path) -> Iterator[tuple[Platform, str]]:
    told = Platform(LocalSeal.from_secrets(secrets_dir))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told.asked.append(asked)
            told.tokens.append(self.headers["authorization"])
            sleep(told.pause)
            pdf = base64.b64decode(asked["pdf"])
            to_seal = ToSeal(uuid4(), asked["kind"], asked["number"], asked["organ"], pdf)
            sealed = asyncio.run(told.seal.seal(to_seal))
            answer = {"pdf": base64.b64encode(sealed.pdf).decode(), "signed_by": "CN=省印章平台"}
            self.send_response(told.status)
            self.end_headers()
            self.wfile.write(told.body if told.body is not None else json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield told, f"http://127.0.0.1:{server.server_port}/seal"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_the_platform_seals_over_http(unsealed: ToSeal, platform: tuple[Platform, str]) -> None:
    told, url = platform
    sealed = await PlatformSeal(url, "secret", seconds=5).seal(unsealed)
    assert sealed.signed_by == "CN=省印章平台"
    assert told.tokens == ["Bearer secret"]
    assert {**told.asked[0], "pdf": ""} == {
        "document_id": str(unsealed.document_id),
        "kind": "acceptance_notice",
        "number": "亳人防许受〔2026〕12号",
        "organ": "亳州市国防动员办公室",
        "pdf": "",
    }


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (200, b"not json"),
        (200, b"[]"),
        (200, b'{"signed_by": "CN=x"}'),
        (200, b'{"pdf": "bm8gcGRm", "signed_by": "CN=x"}'),
        (302, b""),
    ],
)
async def test_anything_but_a_seal_that_holds_means_later(
    unsealed: ToSeal, platform: tuple[Platform, str], status: int, body: bytes
) -> None:
    told, url = platform
    told.status, told.body = status, body
    with pytest.raises(SealAway):
        await PlatformSeal(url, "secret", seconds=5).seal(unsealed)


async def test_a_platform_that_answers_too_late_or_not_at_all_is_away(
    unsealed: ToSeal, platform: tuple[Platform, str]
) -> None:
    told, url = platform
    told.pause = 0.6
    with pytest.raises(SealAway):
        await PlatformSeal(url, "secret", seconds=0.2).seal(unsealed)
    with pytest.raises(SealAway):
        await PlatformSeal("http://127.0.0.1:9/seal", "secret", seconds=1).seal(unsealed)


async def test_a_platform_that_sends_a_byte_at_a_time_is_away_when_the_time_is_up(unsealed: ToSeal) -> None:
    class Slow(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.02)

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Slow()))
    async with asyncio.timeout(3):
        with pytest.raises(SealAway):
            await PlatformSeal("http://seal.example/", "secret", seconds=0.3, transport=transport).seal(
                unsealed
            )


async def test_an_answer_that_does_not_end_fills_no_memory(
    unsealed: ToSeal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "LARGEST_ANSWER_BYTES", 4096)
    sent: list[int] = []

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                sent.append(1024)
                yield b" " * 1024

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Endless()))
    with pytest.raises(SealAway):
        await PlatformSeal("http://seal.example/", "secret", seconds=5, transport=transport).seal(unsealed)
    assert len(sent) == 5


async def test_a_proxy_of_the_environment_does_not_see_what_is_sealed(
    unsealed: ToSeal, platform: tuple[Platform, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    assert (await PlatformSeal(platform[1], "secret", seconds=5).seal(unsealed)).signed_by


async def test_production_signs_with_no_certificate_of_its_own_making(secrets_dir: Path) -> None:
    with pytest.raises(TrialSeal, match="self-signed"):
        LocalSeal.from_secrets(secrets_dir, trial=False)


@pytest.mark.parametrize("mode", ["local", "test"])
async def test_a_seal_platform_may_be_tried_in_the_clear(mode: str) -> None:
    url = "http://seal.example/seal"
    settings = documents_settings(mode=mode, seal_platform_url=url)
    assert settings.seal_platform_url == url


async def test_production_sends_nothing_to_a_seal_platform_in_the_clear() -> None:
    with pytest.raises(ValidationError, match="it must be an https address"):
        documents_settings(mode="production", seal_platform_url="http://seal.example/seal")
