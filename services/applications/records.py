"""How the domain's values are written down: events and cases to JSON and back.

An event row carries the schema version it was written with.  Reading an older one first lifts it to the newest shape
(`_UPCASTS`), so that the domain knows one shape only.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from services.applications.domain.case import Case
from services.applications.domain.credit import CreditFacts
from services.applications.domain.events import EVENT_TYPES, CaseEvent

Record = dict[str, Any]

SCHEMA_VERSIONS: Mapping[str, int] = dict.fromkeys(EVENT_TYPES, 1)
# (event name, version it was written with) -> the same record one version later.
_UPCASTS: Mapping[tuple[str, int], Callable[[Record], Record]] = {}

_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in EVENT_TYPES.items()}
_CASE = TypeAdapter(Case)
_CREDIT = TypeAdapter(CreditFacts)
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def event_name(event: CaseEvent) -> str:
    """The name under which an event is recorded."""
    return type(event).__name__


def event_to_json(event: CaseEvent) -> tuple[str, bytes]:
    """The event in canonical JSON (RFC 8785) with its SHA-256: what is recorded is exactly what is sealed.

    Our records hold no fractions and only plain ASCII names, for which the standard encoder writes the canonical
    form; a test compares it with the reference implementation, which takes five times as long.
    """
    text = _canonical.encode(_ADAPTERS[event_name(event)].dump_python(event, mode="json"))
    return text, hashlib.sha256(text.encode()).digest()


def event_from_record(name: str, schema_version: int, record: Record) -> CaseEvent:
    """The event in its newest shape, whatever version it was written with."""
    while schema_version < SCHEMA_VERSIONS[name]:
        record = _UPCASTS[name, schema_version](record)
        schema_version += 1
    event: CaseEvent = _ADAPTERS[name].validate_python(record)
    return event


def case_to_json(case: Case) -> str:
    """The whole fold as JSON, without what is as in every other case: most cases never need half of the fields.

    So a default of `Case` or of its parts never changes; a fold that is to begin otherwise is a new field.
    """
    return _CASE.dump_json(case, exclude_defaults=True).decode()


def case_from_record(record: Record) -> Case:
    """The case as it was stored."""
    return _CASE.validate_python(record)


def credit_from_record(record: Record) -> CreditFacts:
    """The snapshot of credit in a recorded event, of an earlier release too."""
    return _CREDIT.validate_python(record)


def parse(text: str) -> Record:
    """A written record as JSON values."""
    record: Record = json.loads(text)
    return record


def digest(record: Record) -> bytes:
    """SHA-256 of a record as it was read back."""
    return hashlib.sha256(_canonical.encode(record).encode()).digest()
