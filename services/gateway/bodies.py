"""Reading request bodies: never more than the limit, whatever the headers promise, and nothing that can't be stored."""

import json
from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from services.gateway.problems import CHINESE_OF_FAULT, Problem, json_pointer, problem_of_invalid
from shared.errors import FieldError

JSON_LIMIT_BYTES = 256 * 1024

Model = TypeVar("Model", bound=BaseModel)


async def read(
    receive: Receive, declared: bytes | None, limit: int, *, too_large: str = "body_too_large"
) -> bytes:
    """The body; refused as soon as it is known to pass the limit, before the rest is read."""
    if declared is not None and declared.isdigit() and int(declared[:20]) > limit:
        raise Problem(too_large)
    message: Message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body = await _rest(receive, message, limit, too_large)
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    if len(body) > limit:
        raise Problem(too_large)
    return body


async def _rest(receive: Receive, message: Message, limit: int, too_large: str) -> bytes:
    chunks = bytearray(message.get("body", b""))
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks += message.get("body", b"")
        if len(chunks) > limit:
            raise Problem(too_large)
    return bytes(chunks)


def parse_json(body: bytes, content_type: str, model: type[Model]) -> Model:
    """The body as this model, parsed once; raises the problem that says what is wrong."""
    media_type, _, _ = content_type.partition(";")
    if media_type.strip().lower() != "application/json":
        raise Problem(
            "not_acceptable_media",
            zh="请以 application/json 提交。",
            en="Send the content as application/json.",
        )
    try:
        # Strict: a number is no text and 1 is not true; a program that mixes them up should hear of it.
        parsed = model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise problem_of_invalid(error) from None
    if b"\\u0000" in body:
        _refuse_nul(body)
    return parsed


def _refuse_nul(body: bytes) -> None:
    """PostgreSQL stores no NUL character; the scan is only made when the escape stands in the text."""
    faults = [
        FieldError(
            json_pointer(where),
            "nul_character",
            CHINESE_OF_FAULT["nul_character"],
            "NUL is not allowed here.",
        )
        for where in _places_of_nul(json.loads(body), ())
    ]
    if faults:
        raise Problem("invalid_request", errors=faults[:50])


def _places_of_nul(value: Any, where: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, str):
        if "\0" in value:
            yield where
    elif isinstance(value, dict):
        for key, item in value.items():
            if "\0" in key:
                yield where
            yield from _places_of_nul(item, (*where, key.replace("\0", "")))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _places_of_nul(item, (*where, number))


def parse_form(body: bytes, content_type: str) -> dict[str, str]:
    """An `application/x-www-form-urlencoded` body; a repeated field is refused as RFC 6749 asks."""
    media_type, _, _ = content_type.partition(";")
    if media_type.strip().lower() != "application/x-www-form-urlencoded":
        raise Problem(
            "not_acceptable_media",
            zh="请以 application/x-www-form-urlencoded 提交。",
            en="Send the content as application/x-www-form-urlencoded.",
        )
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=20
        )
    except ValueError:
        raise Problem("malformed_form") from None
    form = dict(pairs)
    if len(form) != len(pairs) or any("\0" in key or "\0" in value for key, value in pairs):
        raise Problem("malformed_form")
    return form
