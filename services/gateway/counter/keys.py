"""The keys of the desk: which there are, which a person has chosen instead, and which no page may take."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from services.catalogue.contracts import Text
from services.gateway.design.language import N_, _
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from shared import time
from shared.identity import Role


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a key does; pages know it by its usual key."""

    usual: str
    words: str

    @property
    def label(self) -> str:
        return _(self.words)

    @property
    def field(self) -> str:
        """Its field on the page of keys."""
        return "key." + re.sub(r"[^A-Za-z0-9]", "-", self.usual)


ACTIONS = (
    Action("F8", N_("受理（或容缺受理）当前办件")),
    Action("F9", N_("一次性告知补正")),
    Action("Ctrl+Enter", N_("确认当前操作")),
    Action("Esc", N_("返回上一步，关闭窗口")),
    Action("Ctrl+K", N_("打开命令框")),
    Action("Alt+H", N_("挂起当前收件")),
    Action("Alt+R", N_("继续最近挂起的收件")),
    Action("Alt+S", N_("到读卡栏")),
    Action("Alt+I", N_("到事项栏")),
    Action("Alt+K", N_("核对材料")),
    Action("Alt+G", N_("请申请人在屏幕上签名")),
    Action("Alt+L", N_("按后四位查办件")),
    Action("Alt+P", N_("打印")),
    Action("Alt+1", N_("到列表")),
    Action("Alt+2", N_("到办件")),
    Action("Alt+3", N_("到申请人")),
    Action("?", N_("显示快捷键")),
    Action("0-9", N_("切换第 1 至 10 行材料的状态（数字键，0 是第 10 行）")),
)
# What every page of the desk has, whoever works there.
EVERYBODY = frozenset({"Ctrl+Enter", "Esc", "Ctrl+K", "Alt+1", "Alt+2", "Alt+3", "?"})
# The digits are ten keys of one kind: they can be switched off, and not be others.
FIXED = frozenset({"0-9"})
# What browsers do with these, no page should undo; F2 and F4 call the next visitor when the hall has its queue.
TAKEN = frozenset(
    {
        "F1",
        "F2",
        "F3",
        "F4",
        "F5",
        "F6",
        "F7",
        "F10",
        "F11",
        "F12",
        "Tab",
        "Enter",
        "Alt+F4",
        "Alt+D",
        "Alt+E",
        "Alt+F",
    }
    | {f"Ctrl+{letter}" for letter in "ACDEFGHJLMNOPQRSTUVWXZ0123456789"}
)
_FORM = re.compile(r"(?:(?:Ctrl|Alt)\+){0,2}(?:F[1-9]|F1[0-2]|[A-Z0-9]|Enter|Esc|\?)")
MODIFIED = re.compile(r"(?:Ctrl|Alt)\+|F\d|Esc|\?")


def actions_of(visitor: Visitor) -> list[Action]:
    """The keys that this person's pages have; those of the window are a clerk's alone."""
    return [action for action in ACTIONS if visitor.has(Role.CLERK) or action.usual in EVERYBODY]


async def chosen(gateway: Gateway, visitor: Visitor) -> dict[str, str]:
    """The keys that this person has instead of the usual ones; nothing stands for one that is switched off."""
    keys: dict[str, str] | None = None
    rows = await gateway.database.fetch("SELECT keys FROM desk_keys WHERE owner = $1", visitor.actor.id)
    if rows:
        keys = rows[0]["keys"]
    return keys or {}


async def keymap(gateway: Gateway, visitor: Visitor) -> str:
    """The same for the page's script; whoever is no clerk has the usual keys."""
    return json.dumps(await chosen(gateway, visitor) if visitor.has(Role.CLERK) else {})


async def keep(gateway: Gateway, visitor: Visitor, keys: Mapping[str, str]) -> None:
    """Keep what differs from the usual."""
    async with gateway.database.transaction() as connection:
        await connection.execute(
            """
            INSERT INTO desk_keys (owner, keys, changed_at) VALUES ($1, $2, $3)
            ON CONFLICT (owner) DO UPDATE SET keys = excluded.keys, changed_at = excluded.changed_at
            """,
            visitor.actor.id,
            dict(keys),
            time.now(),
        )


def spelt(typed: str) -> str:
    """A key in one spelling: `ctrl + k` is Ctrl+K."""
    parts = [part.strip() for part in typed.replace("＋", "+").replace("？", "?").split("+") if part.strip()]
    names = {"ctrl": "Ctrl", "control": "Ctrl", "alt": "Alt", "enter": "Enter", "esc": "Esc", "escape": "Esc"}
    return "+".join(names.get(part.lower(), part.upper()) for part in parts)


def fault_of(key: str, others: Mapping[str, str]) -> Text | None:
    """Why this key cannot be taken; `others` are the keys of the other actions."""
    if not _FORM.fullmatch(key):
        return Text(zh="写成 F8、Alt+H、Ctrl+K 这样的一个键", en="Write one key, such as F8, Alt+H or Ctrl+K")
    if key in TAKEN:
        return Text(
            zh=f"{key} 由浏览器或叫号使用，请换一个",
            en=f"{key} belongs to the browser or the queue; choose another",
        )
    if not MODIFIED.match(key):
        return Text(
            zh="单个字母或数字留给输入法，请加 Alt 或 Ctrl",
            en="Bare letters and digits belong to typing; add Alt or Ctrl",
        )
    if (other := next((words for words, taken in others.items() if taken == key), None)) is not None:
        return Text(zh=f"{key} 已经用于“{other}”", en=f"{key} is taken by “{other}”")
    return None
