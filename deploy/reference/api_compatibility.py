"""Whether a program written for the API as it was still works with it: `faults(old, new)` over two OpenAPI documents.

What may be added: operations, fields of answers, fields and parameters of questions that need not be given, values of
an answer's closed set (clients are told to bear unknown ones).  Limits of length and the like are not compared.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
JSON = "application/json"


def faults(old: Json, new: Json) -> list[str]:
    """Every change that a client could trip over; empty when there is none."""
    return [
        fault
        for path, methods in old["paths"].items()
        for method, operation in methods.items()
        for fault in _Comparison(old, new).of_operation(f"{method.upper()} {path}", operation, path, method)
    ]


class _Comparison:
    """The two documents, for following their references."""

    def __init__(self, old: Json, new: Json) -> None:
        self._old, self._new = old, new

    def of_operation(self, name: str, old: Json, path: str, method: str) -> Iterator[str]:
        new = self._new["paths"].get(path, {}).get(method)
        if new is None:
            yield f"{name}: is gone"
            return
        yield from _of_parameters(name, old.get("parameters", []), new.get("parameters", []))
        yield from self._of_content(name, old.get("requestBody"), new.get("requestBody"), asked=True)
        for status in sorted(status for status in old["responses"] if status.startswith("2")):
            if status not in new["responses"]:
                yield f"{name}: no longer answers {status}"
            else:
                yield from self._of_content(
                    f"{name} {status}", old["responses"][status], new["responses"][status], asked=False
                )

    def _of_content(self, name: str, old: Json | None, new: Json | None, *, asked: bool) -> Iterator[str]:
        before, after = _schema(old), _schema(new)
        if before is not None and after is not None:
            yield from self._of_schema(name, before, after, asked=asked)
        elif before is not None or (asked and after is not None):
            yield f"{name}: {'has no body any more' if after is None else 'wants a body now'}"

    def _of_schema(self, place: str, old: Json, new: Json, *, asked: bool) -> Iterator[str]:
        old, new = _followed(old, self._old), _followed(new, self._new)
        if old.get("type") != new.get("type"):
            yield f"{place}: was {old.get('type')}, is {new.get('type')}"
            return
        gone = set(old.get("enum", ())) - set(new["enum"]) if "enum" in new else set()
        if gone and asked:
            yield f"{place}: no longer takes {', '.join(sorted(map(str, gone)))}"
        yield from self._of_fields(place, old, new, asked=asked)
        if "items" in old and "items" in new:
            yield from self._of_schema(f"{place}[]", old["items"], new["items"], asked=asked)
        yield from self._of_choices(place, old.get("anyOf", []), new.get("anyOf", []), asked=asked)

    def _of_choices(self, place: str, old: list[Json], new: list[Json], *, asked: bool) -> Iterator[str]:
        """A choice may be taken from answers and added to questions, at the end of the list."""
        if len(new) < len(old) if asked else len(new) > len(old):
            yield f"{place}: had {len(old)} forms, has {len(new)}"
        for before, after in zip(old, new, strict=False):
            yield from self._of_schema(place, before, after, asked=asked)

    def _of_fields(self, place: str, old: Json, new: Json, *, asked: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_after = set(old.get("required", ())), set(new.get("required", ()))
        for field in sorted(before.keys() - after.keys()):
            yield f"{place}.{field}: is gone"
        if asked:
            for field in sorted(needed_after - needed_before):
                yield f"{place}.{field}: must be given now"
        else:
            for field in sorted((needed_before - needed_after) & after.keys()):
                yield f"{place}.{field}: was always there"
        for field in sorted(before.keys() & after.keys()):
            yield from self._of_schema(f"{place}.{field}", before[field], after[field], asked=asked)


def _of_parameters(name: str, old: list[Json], new: list[Json]) -> Iterator[str]:
    before, after = ({(one["in"], one["name"]): one for one in several} for several in (old, new))
    for place, parameter in sorted(before.keys() - after.keys()):
        yield f"{name}: {place} {parameter} is gone"
    for key in sorted(after):
        needed_before = key in before and before[key].get("required", False)
        if after[key].get("required", False) and not needed_before:
            yield f"{name}: {key[0]} {key[1]} must be given now"


def _schema(part: Json | None) -> Json | None:
    """The JSON schema of a body or an answer; files and empty answers have none."""
    found: Json | None = (part or {}).get("content", {}).get(JSON, {}).get("schema")
    return found


def _followed(schema: Json, document: Json) -> Json:
    """A reference's target; no contract refers to itself."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
