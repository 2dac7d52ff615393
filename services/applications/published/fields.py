"""What the topics need to fill their contracts."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from services.applications import contracts as v
from services.applications.domain.events import CaseEvent, Issued
from services.applications.domain.item import Item

Fields = Callable[[Any, Item], dict[str, Any]]
Published = Mapping[type[CaseEvent], tuple[type[v.CaseFacts], Fields]]


def materials(item: Item, codes: tuple[str, ...]) -> tuple[v.MaterialV1, ...]:
    """Papers by code and published name."""
    return tuple(_material(code, item.by_code[code].name) for code in codes if code in item.by_code)


@lru_cache(maxsize=4096)
def _material(code: str, name: str) -> v.MaterialV1:
    # Cases of an item name the same few papers over and over.
    return v.MaterialV1.model_construct(code=code, name=name)


def document(event: CaseEvent, kind: str = "") -> dict[str, Any]:
    """The document that came with the event, of this kind or the first."""
    issued_one = issued(event, kind)
    return {"document_id": issued_one.id, "document_no": issued_one.number} if issued_one else {}


def issued(event: CaseEvent, kind: str) -> Issued | None:
    """The first document of this kind."""
    return next((document for document in event.documents if document.kind.startswith(kind)), None)
