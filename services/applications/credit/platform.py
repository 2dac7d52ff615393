"""The city's credit platform over HTTPS: asked within a time limit, believed only when the answer is exactly right.

An outage must not slow each submission, so after a few failures in a row nobody is asked for a while; then one question
tries again.  Whatever goes wrong becomes an answer that says `answered=False` and why (`fault`), never an exception.
"""

import asyncio
import base64
import hashlib
import hmac
import logging
import ssl
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

import httpx
from pydantic import ValidationError

from services.applications import metrics
from services.applications.credit.sources import Subject
from services.applications.credit.wire import Found, FoundRecord, Question
from services.applications.domain.credit import CreditAnswer, CreditRecord
from shared import time
from shared.privacy import BadKey

log = logging.getLogger(__name__)

NAME = "city_platform"
LARGEST_ANSWER_BYTES = 64 * 1024
KEY_FILE = "credit-platform.key"
KEY_BYTES = 32


class Breaker:
    """Stops asking after so many failures in a row, and lets one question through after each pause."""

    def __init__(self, failures: int = 3, pause_seconds: float = 30.0) -> None:
        self._most = failures
        self._pause = pause_seconds
        self._failures = 0
        self._again_at = 0.0

    def allows(self) -> bool:
        """Whether to ask now; whoever is allowed during an outage is the one that tries."""
        if self._failures < self._most:
            return True
        if monotonic() < self._again_at:
            return False
        self._again_at = monotonic() + self._pause
        return True

    def note(self, *, answered: bool) -> None:
        """Take in how a question ended."""
        self._failures = 0 if answered else self._failures + 1
        if self._failures == self._most:
            self._again_at = monotonic() + self._pause


class HttpCreditSource:
    """Asks the city's platform about one person at a time."""

    name = NAME

    def __init__(
        self,
        url: str,
        key: bytes,
        *,
        client_id: str = "tongban",
        timeout_seconds: float = 2.0,
        ca_file: Path | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self._url = url
        self._key = key
        self._client_id = client_id
        self._timeout = timeout_seconds
        self._breaker = breaker or Breaker()
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        # Nothing of the process's environment (a proxy, a netrc) may redirect what is asked about people.
        self._http = httpx.AsyncClient(
            verify=context,
            follow_redirects=False,
            trust_env=False,
            timeout=timeout_seconds,
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=4),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(self, subject: Subject, at: datetime) -> CreditAnswer:
        """What the platform has on record, or why it has not said so."""
        if not self._breaker.allows():
            answer = self._silence(at, "cooling_down")
        else:
            answer = await self._try(subject, at)
            self._breaker.note(answered=answer.answered)
        metrics.record_credit_query(self.name, answer.fault or "answered")
        return answer

    async def _try(self, subject: Subject, at: datetime) -> CreditAnswer:
        question = Question(
            query_id=uuid4(),
            certificate_type=subject.certificate_type,
            certificate_number=subject.certificate_number,
        )
        try:
            # The limit holds for the whole exchange: a server that sends a byte a second is away too.
            async with asyncio.timeout(self._timeout):
                body = await self._exchange(question)
            return self._understood(body, question.query_id, at)
        except (TimeoutError, httpx.TimeoutException):
            return self._silence(at, "timeout")
        except _Unusable as unusable:
            return self._silence(at, unusable.fault)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            # The address and the question stay out of the log: the class of the failure says enough.
            log.warning("credit_platform_away error=%s", type(error).__name__)
            return self._silence(at, "unreachable")

    async def _exchange(self, question: Question) -> bytes:
        content = question.model_dump_json().encode()
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            # Compressed answers could be small on the wire and huge in memory.
            "accept-encoding": "identity",
            **signature_headers(self._key, self._client_id, content, time.now(), uuid4()),
        }
        async with self._http.stream("POST", self._url, content=content, headers=headers) as response:
            _require_usable(response)
            return await _read(response)

    def _understood(self, body: bytes, query_id: UUID, at: datetime) -> CreditAnswer:
        try:
            found = Found.model_validate_json(body, strict=True)
        except ValidationError:
            raise _Unusable("malformed") from None
        if found.query_id != query_id:
            raise _Unusable("answers_another_question")
        on = time.shanghai(at).date()
        return CreditAnswer(
            self.name,
            at,
            # 信用修复 restores eligibility from its date (§8.1).
            records=tuple(
                _record(record)
                for record in found.records
                if record.repaired_on is None or record.repaired_on > on
            ),
            grade=found.grade.value if found.grade else None,
            graded_on=found.grade.graded_on if found.grade else None,
        )

    def _silence(self, at: datetime, fault: str) -> CreditAnswer:
        return CreditAnswer(self.name, at, answered=False, fault=fault)


class _Unusable(Exception):
    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def _record(record: FoundRecord) -> CreditRecord:
    return CreditRecord(record.kind, record.list_item, record.recorded_on, NAME, record.record_id)


def _require_usable(response: httpx.Response) -> None:
    if response.is_redirect:
        raise _Unusable("redirected")
    if response.status_code != 200:
        raise _Unusable("refused" if response.status_code < 500 else "failing")
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" or "content-encoding" in response.headers:
        raise _Unusable("malformed")


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LARGEST_ANSWER_BYTES:
            raise _Unusable("too_large")
    return bytes(body)


def signature_headers(
    key: bytes, client_id: str, content: bytes, at: datetime, nonce: UUID
) -> Mapping[str, str]:
    """Who asks, and that nobody changed or repeated the question: HMAC-SHA256, the key itself never travels."""
    timestamp = str(int(at.timestamp()))
    digest = hashlib.sha256(content).hexdigest()
    signed = f"{client_id}\n{timestamp}\n{nonce.hex}\n{digest}".encode()
    return {
        "x-credit-client": client_id,
        "x-credit-timestamp": timestamp,
        "x-credit-nonce": nonce.hex,
        "x-credit-signature": base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode(),
    }


def read_key(secrets_dir: Path) -> bytes:
    """The key that the platform gave us; a process that has the address but no key cannot start."""
    path = secrets_dir / KEY_FILE
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError) as error:
        raise BadKey(f"{KEY_FILE} is not in the secrets folder or is no base64") from error
    if len(key) < KEY_BYTES:
        raise BadKey(f"{KEY_FILE} has not {KEY_BYTES} bytes")
    return key
