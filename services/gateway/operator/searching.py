"""Looking for something in the audit log: by case, by who, by what and when, a page at a time along its indexes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from uuid import UUID

from services.applications import contracts as c
from services.audit import contracts as a
from services.catalogue import contracts as k
from services.documents import contracts as d
from services.gateway import client
from services.gateway import contracts as g
from services.gateway.design.typed import Fault
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.notifications import contracts as n
from shared.errors import Refused
from shared.time import SHANGHAI

PREFIX = "cn.tongban."
# What every service says of itself; checkpoints are no entries of the log.
KINDS = sorted(
    event.event_type.removeprefix(PREFIX)
    for published in (c.EVENTS, k.EVENTS, d.PUBLISHED, n.PUBLISHED, g.PUBLISHED)
    for event in published
)
FIELDS = ("case", "actor", "kind", "since", "until")
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, or what is wrong with the question."""

    page: a.EntryPage | None
    faults: list[Fault]


async def search(gateway: Gateway, visitor: Visitor, asked: Mapping[str, str], cursor: str | None) -> Found:
    """The entries that fit; the faults name the fields."""
    faults: list[Fault] = []
    since, until = (_day(asked, name, faults) for name in ("since", "until"))
    subject = await subject_of(gateway, visitor, asked.get("case", ""), faults)
    if asked.get("kind") and asked["kind"] not in KINDS:
        faults.append(Fault("kind", "没有这种事件", "There is no such kind of event."))
    if faults:
        return Found(None, faults)
    request = a.SearchEntries(
        subject=subject,
        actor=asked.get("actor") or None,
        type=f"{PREFIX}{asked['kind']}" if asked.get("kind") else None,
        since=_begin(since) if since else None,
        # The whole of the last day.
        until=_begin(until + timedelta(days=1)) if until else None,
        cursor=cursor,
        limit=SHOWN,
    )
    return Found(await gateway.services.ask(visitor, client.SEARCH_ENTRIES, request), [])


def _day(asked: Mapping[str, str], name: str, faults: list[Fault]) -> date | None:
    text = asked.get(name, "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and not 2000 <= day.year <= 9000:
        faults.append(
            Fault(name, "日期格式不对，例如 2026-11-24", "This is not a date; write it like 2026-11-24.")
        )
        return None
    return day


def _begin(day: date) -> datetime:
    return datetime.combine(day, clock_time(), SHANGHAI)


async def subject_of(
    gateway: Gateway, visitor: Visitor, case: str, faults: list[Fault], *, field: str = "case"
) -> str | None:
    """The subject under which the log knows a case: its id, found by its number."""
    if not case:
        return None
    try:
        return str(UUID(case))
    except ValueError:
        found = await _by_number(gateway, visitor, case.replace(" ", "").upper())
    if found is None:
        faults.append(no_case(field))
    return found


def no_case(field: str) -> Fault:
    """What is said of a number that nobody knows."""
    return Fault(field, "没有这个办件编号或办件标识", "There is no case with this number or id.")


async def _by_number(gateway: Gateway, visitor: Visitor, case_no: str) -> str | None:
    try:
        request = c.GetEffects(case_no=case_no)
        return str((await gateway.services.ask(visitor, client.CASE_EFFECTS, request)).case_id)
    except ValueError:
        return None
    except Refused as refusal:
        if refusal.kind not in ("not_found", "invalid"):
            raise
        return None
