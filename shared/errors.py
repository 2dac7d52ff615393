"""The kinds of failure that cross a service's border, and what becomes of each.

A refusal is an answer, not an accident: it carries a stable code, a sentence in Chinese and English and the place in
the request that it is about.  A domain has its own error class with the same attributes, because a domain imports
nothing of ours; `as_refusal` recognises it by its shape.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol, get_args, runtime_checkable

Kind = Literal["invalid", "not_found", "forbidden", "conflict", "stale", "in_progress", "unavailable"]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of a request: `pointer` is a JSON pointer (RFC 6901) into it."""

    pointer: str
    code: str
    zh: str
    en: str


@runtime_checkable
class RefusalShape(Protocol):
    """What the runtime needs to know of an error to answer with it."""

    kind: str
    code: str
    zh: str
    en: str


class Refused(Exception):
    """A rule refuses the request; nothing was changed.

    `kind` decides the HTTP status, `code` is stable and names the problem type, `facts` are values for machines.
    """

    def __init__(
        self,
        kind: Kind,
        code: str,
        zh: str,
        en: str,
        *,
        pointer: str = "",
        facts: Mapping[str, Any] | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(f"{code}: {en}")
        self.kind: Kind = kind
        self.code = code
        self.zh = zh
        self.en = en
        self.pointer = pointer
        self.facts = dict(facts or {})
        self.errors = tuple(errors)

    def to_wire(self) -> dict[str, Any]:
        """The refusal as JSON, for the error part of an RPC reply."""
        return {
            "kind": self.kind,
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "pointer": self.pointer,
            "facts": self.facts,
            "errors": [asdict(error) for error in self.errors],
        }

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Refused":
        """The refusal that another service sent."""
        return cls(
            wire["kind"],
            wire["code"],
            wire["zh"],
            wire["en"],
            pointer=wire.get("pointer", ""),
            facts=wire.get("facts"),
            errors=[FieldError(**error) for error in wire.get("errors", ())],
        )


class Unavailable(Refused):
    """Something that the request needs is away for the moment; the same request may be sent again."""

    def __init__(self, what_zh: str, what_en: str) -> None:
        super().__init__(
            "unavailable",
            "service_unavailable",
            f"{what_zh}暂时无法使用，请稍后用同样的内容重试；您的数据没有改变。",
            f"{what_en} is away for the moment. Please send the same request again later; nothing was changed.",
        )


class Unanswered(Unavailable):
    """The request was sent and no answer came: nobody knows yet whether it was carried out."""

    def __init__(self, what_zh: str, what_en: str) -> None:
        Refused.__init__(
            self,
            "unavailable",
            "service_unavailable",
            f"{what_zh}没有及时答复，暂不能确定是否已办理；请稍后用同样的内容重试，不会重复办理。",
            f"{what_en} has not answered in time, so it is not known whether the request was carried out. "
            "Please send the same request again later; it will not be carried out twice.",
        )


class TemporaryError(Exception):
    """The environment failed (database, broker, mail server); the same work may succeed later."""

    def __init__(self, message: str, retry_after_seconds: float = 5.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


def as_refusal(error: BaseException) -> Refused | None:
    """The error as a refusal when it is one, whether ours or a domain's own class of the same shape."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, RefusalShape) and error.kind in get_args(Kind):
        return Refused(
            error.kind,  # type: ignore[arg-type]  # membership was checked in the line above
            error.code,
            error.zh,
            error.en,
            pointer=getattr(error, "pointer", ""),
            facts=getattr(error, "facts", None),
            errors=[
                fault
                if isinstance(fault, FieldError)
                else FieldError(fault.pointer, fault.code, fault.zh, fault.en)
                for fault in getattr(error, "errors", ())
            ],
        )
    return None
