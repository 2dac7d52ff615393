"""Refusals of the case engine: each explains itself in both languages and has a stable code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["invalid", "not_found", "forbidden", "conflict", "stale", "in_progress", "unavailable"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a request, with a JSON pointer into it."""

    pointer: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the law or the facts do not allow something."""

    code: str
    zh: str
    en: str


class DomainError(Exception):
    """A rule refuses the command; nothing was changed."""

    kind: Kind = "conflict"

    def __init__(
        self, code: str, zh: str, en: str, *, pointer: str = "", errors: Sequence[Fault] = (), **facts: Any
    ) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.pointer = pointer
        self.facts = facts
        self.errors = tuple(errors)


class InvalidRequest(DomainError):
    """What was handed in cannot be right, whatever the state of the case."""

    kind: Kind = "invalid"


class NotAllowed(DomainError):
    """This person may not do this."""

    kind: Kind = "forbidden"


class NotFound(DomainError):
    """There is no such thing, or none that the caller may see: both look the same on purpose."""

    kind: Kind = "not_found"


class StaleCase(DomainError):
    """Somebody changed the case since the caller read it."""

    kind: Kind = "stale"


class IllegalTransition(DomainError):
    """The case is not in a state in which this can happen."""


class OutcomeNotAllowed(DomainError):
    """The facts do not allow the outcome that the clerk chose; the message says why."""


def stale(expected: int, actual: int) -> StaleCase:
    """The refusal for an outdated entity tag."""
    return StaleCase(
        "stale_case",
        f"办件已被更新（您看到的是第{expected}版，现在是第{actual}版），请刷新后再操作。",
        f"The case has changed since you read it (you saw version {expected}, it is now {actual}). Read it again.",
        expected_version=expected,
        version=actual,
    )


def case_not_found() -> NotFound:
    """One answer for a wrong number, a wrong code and somebody else's case, so that nothing can be guessed from it."""
    return NotFound(
        "case_not_found",
        "没有找到这个办件，或者您无权查看。请核对办件编号和查询码。",
        "There is no such case, or you may not see it. Please check the case number and the access code.",
    )
