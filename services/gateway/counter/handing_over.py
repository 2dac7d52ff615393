"""A matter goes from one device to another, once: to the applicant's phone, or from an online draft to the window.

A link or code is random, lives for minutes, and the database keeps a keyed digest of it.  It opens one thing: the status
of one case, one draft for its own applicant, one intake for a clerk whom the applicant showed the code.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from services.applications import contracts as c
from services.catalogue.contracts import GuideView
from services.gateway import looks
from services.gateway.applicant import applying, drafts
from services.gateway.applicant.drafts import Draft, DraftPaper, Sent
from services.gateway.conditions import command_id_of
from services.gateway.counter import holding
from services.gateway.counter.holding import Intake
from services.gateway.counter.intake_fields import tidied
from services.gateway.gateway import Gateway
from services.gateway.identity.own import OwnIdentity, identity_of
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.supplying import id_of
from shared import time
from shared.database import Connection

Kind = Literal["case_to_phone", "intake_to_phone", "draft_to_counter"]
LIVES = timedelta(minutes=30)
# The letters of a code that is read aloud or typed: none that is taken for a digit or for another letter.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
# Tells a scanned code from a scanned number.
PREFIX = "TB-"


@dataclass(frozen=True, slots=True)
class Handover:
    """What a link or a code opens."""

    kind: Kind
    subject: UUID
    owner: str
    used: bool


async def offer(gateway: Gateway, kind: Kind, subject: UUID, owner: str) -> str:
    """A new link token, or the code of a draft."""
    token = _code() if kind == "draft_to_counter" else secrets.token_urlsafe(24)
    now = time.now()
    async with gateway.database.transaction() as connection:
        await connection.execute(
            """
            INSERT INTO handovers (code_index, kind, subject, owner, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            _index(gateway, token),
            kind,
            subject,
            owner,
            now,
            now + LIVES,
        )
    return token


def _code() -> str:
    return PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(8))


def _index(gateway: Gateway, token: str) -> bytes:
    # A code may be typed in small letters; a link is taken as it is.
    spelt = token.upper() if token.upper().startswith(PREFIX) else token
    return gateway.blind_index.digest("handover", spelt.encode())


async def look(gateway: Gateway, token: str) -> Handover:
    """What this token opens; raises `not_found` when it is unknown, used or over."""
    rows = await gateway.database.fetch(
        "SELECT * FROM handovers WHERE code_index = $1 AND expires_at > $2 AND used_at IS NULL",
        _index(gateway, token),
        time.now(),
    )
    if not rows:
        raise _over()
    row = rows[0]
    return Handover(row["kind"], row["subject"], row["owner"], row["used_at"] is not None)


def _over() -> Problem:
    return Problem(
        "not_found",
        zh="这个二维码或交接码已经使用过，或者已过期，请重新生成。",
        en="This code was used already or has expired; please make a new one.",
    )


async def use(connection: Connection, gateway: Gateway, token: str) -> None:
    """Spend the token; of two that come at once one is too late."""
    spent = await connection.fetchval(
        "UPDATE handovers SET used_at = $2 WHERE code_index = $1 AND used_at IS NULL AND expires_at > $2 RETURNING 1",
        _index(gateway, token),
        time.now(),
    )
    if spent is None:
        raise _over()


async def take_over_draft(gateway: Gateway, visitor: Visitor, code: str, intake_id: UUID) -> Intake:
    """The draft that the applicant shows the clerk, as an intake; it stays the applicant's until it is handed in."""
    found = await look(gateway, code)
    if found.kind != "draft_to_counter":
        raise _over()
    draft = await drafts.load(gateway, found.owner, found.subject)
    _refuse_sent(draft)
    account_id = UUID(found.owner.removeprefix("account:"))
    async with gateway.database.transaction() as connection:
        await use(connection, gateway, code)
        await looks.record_looked_up_account(connection, visitor, account_id)
        own = identity_of(gateway, await gateway.identities.account_row(connection, account_id))
    values = _values_of(draft, own)
    await _copy_to_clerk(gateway, visitor, found.owner, draft, values)
    intake = await holding.begin(gateway, visitor.actor.id, values, intake_id)
    intake.draft_id, intake.draft_owner, intake.known_from = draft.id, found.owner, "draft"
    await holding.save(gateway, intake)
    return intake


def _refuse_sent(draft: Draft) -> None:
    if draft.sent is not None:
        raise Problem(
            "draft_already_sent",
            status=409,
            zh=f"这份申请已经提交，办件编号{draft.sent.case_no}。",
            en=f"This application has been sent already; its number is {draft.sent.case_no}.",
        )


def _values_of(draft: Draft, own: OwnIdentity) -> dict[str, str]:
    """The answers of the draft in the fields of the window."""
    parts = {
        "applicant": applying.applicant_of(draft, own),
        "contact": applying.contact_of(draft, own),
        "agent": applying.agent_of(draft, own) or {"certificate_type": "111"},
    }
    values = {
        f"{part}.{name}": str(value) for part, fields in parts.items() for name, value in fields.items()
    }
    values |= {"item_code": draft.item_code, "channel": "counter", "summary": draft.summary or ""}
    values |= {f"paper.{code}": "lack" for code, given in draft.papers.items() if given.answer == "later"}
    if draft.tolerance == "yes":
        values |= {"asks_tolerance": "true", "undertaking.signed_name": draft.signed_name or ""}
    return values


async def _copy_to_clerk(
    gateway: Gateway, visitor: Visitor, owner: str, draft: Draft, values: dict[str, str]
) -> None:
    for code, given in draft.papers.items():
        if given.upload_id is not None:
            copied = await _copy(gateway, owner, visitor.actor.id, given.upload_id)
            values[f"kept.{code}"] = str(copied.upload_id)


async def _copy(gateway: Gateway, owner: str, new_owner: str, upload_id: UUID) -> DraftPaper:
    """The same file as an upload of somebody else, who was shown it by its owner."""
    view = await gateway.uploads.get(owner, upload_id)
    content = await gateway.uploads.content(view.digest)
    command_id = command_id_of(new_owner, "page.hand_over", str(upload_id))
    copied = await gateway.uploads.add(new_owner, content, view.file_name, command_id)
    return DraftPaper(
        answer="upload",
        upload_id=copied.upload_id,
        file_name=copied.file_name,
        media_type=copied.media_type,
        size_bytes=copied.size_bytes,
    )


async def refuse_sent(gateway: Gateway, intake: Intake) -> None:
    """An application that was begun online and has been sent from there is not handed in a second time.

    What this very intake has sent may be sent again: it is one command, and its answer may have been lost.
    """
    draft = await _begun_online(gateway, intake)
    if draft is not None and (draft.sent is None or draft.sent.intake_id != intake.id):
        _refuse_sent(draft)


async def _begun_online(gateway: Gateway, intake: Intake) -> Draft | None:
    """The draft that this intake goes on with; its owner may have thrown it away meanwhile, for it is at the window."""
    if intake.draft_id is None:
        return None
    try:
        return await drafts.load(gateway, intake.draft_owner, intake.draft_id)
    except Problem:
        return None


async def finish_draft(gateway: Gateway, intake: Intake, receipt: c.CaseReceipt) -> None:
    """The applicant finds the confirmation where the draft was."""
    draft = await _begun_online(gateway, intake)
    if draft is None:
        return
    draft.sent = Sent(
        case_id=receipt.case_id,
        case_no=receipt.case_no,
        access_code=receipt.access_code,
        submitted_at=receipt.submitted_at,
        due_on=receipt.due_on.isoformat() if receipt.due_on else None,
        intake_id=intake.id,
    )
    await drafts.save(gateway, intake.draft_owner, draft)


async def claim(gateway: Gateway, visitor: Visitor, own: OwnIdentity, token: str) -> Draft:
    """The intake of the window as a draft of its applicant, or of the agent who acts for the applicant."""
    found = await look(gateway, token)
    intake = await holding.load(gateway, found.owner, found.subject)
    _refuse_handed_in(intake)
    values = tidied(intake.values)
    mine = (own.certificate_type, own.certificate_number)
    if mine not in (_certificate(values, "applicant"), _certificate(values, "agent")):
        raise Problem(
            "forbidden",
            zh="这份申请不是为您本人保存的，请用申请人或经办人的账号登录。",
            en="This application was not kept for you; sign in as its applicant or agent.",
        )
    guide = await public.guide(gateway, visitor, intake.item_code)
    async with gateway.database.transaction() as connection:
        await use(connection, gateway, token)
    draft = await drafts.begin(gateway, visitor.actor.id, guide.code, guide.version, guide.name.zh)
    _fill(draft, values, is_self=mine == _certificate(values, "applicant"), own=own)
    await _copy_to_applicant(gateway, found.owner, visitor.actor.id, draft, values, guide)
    await drafts.save(gateway, visitor.actor.id, draft)
    await holding.delete(gateway, found.owner, intake.id)
    return draft


def _refuse_handed_in(intake: Intake) -> None:
    """The QR code was drawn before the window handed the matter in: on the phone it would become a second case."""
    if intake.handed_in is not None:
        raise Problem(
            "draft_already_sent",
            status=409,
            zh=f"这份申请已经由窗口提交，办件编号{intake.handed_in.case_no}。",
            en=f"The window has handed this application in already; its number is {intake.handed_in.case_no}.",
        )


def _certificate(values: dict[str, str], role: str) -> tuple[str, str]:
    return values.get(f"{role}.certificate_type", ""), values.get(f"{role}.certificate_number", "")


def _fill(draft: Draft, values: dict[str, str], *, is_self: bool, own: OwnIdentity) -> None:
    def part(role: str) -> dict[str, str]:
        begun = f"{role}."
        return {
            name.removeprefix(begun): value
            for name, value in values.items()
            if name.startswith(begun) and value.strip()
        }

    draft.for_whom = "self" if is_self else "other"
    draft.applicant = part("applicant")
    draft.contact_from, draft.contact = "other", part("contact")
    draft.summary = values.get("summary", "").strip() or None
    for step in ("who", "applicant", "contact", "summary"):
        draft.answered(step)
    if not draft.contact.get("name") or not draft.contact.get("mobile"):
        draft.open_again("contact")


async def _copy_to_applicant(
    gateway: Gateway,
    owner: str,
    new_owner: str,
    draft: Draft,
    values: dict[str, str],
    guide: GuideView,
) -> None:
    """What was scanned goes along; a paper that only lay on the desk is photographed at home."""
    for paper in guide.materials:
        if (upload_id := id_of(values.get(f"kept.{paper.code}", ""))) is not None:
            draft.papers[paper.code] = await _copy(gateway, owner, new_owner, upload_id)
            draft.answered(f"{applying.PAPER}{paper.code}")
