"""Events of special procedures and extensions, as they leave."""

from collections.abc import Iterable
from typing import Any

from services.applications.contracts import procedures as v
from services.applications.domain import events as e
from services.applications.domain.clocks import Clock
from services.applications.domain.item import Item
from services.applications.published.fields import Published, document


def _dates(clocks: Iterable[Clock]) -> dict[str, Any]:
    by_name = {clock.name: clock for clock in clocks}
    dates: dict[str, Any] = {
        f"{name}_due_on": by_name[name].due_on for name in ("statutory", "promised") if name in by_name
    }
    return dates | {"provisional": any(clock.provisional for clock in by_name.values())}


def _started(event: e.ProcedureStarted, _: Item) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "needs": event.needs,
        "needs_unit": event.unit,
        "first_on": event.first_on,
        "last_on": event.last_on,
        "article": event.article,
        **_dates(event.clocks),
        **document(event),
    }


def _prolonged(event: e.ProcedureProlonged, _: Item) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "needs": event.needs,
        "needs_unit": event.unit,
        "last_on": event.last_on,
        **_dates(event.clocks),
        **document(event),
    }


def _ended(event: e.ProcedureEnded, _: Item) -> dict[str, Any]:
    return {"kind": event.kind, "ended_on": event.ended_on, **_dates(event.clocks)}


def _extended(event: e.DeadlineExtended, _: Item) -> dict[str, Any]:
    return {
        "length": event.length,
        "article": event.article,
        "instrument": event.instrument,
        **_dates(event.clocks),
        **document(event),
    }


FIELDS: Published = {
    e.ProcedureStarted: (v.ProcedureStartedV1, _started),
    e.ProcedureProlonged: (v.ProcedureProlongedV1, _prolonged),
    e.ProcedureEnded: (v.ProcedureEndedV1, _ended),
    e.DeadlineExtended: (v.DeadlineExtendedV1, _extended),
}
