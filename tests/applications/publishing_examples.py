"""What a command publishes, for the examples of the contracts."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.evolve import evolve
from services.applications.domain.item import Item
from services.applications.publishing import contract_of
from tests.applications.domain.cases import decide

DOCUMENT_ID = UUID("01900000-0000-7000-8000-0000000000d0")


def published(case: Case, event: e.CaseEvent, item: Item, kinds: tuple[str, ...], number: str) -> BaseModel:
    """The event as it leaves, with one document of each kind."""
    issued = tuple(e.Issued(kind, DOCUMENT_ID, number) for kind in kinds)
    event = replace(event, documents=issued)
    return contract_of(evolve(case, event), event, item)


def published_by(
    case: Case,
    command: c.Command,
    facts: Any,
    *kinds: str,
    of: type[e.CaseEvent] | None = None,
    number: str = "亳人防许受〔2026〕12号",
) -> BaseModel:
    """The first thing that a command publishes, or the first of this kind; missed duties come before all of them."""
    for event in decide(case, command, facts):
        if isinstance(event, of) if of else not isinstance(event, e.DutyBreached):
            return published(case, event, facts.item, kinds, number)
        case = evolve(case, event)
    raise AssertionError(f"{command} publishes no such event")
