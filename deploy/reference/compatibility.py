"""Whether readers of the events as they were can still read them: `faults(old, new)` over two AsyncAPI documents.

Under one event type a field may be added with a default, and nothing else may change (decision 5).
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
# Words for people change nothing for a reader; a default is what a reader fills in by itself.
WORDS = frozenset({"title", "description", "default", "examples"})


def faults(old: Json, new: Json) -> list[str]:
    """Every change that needs a new version in the event's type; empty when there is none."""
    return [fault for key in old["components"]["messages"] for fault in _of_message(key, old, new)]


def _of_message(key: str, old: Json, new: Json) -> Iterator[str]:
    name = old["components"]["messages"][key]["name"]
    if name not in {message["name"] for message in new["components"]["messages"].values()}:
        yield f"{name}: is no longer published"
        return
    yield from _of_schema(
        name, old["components"]["schemas"][key], new["components"]["schemas"][key], old, new
    )


def _of_schema(place: str, old: Json, new: Json, was: Json, now: Json) -> Iterator[str]:
    """Both schemas with their references followed, compared part by part."""
    old, new = _followed(old, was), _followed(new, now)
    if "properties" in old and "properties" in new:
        yield from _of_fields(place, old, new, was, now)
    for part in sorted((old.keys() | new.keys()) - WORDS - {"properties", "required"}):
        yield from _of_part(f"{place} ({part})", old.get(part), new.get(part), was, now)


def _of_part(place: str, old: Any, new: Any, was: Json, now: Json) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _of_schema(place, old, new, was, now)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            yield from _of_part(place, before, after, was, now)
    elif old != new:
        yield f"{place}: was {old}, is {new}"


def _of_fields(place: str, old: Json, new: Json, was: Json, now: Json) -> Iterator[str]:
    before, after = old["properties"], new["properties"]
    always_before, always_after = set(old.get("required", ())), set(new.get("required", ()))
    for field in sorted(before.keys() - after.keys()):
        yield f"{place}.{field}: is gone"
    for field in sorted(always_after - before.keys()):
        yield f"{place}.{field}: is new and has no default"
    for field in sorted((always_before ^ always_after) & before.keys() & after.keys()):
        yield f"{place}.{field}: was {'always' if field in always_before else 'not always'} there"
    for field in sorted(before.keys() & after.keys()):
        yield from _of_schema(f"{place}.{field}", before[field], after[field], was, now)


def _followed(schema: Json, document: Json) -> Json:
    """A reference's target; no contract refers to itself."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
