"""The screen before the applicant: it shows one text to be signed, belongs to one session of a desk, and ends with it.

The tablet knows nothing but what it is shown: it has no account, its pairing code works once and for minutes, and what
it showed is gone when it is signed, taken back, or nobody signs in time.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel

from services.applications import contracts as c
from services.gateway.counter.holding import Intake, Signed
from services.gateway.counter.intake_fields import PROMISED, check, promise, signatories
from services.gateway.design.typed import parse
from services.gateway.gateway import Gateway
from services.gateway.identity.sessions import digest_of
from services.gateway.identity.throttle import Limit
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.sealing import keyring_of
from shared import time

CODE_MINUTES = timedelta(minutes=10)
SHOWN_MINUTES = timedelta(minutes=20)
# Wrong codes of one address; a code has eight digits and lives ten minutes.
PAIRING = Limit("second_screen", 10)


class TextLine(BaseModel):
    """One line of the text to be signed."""

    style: str
    text: str
    label: str | None = None


class Shown(BaseModel):
    """What the screen shows: the undertaking word for word, and what is missing."""

    item_zh: str
    item_en: str
    lines: list[TextLine]
    missing: list[tuple[str, str]]
    names: list[str]
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen of one desk."""

    id: UUID
    paired: bool
    code: str | None
    intake_id: UUID | None
    shown: Shown | None
    signed: Signed | None


async def of_desk(gateway: Gateway, visitor: Visitor) -> Screen | None:
    """The screen of this desk's session, if it asked for one."""
    rows = await gateway.database.fetch(
        "SELECT * FROM second_screens WHERE session_sha256 = $1", visitor.token_sha256
    )
    return _screen(gateway, rows[0]) if rows else None


async def of_device(gateway: Gateway, token: str | None) -> Screen | None:
    """The screen that this tablet is, while the session of its desk lasts."""
    if not token:
        return None
    idle = timedelta(minutes=gateway.settings.session_idle_minutes)
    rows = await gateway.database.fetch(
        """
        SELECT p.* FROM second_screens AS p JOIN sessions AS s ON s.token_sha256 = p.session_sha256
        WHERE p.device_sha256 = $1 AND s.expires_at > $2 AND s.last_seen_at > $3
        """,
        digest_of(token),
        time.now(),
        time.now() - idle,
    )
    return _screen(gateway, rows[0]) if rows else None


State = Literal["none", "code", "expired", "connected", "shown", "signed"]


def state_of(screen: Screen | None, intake_id: UUID) -> State:
    """What this intake has to do with the screen."""
    if screen is None:
        return "none"
    if not screen.paired:
        return "code" if screen.code else "expired"
    if screen.intake_id != intake_id:
        return "connected"
    if screen.signed:
        return "signed"
    return "shown" if screen.shown else "connected"


def _screen(gateway: Gateway, row: asyncpg.Record) -> Screen:
    now, ring = time.now(), keyring_of(gateway)
    waiting = row["code_expires_at"] is not None and row["code_expires_at"] > now
    shown = row["shown"] if row["shown"] is not None and row["shown_until"] > now else None
    place = _place(row["id"])
    return Screen(
        id=row["id"],
        paired=row["device_sha256"] is not None,
        code=code_of(gateway, row["id"]) if waiting else None,
        intake_id=row["intake_id"],
        shown=Shown.model_validate_json(ring.decrypt_text(shown, context=place)) if shown else None,
        signed=Signed.model_validate_json(ring.decrypt_text(row["signed"], context=place))
        if row["signed"]
        else None,
    )


def _place(screen_id: UUID) -> str:
    return f"second_screens:{screen_id}"


def code_of(gateway: Gateway, screen_id: UUID) -> str:
    """The pairing code: eight digits that follow from the id and this installation's key, so that none is stored."""
    digest = gateway.blind_index.digest("second-screen-code", screen_id.bytes)
    return f"{int.from_bytes(digest[:8]) % 10**8:08d}"


async def ask_code(gateway: Gateway, visitor: Visitor) -> None:
    """A new code for this desk; a tablet that was paired before is let go."""
    screen_id = uuid4()
    async with gateway.database.transaction() as connection:
        await connection.execute("DELETE FROM second_screens WHERE session_sha256 = $1", visitor.token_sha256)
        await connection.execute(
            "INSERT INTO second_screens (session_sha256, id, code_index, code_expires_at) VALUES ($1, $2, $3, $4)",
            visitor.token_sha256,
            screen_id,
            _index(gateway, code_of(gateway, screen_id)),
            time.now() + CODE_MINUTES,
        )


def _index(gateway: Gateway, code: str) -> bytes:
    return gateway.blind_index.index("second-screen-code", code)


async def pair(gateway: Gateway, code: str, token: str, address: str) -> None:
    """This tablet is the screen of the desk that shows this code; the code works once."""
    await gateway.throttle.count(PAIRING, address)
    async with gateway.database.transaction() as connection:
        paired = await connection.fetchval(
            """
            UPDATE second_screens SET device_sha256 = $2, code_index = NULL, code_expires_at = NULL
            WHERE code_index = $1 AND code_expires_at > $3 RETURNING id
            """,
            _index(gateway, code),
            digest_of(token),
            time.now(),
        )
    if paired is None:
        raise Problem(
            "screen_code_unknown",
            status=422,
            zh="配对码不对或者已过期，请看窗口电脑上显示的8位数字。",
            en="The code is wrong or has expired; please look at the eight digits on the clerk's screen.",
        )
    await gateway.throttle.take_back(PAIRING, address)


async def end(gateway: Gateway, visitor: Visitor) -> None:
    """The desk lets its screen go."""
    async with gateway.database.transaction() as connection:
        await connection.execute("DELETE FROM second_screens WHERE session_sha256 = $1", visitor.token_sha256)


async def show(gateway: Gateway, visitor: Visitor, intake: Intake) -> None:
    """Show the undertaking of this intake, as it is now."""
    screen = await of_desk(gateway, visitor)
    if screen is None or not screen.paired:
        raise Problem(
            "no_second_screen",
            status=422,
            zh="还没有连接申请人屏幕。请先连接，或者由申请人在纸上签名后录入姓名。",
            en="No screen is connected. Connect one, or type the name that the applicant signed on paper.",
        )
    shown = await _text(gateway, visitor, intake)
    async with gateway.database.transaction() as connection:
        await connection.execute(
            """
            UPDATE second_screens SET intake_id = $2, shown = $3, shown_until = $4, signed = NULL
            WHERE session_sha256 = $1
            """,
            visitor.token_sha256,
            intake.id,
            keyring_of(gateway).encrypt(shown.model_dump_json(), context=_place(screen.id)),
            time.now() + SHOWN_MINUTES,
        )


async def _text(gateway: Gateway, visitor: Visitor, intake: Intake) -> Shown:
    guide = await public.guide(gateway, visitor, intake.item_code)
    text = await promise(gateway, visitor, intake, guide)
    found = await check(gateway, visitor, intake, guide)
    if text is None or found.missing_main or found.missing_other:
        raise Problem(
            "nothing_to_promise",
            status=422,
            zh="缺少的材料中有不能容缺的，或者没有缺少材料，不需要签署容缺承诺书。",
            en="A paper is missing that can't be tolerated, or none is missing: there is nothing to sign.",
        )
    names = {paper.code: paper.name for paper in guide.materials}
    return Shown(
        item_zh=guide.name.zh,
        item_en=guide.name.en,
        lines=[TextLine(style=line.style, text=line.text, label=line.label) for line in text.lines],
        missing=[(names[code].zh, names[code].en) for code in text.materials if code in names],
        names=signatories(intake),
        text_sha256=text.sha256,
    )


async def sign(gateway: Gateway, screen: Screen, name: str, drawn: str) -> None:
    """What was signed on the tablet, kept until the desk takes it; the text is shown no more."""
    if screen.shown is None:
        raise Problem("not_found")
    given = {"signed_name": name, "text_sha256": screen.shown.text_sha256, **PROMISED}
    parse(c.Undertaking, given | ({"drawn": drawn} if drawn else {}))
    if name not in screen.shown.names:
        raise Problem(
            "signed_by_somebody_else",
            status=422,
            zh="请选择承诺人。",
            en="Choose who signs.",
        )
    signed = Signed(
        name=name, text_sha256=screen.shown.text_sha256, drawn=drawn or None, signed_at=time.now()
    )
    async with gateway.database.transaction() as connection:
        await connection.execute(
            """
            UPDATE second_screens SET shown = NULL, signed = $2
            WHERE id = $1 AND shown IS NOT NULL AND intake_id = $3
            """,
            screen.id,
            keyring_of(gateway).encrypt(signed.model_dump_json(), context=_place(screen.id)),
            # The desk may have shown the text of another intake meanwhile, which is not what was signed.
            screen.intake_id,
        )


async def collect(gateway: Gateway, visitor: Visitor, intake: Intake) -> bool:
    """Take over the signature that has arrived for this intake; whether one had."""
    screen = await of_desk(gateway, visitor)
    if screen is None or screen.signed is None or screen.intake_id != intake.id:
        return False
    intake.signed = screen.signed
    intake.values["asks_tolerance"] = "true"
    return True


async def clear(gateway: Gateway, visitor: Visitor, intake: Intake) -> None:
    """The screen shows nothing of this intake any more, and keeps nothing; what another one waits for stays."""
    async with gateway.database.transaction() as connection:
        await connection.execute(
            """
            UPDATE second_screens SET intake_id = NULL, shown = NULL, signed = NULL
            WHERE session_sha256 = $1 AND intake_id = $2
            """,
            visitor.token_sha256,
            intake.id,
        )
