"""What the catalogue refuses, each with a stable code and a sentence in both languages.

The runtime recognises these classes by their shape, so that the domain imports nothing but the standard library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule, at one place of the content (`pointer` is a JSON pointer into the request)."""

    pointer: str
    code: str
    zh: str
    en: str


class DomainError(Exception):
    """A rule of the catalogue refuses; nothing was changed."""

    def __init__(
        self,
        kind: str,
        code: str,
        zh: str,
        en: str,
        *,
        pointer: str = "",
        errors: Sequence[Fault] = (),
        **facts: Any,
    ) -> None:
        super().__init__(f"{code}: {en}")
        self.kind = kind
        self.code = code
        self.zh = zh
        self.en = en
        self.pointer = pointer
        self.facts = facts
        self.errors = tuple(errors)


class ItemRefused(DomainError):
    """The content breaks rules of publication; all of them are named at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            "invalid",
            "item_content_refused",
            f"事项内容有{len(faults)}处不符合发布规则，请逐项更正后再发布。",
            f"The item breaks {len(faults)} rule(s) of publication. Correct each one and publish again.",
            errors=faults,
        )


class ItemUnknown(DomainError):
    """No such item, or no such version of it, has been published."""

    def __init__(self, code: str, version: int | None = None) -> None:
        super().__init__(
            "not_found",
            "item_unknown",
            "没有找到该政务服务事项或该版本，请核对事项编码。",
            "There is no such service item or version. Please check the code.",
            pointer="/code" if version is None else "/version",
        )


class ItemNotInForce(DomainError):
    """The item is published, but its first version is not in force yet."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "not_found",
            "item_not_in_force",
            "该政务服务事项尚未生效。",
            "The service item is not in force yet.",
            pointer="/code",
        )


class ItemStale(DomainError):
    """A newer version was published since the keeper looked."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(
            "stale",
            "item_version_stale",
            f"该事项已更新为第{actual}版，请查看最新内容后再操作。",
            f"The item is now at version {actual}. Look at it again before you go on.",
            pointer="/expected_version",
            expected_version=expected,
            actual_version=actual,
        )


class ItemWithdrawnAlready(DomainError):
    """Withdrawing twice would hide which notice cancelled the item."""

    def __init__(self) -> None:
        super().__init__(
            "conflict", "item_withdrawn_already", "该事项已经取消。", "The item has been withdrawn already."
        )


class CursorRefused(DomainError):
    """The cursor is not one that this service gave."""

    def __init__(self) -> None:
        super().__init__(
            "invalid",
            "cursor_invalid",
            "分页游标无效，请从第一页重新查询。",
            "The cursor is not valid. Please start again from the first page.",
            pointer="/cursor",
        )


class OrganisationUnknown(DomainError):
    """No organisation of this credit code is on record."""

    def __init__(self, uscc: str) -> None:
        super().__init__(
            "invalid",
            "organisation_unknown",
            "实施主体未登记，或其统一社会信用代码有误。",
            "The implementing organisation is not on record, or its credit code is wrong.",
            pointer="/content/organ_uscc",
            uscc=uscc,
        )


class CalendarRefused(DomainError):
    """The calendar has impossible days, or gives a published version another content."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__("invalid", "calendar_refused", zh, en)
