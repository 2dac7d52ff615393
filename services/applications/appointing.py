"""Posts, delegations and absences: put on record by the head of the organ, told to the audit by digest."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.applications.contracts import powers as p
from services.applications.domain.authority import Absence, Delegation, Post
from services.applications.domain.errors import DomainError, InvalidRequest, NotAllowed, NotFound
from services.applications.domain.steps import step_of
from services.applications.handlers import Doing
from services.applications.ids import new_id
from services.applications.office import Office
from services.applications.publishing import SOURCE
from services.applications.store import posts
from services.applications.store.posts import Noted
from services.applications.viewing.review import AUTHORITY_NAMES
from shared import time
from shared.database import Connection
from shared.identity import Actor
from shared.messaging import outbox
from shared.messaging.commands import Command
from shared.messaging.envelope import Event, envelope

Asked = Any
Recorder = Callable[[Doing, Any], Awaitable[p.PowerReceipt]]


async def once(
    office: Office, actor: Actor, this: Command, request: Asked, record: Recorder, traceparent: str | None
) -> p.PowerReceipt:
    """Put something on record in a transaction with its command row."""

    async def run(connection: Connection) -> p.PowerReceipt:
        return await record(Doing(office, connection, actor, traceparent), request)

    return await office.commands.run_once(office.database, this, p.PowerReceipt, run)


async def appoint(doing: Doing, request: p.AppointToPost) -> p.PowerReceipt:
    """§7.2 AB岗: every post has a holder and a stand-in, by a dated instrument."""
    _require_not_past(request.valid_from, "/valid_from")
    noted = _noted(doing)
    post = Post(
        _unit(doing),
        request.post,
        request.holder,
        request.stand_in,
        request.valid_from,
        request.valid_to,
        request.instrument,
    )
    await posts.appoint(doing.connection, post, noted)
    event = p.PostAppointedV1(
        appointment_id=noted.id,
        unit=post.unit,
        post=post.post,
        has_holder=post.holder is not None,
        has_stand_in=post.stand_in is not None,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
        instrument=post.instrument,
        record_sha256=_digest(noted.id, request),
    )
    return await _told(doing, noted, event)


async def delegate(doing: Doing, request: p.DelegatePower) -> p.PowerReceipt:
    """行政许可法 24: a delegation is dated and public to the organ, and is not delegated on."""
    _require_not_past(request.valid_from, "/valid_from")
    noted = _noted(doing)
    given = Delegation(
        unit=_unit(doing),
        delegator=request.delegator,
        delegate=request.delegate,
        instrument=request.instrument,
        valid_from=request.valid_from,
        valid_to=request.valid_to,
        posts=request.posts,
        items=request.items,
        role=request.role,
    )
    # Two at once would each miss the other, and together delegate on.
    await posts.hold_delegations(doing.connection, given.unit)
    powers = await posts.powers_on(doing.connection, given.unit, given.valid_from)
    _refuse_delegating_on(given, powers.delegations)
    for name in given.posts:
        post = powers.post_on(given.unit, name, given.valid_from)
        if post is None or post.holder != given.delegator:
            raise DomainError(
                "delegator_not_holder",
                f"授权人当日不担任岗位“{name}”，不能授予该岗位的职权。",
                f"The delegator does not hold the post “{name}” on that day and can't delegate its power.",
                pointer="/posts",
            )
    await posts.delegate(doing.connection, given, noted)
    event = p.PowerDelegatedV1(
        delegation_id=noted.id,
        unit=given.unit,
        posts=given.posts,
        items=given.items,
        role=given.role,
        instrument=given.instrument,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        record_sha256=_digest(noted.id, request),
    )
    return await _told(doing, noted, event)


def _refuse_delegating_on(given: Delegation, known: tuple[Delegation, ...]) -> None:
    for one in known:
        is_on = (
            one.revoked_on is None and one.valid_from <= given.valid_to and given.valid_from <= one.valid_to
        )
        same = set(one.posts) & set(given.posts) or (
            one.role == given.role and set(one.items) & set(given.items)
        )
        # Whichever of the two is recorded first: in the end somebody would act by the power of the one before.
        is_chain = one.delegate == given.delegator or one.delegator == given.delegate
        if is_chain and is_on and same:
            raise DomainError(
                "delegated_on",
                f"该职权系根据授权文书（{one.instrument}）取得，不得再行授权（行政许可法第二十四条）。",
                f"This power comes from a delegation itself ({one.instrument}) and can't be delegated on (Art. 24).",
                pointer="/delegator",
                article="行政许可法 24",
            )


async def revoke(doing: Doing, request: p.RevokeDelegation) -> p.PowerReceipt:
    """A delegation ends today."""
    on = time.today()
    row = await posts.revoke(doing.connection, request.delegation_id, _unit(doing), on)
    if row is None:
        raise NotFound(
            "delegation_not_found",
            "没有找到这份授权，或者它已经失效。",
            "There is no such delegation, or it has ended.",
            pointer="/delegation_id",
        )
    event = p.DelegationRevokedV1(
        delegation_id=request.delegation_id,
        unit=row["unit"],
        instrument=row["instrument"],
        revoked_on=on,
    )
    return await _told(doing, _noted(doing), event, power_id=request.delegation_id)


async def record_absence(doing: Doing, request: p.RecordAbsence) -> p.PowerReceipt:
    """AB岗: while somebody is away, the stand-in acts."""
    _require_not_past(request.first_on, "/first_on")
    noted, unit = _noted(doing), _unit(doing)
    away = Absence(request.person, request.first_on, request.last_on)
    await posts.record_absence(doing.connection, unit, away, noted)
    event = p.AbsenceRecordedV1(
        absence_id=noted.id,
        unit=unit,
        first_on=away.first_on,
        last_on=away.last_on,
        record_sha256=_digest(noted.id, request),
    )
    return await _told(doing, noted, event)


def _require_not_past(day: date, pointer: str) -> None:
    # A power that is recorded afterwards would give authority to what was done without any.
    if day < time.today():
        raise InvalidRequest(
            "power_backdated",
            "任职、授权和缺勤应当事先登记，开始日期不能早于今天。",
            "Powers and absences are recorded beforehand; the first day can't lie in the past.",
            pointer=pointer,
        )


def _unit(doing: Doing) -> str:
    if doing.actor.unit is None:
        raise NotAllowed("no_unit", "您的账号没有所属单位。", "Your account belongs to no unit.")
    return doing.actor.unit


def _noted(doing: Doing) -> Noted:
    at = time.now()
    return Noted(new_id(at), doing.actor.id, at)


def _digest(record_id: UUID, request: BaseModel) -> str:
    # With the id, so that the same few people can't be guessed from their digests.
    return hashlib.sha256(f"{record_id}:{request.model_dump_json()}".encode()).hexdigest()


async def _told(doing: Doing, noted: Noted, event: Event, *, power_id: UUID | None = None) -> p.PowerReceipt:
    """Tell the audit in the same transaction; each record is a subject of its own."""
    told = envelope(
        event,
        source=SOURCE,
        event_id=new_id(noted.at),
        subject=str(noted.id),
        sequence=1,
        recorded_at=noted.at,
        actor=doing.actor,
        traceparent=doing.traceparent,
    )
    await outbox.add(doing.connection, [told])
    return p.PowerReceipt(id=power_id or noted.id)


async def list_powers(doing: Doing, _: p.ListPowers) -> p.PowersView:
    """The posts, delegations and absences of the caller's own unit."""
    on, unit = time.today(), _unit(doing)
    return p.PowersView(
        posts=tuple(
            p.PostView(**_only(row, p.PostView)) for row in await posts.posts_of(doing.connection, unit, on)
        ),
        delegations=tuple(
            p.DelegationView(
                **_only(row, p.DelegationView),
                in_force=row["valid_from"] <= on <= row["valid_to"]
                and (row["revoked_on"] is None or on < row["revoked_on"]),
            )
            for row in await posts.delegations_of(doing.connection, unit)
        ),
        absences=tuple(
            p.AbsenceView(**_only(row, p.AbsenceView))
            for row in await posts.absences_of(doing.connection, unit, on)
        ),
    )


DONE_SHOWN = 100
_ACTS = {"OpinionGiven": "opinion", "ApprovalGiven": "approval", "SentBack": "sent_back"}


async def list_done_for_me(doing: Doing, _: p.ListDoneForMe) -> p.DoneForMeList:
    """Whoever gave a power away sees what became of it."""
    rows = await posts.done_in_place_of(doing.connection, doing.actor.id, _unit(doing), DONE_SHOWN + 1)
    known = [row for row in rows if row["name"] in _ACTS]
    return p.DoneForMeList(
        items=tuple(_done(doing, row) for row in known[:DONE_SHOWN]), more=len(rows) > DONE_SHOWN
    )


def _done(doing: Doing, row: Any) -> p.DoneForMe:
    data = row["data"]
    item = doing.office.known.item(row["item_code"], row["item_version"], time.today())
    code = data.get("step") or data.get("to_step") or ""
    step = step_of(item, code)
    zh, en = AUTHORITY_NAMES[data["authority"]]
    return p.DoneForMe.model_validate(
        {
            "case_id": row["case_id"],
            "case_no": row["case_no"],
            "item_name": item.name,
            "item_name_en": item.name_en,
            "act": _ACTS[row["name"]],
            "step": code,
            "step_zh": step.name if step else "",
            "step_en": step.name_en if step else "",
            "verdict": data.get("opinion") or data.get("result"),
            "done_by": row["actor"],
            "authority": data["authority"],
            "authority_zh": zh,
            "authority_en": en,
            "post": data.get("post"),
            "instrument": data.get("instrument"),
            "done_on": row["effective_on"],
        }
    )


def _only(row: Any, model: type[BaseModel]) -> dict[str, Any]:
    return {name: row[name] for name in model.model_fields if name in row.keys()}  # noqa: SIM118  # a row is no dict
