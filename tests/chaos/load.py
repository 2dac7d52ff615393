"""The world outside: applicants, the provincial platform and a clerk, who repeat a request until they know its answer.

As a real client does, each repeats with the same idempotency key.  A partner follows the feed by cursor all the while.
"""

import asyncio
import itertools
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from time import monotonic
from typing import Any

import httpx

from services.gateway.demo_accounts import CLERK, PROVINCE, DemoAccount
from tests.chaos.people import (
    ONLINE_APPLICANTS,
    Json,
    certificate_numbers,
    online_case,
    provincial_case,
)

WORKERS = 8
# Each worker begins so often at most: eight of them are a modest, steady load.
SECONDS_BETWEEN_SUBMISSIONS = 0.2
PAUSE_BEFORE_REPEATING_SECONDS = 0.25
PATIENCE_SECONDS = 60.0
FEED_PAGE = 200
FEED_PAUSE_SECONDS = 0.3


@dataclass(slots=True)
class Sent:
    """One application that somebody sent, and what they were told about it."""

    external_no: str | None
    by_mail: bool
    body: Json
    key: str
    path: str
    begun: float
    receipt: Json = field(default_factory=dict)
    acknowledged: float = 0.0
    # The state after what was asked for next, when that was acknowledged.
    next_state: str | None = None

    @property
    def case_id(self) -> str:
        """The case, as the receipt names it."""
        return str(self.receipt["case_id"])


class Client:
    """Sends with one token, and repeats under the same key until there is an answer."""

    def __init__(self, http: httpx.AsyncClient, token: str, answers: Counter[str]) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {token}"}
        self._answers = answers

    @classmethod
    async def person(cls, http: httpx.AsyncClient, who: DemoAccount, answers: Counter[str]) -> "Client":
        """Somebody who signs in with login and password."""
        reply = await http.post("/sessions", json={"login": who.login, "password": who.password})
        return cls(http, reply.raise_for_status().json()["access_token"], answers)

    @classmethod
    async def program(cls, http: httpx.AsyncClient, who: DemoAccount, answers: Counter[str]) -> "Client":
        """A partner's program."""
        form = {"grant_type": "client_credentials"}
        reply = await http.post("/oauth/token", data=form, auth=(who.login, who.password))
        return cls(http, reply.raise_for_status().json()["access_token"], answers)

    async def post(self, path: str, body: Json | None, *, key: str, version: int | None = None) -> Json:
        """The answer to an action, however often it has to be sent."""
        headers = {"idempotency-key": key} | ({} if version is None else {"if-match": f'"{version}"'})
        return await self._until_answered("POST", path, headers=headers, json=body)

    async def get(self, path: str, **query: Any) -> Json:
        """The answer to a question, however often it has to be asked."""
        return await self._until_answered("GET", path, headers={}, params=query)

    async def _until_answered(self, method: str, path: str, *, headers: Json, **request: Any) -> Json:
        end = monotonic() + PATIENCE_SECONDS
        while True:
            answered = await self._try(method, path, headers, request)
            if answered is not None:
                return answered
            if monotonic() > end:
                raise TimeoutError(f"no answer to {method} {path} in {PATIENCE_SECONDS} s")
            await asyncio.sleep(PAUSE_BEFORE_REPEATING_SECONDS)

    async def _try(self, method: str, path: str, headers: Json, request: Json) -> Json | None:
        """None: nobody knows whether it was done, or it was not done; it has to be sent again."""
        try:
            reply = await self._http.request(method, path, headers={**self._headers, **headers}, **request)
        except httpx.TransportError as error:
            self._answers[type(error).__name__] += 1
            return None
        if reply.is_success:
            self._answers[str(reply.status_code)] += 1
            answered: Json = reply.json()
            return answered
        code = reply.json().get("code", "?")
        self._answers[f"{reply.status_code} {code}"] += 1
        if reply.status_code == 503 or code == "command_in_progress":
            return None
        raise AssertionError(f"{method} {path} was answered with {reply.status_code}: {reply.text[:600]}")


class SteadyLoad:
    """Submissions without an end, one after the other in each of several workers, until it is told to stop."""

    def __init__(self, url: str) -> None:
        self.sent: list[Sent] = []
        # What the partner has read from the feed, in the order of reading.
        self.read: list[Json] = []
        self.answers: Counter[str] = Counter()
        self._http = httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=12)
        self._numbers, self._people = itertools.count(), certificate_numbers()
        self._run = secrets.token_hex(4)
        self._stopping = False
        self._workers: list[asyncio.Task[None]] = []
        self._follower: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Sign everybody in and begin."""
        self._province = await Client.program(self._http, PROVINCE, self.answers)
        self._clerk = await Client.person(self._http, CLERK, self.answers)
        self._online = [
            (account, await Client.person(self._http, account, self.answers)) for account in ONLINE_APPLICANTS
        ]
        self._workers = [asyncio.create_task(self._work(self._submissions(n))) for n in range(WORKERS)]
        self._follower = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Begin nothing more; returns when everything that was begun is acknowledged."""
        self._stopping = True
        await asyncio.gather(*self._workers)

    async def read_to_the_end(self, events: int) -> None:
        """Until the partner has read so many events, or for some seconds more when there are not so many."""
        end = monotonic() + 15
        while len(self.read) < events and monotonic() < end:
            self._raise_if_ended()
            await asyncio.sleep(0.1)
        assert self._follower is not None
        self._follower.cancel()
        await asyncio.wait([self._follower])

    async def repeat_everything(self, one_in: int) -> list[tuple[Json, Json]]:
        """Send some of it once more, as a client does that lost an answer: each receipt beside the new answer."""
        repeated = []
        for sent in self.sent[::one_in]:
            client = self._client_of(sent)
            repeated.append((sent.receipt, await client.post(sent.path, sent.body, key=sent.key)))
        return repeated

    async def close(self) -> None:
        """End every connection."""
        for task in (*self._workers, *([self._follower] if self._follower else [])):
            task.cancel()
        await self._http.aclose()

    async def until_acknowledged_after(self, moment: float) -> None:
        """Until an application that was begun after this moment is acknowledged."""
        while not any(one.begun > moment and one.acknowledged for one in self.sent[-400:]):
            self._raise_if_ended()
            await asyncio.sleep(0.05)

    def longest_silence(self, since: float) -> float:
        """The longest time without an acknowledgement since this moment."""
        times = sorted([since, *(one.acknowledged for one in self.sent if one.acknowledged > since)])
        return max((later - earlier for earlier, later in pairwise(times)), default=0.0)

    def _raise_if_ended(self) -> None:
        for task in (*self._workers, *([self._follower] if self._follower else [])):
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                raise error

    def _submissions(self, worker: int) -> Iterator[tuple[Client, Sent]]:
        """Every other worker is the province; some of the applicants leave an e-mail address."""
        account, client = self._online[worker // 2]
        for turn in itertools.count():
            number = f"{self._run}-{next(self._numbers)}"
            email = f"someone-{number}@example.com" if turn % 4 == 0 else None
            if worker % 2:
                body = provincial_case(next(self._people), f"AH-{number}", email)
                yield self._province, self._to_send("/province/cases", body, number)
            else:
                yield client, self._to_send("/applicant/cases", online_case(account, email), number)

    def _to_send(self, path: str, body: Json, number: str) -> Sent:
        by_mail = "email" in body["contact"]
        return Sent(body.get("external_no"), by_mail, body, f"chaos-{number}", path, monotonic())

    def _client_of(self, sent: Sent) -> Client:
        if sent.external_no is not None:
            return self._province
        number = sent.body["applicant"]["certificate_number"]
        return next(
            client for account, client in self._online if account.person["certificate_number"] == number
        )

    async def _work(self, submissions: Iterator[tuple[Client, Sent]]) -> None:
        for turn, (client, sent) in enumerate(submissions):
            if self._stopping:
                return
            self.sent.append(sent)
            sent.receipt = await client.post(sent.path, sent.body, key=sent.key)
            sent.acknowledged = monotonic()
            if turn % 3 == 0:
                await self._go_on(client, sent)
            await asyncio.sleep(max(0.0, SECONDS_BETWEEN_SUBMISSIONS - (monotonic() - sent.begun)))

    async def _go_on(self, client: Client, sent: Sent) -> None:
        """A second event: an applicant takes an application back, the clerk has one from the province corrected."""
        key, version = f"{sent.key}-next", sent.receipt["version"]
        if sent.external_no is None:
            path = f"/applicant/cases/{sent.case_id}/withdrawal"
            receipt = await client.post(path, {}, key=key, version=version)
        else:
            path = f"/counter/cases/{sent.case_id}/correction-notice"
            body = {"correction_working_days": 3}
            receipt = await self._clerk.post(path, body, key=key, version=version)
        sent.next_state = receipt["state"]

    async def _follow(self) -> None:
        """Read the feed as a partner does: the cursor moves only when a page has arrived."""
        query: Json = {"limit": FEED_PAGE}
        while True:
            page = await self._province.get("/province/events", **query)
            self.read += page["events"]
            query["after"] = page["cursor"]
            if not page["more"]:
                await asyncio.sleep(FEED_PAUSE_SECONDS)
