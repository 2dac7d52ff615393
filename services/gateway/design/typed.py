"""What a person typed, as a model reads it; and what is wrong with it, in the words of the page.

A field of a form is named by its place in the model (`applicant.name`), so that the pointer of a fault finds its field.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from services.gateway.problems import Problem, problem_of, problem_of_invalid
from shared.errors import FieldError, Refused

Model = TypeVar("Model", bound=BaseModel)
Labels = Mapping[str, str]

_NUMBER = re.compile(r"[0-9]{1,9}")

# Faults of a whole part of the form belong to the field that has to change.
_FIELD_OF_CODE: Mapping[str, str] = {
    "certificate_checksum": "certificate_number",
    "certificate_format": "certificate_number",
    "certificate_type_for_kind": "certificate_type",
    "representative_required": "representative",
    "password_contains_identity": "password",
    "password_too_simple": "password",
    "reasons_required": "reasons",
    "explanation_required": "explanation",
}

# What is meant for programs (a pattern, a parser's complaint) helps nobody who reads a page.
_PLAIN: Mapping[str, tuple[str, str]] = {
    "string_too_short": ("太短，或者没有填写。", "This is too short, or empty."),
    "string_too_long": ("太长，请缩短。", "This is too long."),
    "string_pattern_mismatch": (
        "格式不对，请核对后重新填写。",
        "Please check this: it has not the right form.",
    ),
    "int_parsing": ("请填写整数，例如 15。", "Write a whole number, for example 15."),
    "date_parsing": ("不是正确的日期。", "This is not a date."),
    "date_from_datetime_parsing": ("不是正确的日期。", "This is not a date."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right; without a field it concerns the whole page."""

    field: str
    zh: str
    en: str


def new_key() -> str:
    """A key for one sending of one form: sent twice, it has one effect."""
    return secrets.token_urlsafe(18)


def text_of(form: FormData, name: str) -> str:
    """The text of a field; nothing for a file or a field that was not sent."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def number_of(form: FormData, name: str) -> int | None:
    """A whole number as our own pages write it; anything else is none, other scripts' digits too."""
    return _whole_number(text_of(form, name))


def version_of(values: Mapping[str, str]) -> int:
    """The version that a form was made of; 0 for a page that was just opened, or a form that no page of ours wrote."""
    return _whole_number(values.get("version", "")) or 0


def _whole_number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def values_of(form: FormData) -> dict[str, str]:
    """Every text of the form, to be shown again; what must not be repeated is left out."""
    hidden = {"csrf_token", "password", "new_password", "present_password", "key"}
    return {
        name: value for name, value in form.multi_items() if isinstance(value, str) and name not in hidden
    }


def nested(values: Mapping[str, str], *, only: str = "") -> dict[str, Any]:
    """`{"applicant.name": "x"}` as `{"applicant": {"name": "x"}}`; an empty field is one that was not filled in."""
    result: dict[str, Any] = {}
    for name, value in values.items():
        if not value.strip() or (only and not name.startswith(only)):
            continue
        *parents, last = name.split(".")
        place = result
        for parent in parents:
            place = _part(place, parent)
        if isinstance(place.get(last), dict):
            raise Problem("malformed_form")
        place[last] = value
    return result


def _part(place: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of this name; a name that is a part here and a text there was written by no page of ours."""
    part = place.setdefault(name, {})
    if not isinstance(part, dict):
        raise Problem("malformed_form")
    return part


def parse(model: type[Model], values: Mapping[str, Any]) -> Model:
    """The values as this model; raises the problem that names each field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise problem_of_invalid(error) from None


def faults_of(error: Exception, labels: Labels, *, within: str = "") -> list[Fault]:
    """A problem as the page says it: every fault names its question, in the same words here and at the field."""
    problem = problem_of(error) if isinstance(error, Refused) else error
    if not isinstance(problem, Problem):
        raise error
    found = [_fault(one, labels, within) for one in problem.errors]
    return list(dict.fromkeys(found)) or [Fault("", problem.zh, problem.en)]


def _fault(error: FieldError, labels: Labels, within: str) -> Fault:
    name = _name(error, within)
    label = labels.get(name)
    if label is None:
        return Fault("", error.zh, error.en)
    if error.code == "missing":
        return Fault(name, f"请填写{label}", f"{label}: please fill this in.")
    zh, en = _PLAIN.get(error.code, (error.zh, error.en))
    # A sentence that names its question itself needs no second naming.
    return Fault(name, zh if label.partition("（")[0] in zh else f"{label}：{zh}", f"{label}: {en}")


def _name(error: FieldError, within: str) -> str:
    parts = [part for part in error.pointer.split("/") if part]
    if within:
        parts.insert(0, within)
    field = _FIELD_OF_CODE.get(error.code)
    if field is not None and (not parts or parts[-1] != field):
        parts.append(field)
    return ".".join(parts)
