"""Refusals of the log, in the shape that the runtime recognises."""

from typing import Any, Literal

Kind = Literal["invalid", "not_found", "forbidden", "conflict", "stale", "in_progress", "unavailable"]


class AuditError(Exception):
    """A rule of the log refuses; nothing was changed."""

    def __init__(
        self,
        kind: Kind,
        code: str,
        zh: str,
        en: str,
        *,
        pointer: str = "",
        facts: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {en}")
        self.kind: Kind = kind
        self.code = code
        self.zh = zh
        self.en = en
        self.pointer = pointer
        self.facts = facts or {}
        self.errors: tuple[Any, ...] = ()


class LeafRefused(AuditError):
    """An event that cannot be written as a leaf: its attributes are not the plain values of leaf v1."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(
            "invalid",
            "audit_leaf_refused",
            f"审计记录字段 {field} {zh}。",
            f"The leaf's {field} {en}.",
            pointer=f"/{field}",
        )


class EventAltered(AuditError):
    """The log already holds this event id with other facts: somebody rewrote an event after it was recorded."""

    def __init__(self, event_id: str) -> None:
        super().__init__(
            "conflict",
            "audit_event_altered",
            "该事件已以不同内容入账，后到的内容被拒绝。",
            "The log already holds this event with other facts; the later ones are refused.",
            facts={"event_id": event_id},
        )


class EntryUnknown(AuditError):
    """No leaf has this event id, at least not yet."""

    def __init__(self) -> None:
        super().__init__(
            "not_found",
            "audit_entry_unknown",
            "审计账中没有这一事件，或者它刚刚发生、尚未入账。",
            "The log holds no such event, or it happened just now and is not sealed yet.",
        )


class CheckpointUnknown(AuditError):
    """No checkpoint was signed for this size."""

    def __init__(self) -> None:
        super().__init__(
            "not_found",
            "audit_checkpoint_unknown",
            "没有该规模的检查点。",
            "No checkpoint was signed for a tree of this size.",
        )


class SizeOutOfRange(AuditError):
    """A proof was asked for a tree that the log does not have."""

    def __init__(self, pointer: str) -> None:
        super().__init__(
            "invalid",
            "audit_size_out_of_range",
            "所求的树规模超出日志范围，或起点大于终点。",
            "The size asked for is outside the log, or the earlier size is the larger one.",
            pointer=pointer,
        )


class LogDamaged(AuditError):
    """The stored log contradicts itself: nothing more is signed until a person has looked."""

    def __init__(self, zh: str, en: str, **facts: Any) -> None:
        super().__init__("unavailable", "audit_log_damaged", zh, en, facts=facts)


class CursorUnreadable(AuditError):
    """A cursor that no page of ours gave."""

    def __init__(self) -> None:
        super().__init__(
            "invalid",
            "audit_cursor_unreadable",
            "翻页标记无法识别，请从第一页重新开始。",
            "The cursor is not one of ours; start again from the first page.",
            pointer="/cursor",
        )
