"""How long the server takes for each page while fifty are asked for a second, and how much each page weighs.

A mix of all main pages, each by somebody signed in who really opens it, over connections that stay open; the load and
both servers share the cores.
"""

import asyncio
import gzip
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from bench.submissions import case, credit_codes

RATE = 50.0
# Enough for a clock of ten milliseconds.
REPEATED = 20
AIM_MS, AIM_KILOBYTES, AIM_FIRST_KILOBYTES = 50.0, 200.0, 14.0
# Who opens which page; `{case}` is a case of today, `{item}` an item.
PAGES: Mapping[str, tuple[str, ...]] = {
    "": ("/", "/items", "/items/{item}", "/find", "/sign-in"),
    "wang": ("/", "/my/cases", "/my/inbox"),
    "clerk": ("/desk", "/desk/new", "/desk/cases/{case}"),
    "approver": ("/review", "/review/cases/{case}"),
    "operator": ("/operator", "/operator/audit", "/operator/cases/{case}"),
}


@dataclass
class Page:
    """One page as one person opens it."""

    login: str
    place: str
    shown: str
    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    kilobytes: float = 0.0
    compressed: float = 0.0
    whole: float = 0.0
    cpu_ms: float = 0.0

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else float("nan")

    def row(self) -> str:
        who = self.login or "guest"
        return (
            f"| {self.shown} | {who} | {self.percentile_ms(0.5):.0f} | {self.percentile_ms(0.95):.0f} | {self.cpu_ms:.1f} "
            f"| {self.kilobytes:.1f} | {self.compressed:.1f} | {self.whole:.0f} | {self.refused} |"
        )


async def measure(
    url: str, passwords: Mapping[str, str], secret: str, seconds: float, gateway_pid: int
) -> list[Page]:
    """Open the pages of the mix one after the other at an even rate; then weigh each of them."""
    people = {login: httpx.AsyncClient(base_url=url, headers={"accept": "text/html"}) for login in PAGES}
    try:
        for login, person in people.items():
            if login:
                await _sign_in(person, login, passwords[login])
        known = await _known(people[""], secret)
        pages = [
            Page(login, place.format(**known), place) for login, places in PAGES.items() for place in places
        ]
        for page in pages:
            await _weigh(people[page.login], page)
            page.cpu_ms = await _cpu_ms(people[page.login], page.place, gateway_pid)
        await _open_evenly(people, pages, seconds)
        return pages
    finally:
        await asyncio.gather(*(person.aclose() for person in people.values()))


async def _sign_in(person: httpx.AsyncClient, login: str, password: str) -> None:
    page = (await person.get("/sign-in")).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    data = {"csrf_token": token.group(1), "login": login, "password": password, "next": "/"}
    answer = await person.post("/sign-in", data=data)
    if answer.status_code != 303:
        raise RuntimeError(f"{login} could not sign in: {answer.status_code}")


async def _known(guest: httpx.AsyncClient, secret: str) -> dict[str, str]:
    """A case to look at, handed in by the province, and an item."""
    grant = {"grant_type": "client_credentials", "client_id": "province", "client_secret": secret}
    token = (await guest.post("/api/v1/oauth/token", data=grant)).json()["access_token"]
    sent: dict[str, Any] = {}
    for number, code in zip(range(60), credit_codes(), strict=False):
        key = {"authorization": f"Bearer {token}", "idempotency-key": f"bench-page-{number}"}
        body = case(code, f"PAGE-{number}")
        sent = (await guest.post("/api/v1/province/cases", json=body, headers=key)).json()
    item = re.search(r'href="/items/([0-9A-Z]{31})"', (await guest.get("/items")).text)
    assert item is not None
    return {"case": sent["case_id"], "item": item.group(1)}


async def _cpu_ms(person: httpx.AsyncClient, place: str, gateway_pid: int) -> float:
    """What one page costs the gateway, which no other load on the machine changes."""
    before = _cpu_seconds(gateway_pid)
    for _ in range(REPEATED):
        await person.get(place)
    return (_cpu_seconds(gateway_pid) - before) * 1000 / REPEATED


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _weigh(person: httpx.AsyncClient, page: Page) -> None:
    answer = await person.get(page.place)
    page.kilobytes = len(answer.content) / 1000
    page.compressed = len(gzip.compress(answer.content, 6)) / 1000
    files = sorted(set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', answer.text)))
    weights = [(await person.get(file)).num_bytes_downloaded for file in files]
    page.whole = page.kilobytes + sum(weights) / 1000


async def _open_evenly(people: Mapping[str, httpx.AsyncClient], pages: list[Page], seconds: float) -> None:
    """One page every fiftieth of a second, whatever became of those before."""
    began, asked = perf_counter(), []
    for number in range(int(seconds * RATE)):
        await asyncio.sleep(max(0.0, began + number / RATE - perf_counter()))
        page = pages[number % len(pages)]
        asked.append(asyncio.create_task(_open(people[page.login], page)))
    await asyncio.gather(*asked)


async def _open(person: httpx.AsyncClient, page: Page) -> None:
    started = perf_counter()
    answer = await person.get(page.place)
    page.seconds.append(perf_counter() - started)
    page.refused += answer.status_code != 200


def table(pages: list[Page]) -> list[str]:
    """As Markdown lines."""
    late = [page.shown for page in pages if page.percentile_ms(0.95) > AIM_MS]
    heavy = [
        page.shown for page in pages if page.compressed > AIM_FIRST_KILOBYTES or page.whole > AIM_KILOBYTES
    ]
    times = [seconds for page in pages for seconds in page.seconds]
    whole = Page("", "", "", times)
    p50, p95 = whole.percentile_ms(0.5), whole.percentile_ms(0.95)
    mix = f"The mix at {RATE:.0f} a second, {len(times)} in all: p50 {p50:.0f} ms, p95 {p95:.0f} ms."
    return [
        "### pages",
        "",
        mix,
        "",
        "| page | who | p50 ms | p95 ms | gateway's CPU ms | HTML kB | gzip −6 kB | with assets kB | not 200 |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
        *(page.row() for page in pages),
        "",
        f"Over the aim of {AIM_MS:.0f} ms (p95): {', '.join(late) or 'none'}.",
        f"Over {AIM_FIRST_KILOBYTES:.0f} kB compressed or {AIM_KILOBYTES:.0f} kB with assets: {', '.join(heavy) or 'none'}.",
        "",
    ]
