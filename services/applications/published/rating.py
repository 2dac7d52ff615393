"""Events of ratings, as they leave."""

from typing import Any

from services.applications.contracts import rating as v
from services.applications.domain import events as e
from services.applications.domain.item import Item
from services.applications.published.fields import Published


def _rated(event: e.Rated, _: Item) -> dict[str, Any]:
    return {"level": event.level, "tags": event.tags, "has_words": event.words_sha256 is not None}


FIELDS: Published = {e.Rated: (v.CaseRatedV1, _rated)}
