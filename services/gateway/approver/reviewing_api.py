"""The review in the approver's room, and the powers that the head of the organ keeps."""

from typing import Any

from services.applications.contracts import powers as p
from services.applications.contracts import reviewing as r
from services.gateway import client, reviewing_forms
from services.gateway.answers import Answer
from services.gateway.approver import actions
from services.gateway.approver.api import READERS, WHO, room
from services.gateway.case_commands import add_command
from services.gateway.client import Method
from services.gateway.operations import Visit, only
from services.gateway.reviewing_api import add_review_steps, add_site_checks, add_urging
from shared.identity import Role

HEAD = only(Role.ORGAN_HEAD)

add_review_steps(room, READERS)
add_urging(room, READERS)
add_site_checks(room, WHO)

add_command(
    room,
    "/cases/{case_id}/returns",
    client.SEND_BACK,
    who=READERS,
    zh="退回前一环节",
    en="Send the case back to an earlier step",
    body=reviewing_forms.Return,
    example=reviewing_forms.RETURN,
)

add_command(
    room,
    "/cases/{case_id}/recusal-refusals",
    client.DECLINE_RECUSAL,
    who=HEAD,
    zh="驳回回避申请",
    en="Decline the recusal that the applicant asked for",
    body=reviewing_forms.Statement,
    example={"words": "经核实，不存在法定回避情形"},
)

add_command(
    room,
    "/cases/{case_id}/inspectors",
    client.ASSIGN_INSPECTORS,
    who=READERS,
    zh="指派核查人员（两人以上）",
    en="Send at least two of the staff to check or to inspect",
    body=reviewing_forms.Inspection,
    example=reviewing_forms.INSPECTION,
)


@room.post(
    "/decisions",
    who=WHO,
    zh="批量决定（相同办件，逐件出具文书）",
    en="The same decision for identical cases, each with its own document; what does not fit is refused alone",
    body=r.DecideBatch,
    reply=r.BatchReceipt,
    idempotent=True,
    example=reviewing_forms.BATCH,
)
async def decide_batch(visit: Visit) -> Answer:
    batch = visit.body(r.DecideBatch)
    return Answer(await actions.decide_batch(visit.gateway, visit.visitor, batch, visit.command))


@room.get(
    "/powers",
    who=READERS,
    zh="岗位、授权与缺勤",
    en="Posts, delegations and absences of the unit",
    reply=p.PowersView,
)
async def list_powers(visit: Visit) -> Answer:
    return Answer(await actions.powers(visit.gateway, visit.visitor))


@room.get(
    "/powers/done-for-me",
    who=READERS,
    zh="他人以本人名义（代办、受权）办理的事项",
    en="What others did in the caller's place, by delegation or as a stand-in",
    reply=p.DoneForMeList,
)
async def list_done_for_me(visit: Visit) -> Answer:
    return Answer(await actions.done_for_me(visit.gateway, visit.visitor))


async def _record(visit: Visit, method: Method[Any, p.PowerReceipt], command: Any) -> Answer:
    return Answer(await actions.put_on_record(visit.gateway, visit.visitor, method, command, visit.command))


@room.post(
    "/powers/posts",
    who=HEAD,
    zh="登记岗位任职（A岗、B岗）",
    en="Appoint the holder and the stand-in of a post",
    body=p.AppointToPost,
    reply=p.PowerReceipt,
    status=201,
    idempotent=True,
    example=reviewing_forms.APPOINTMENT,
)
async def appoint_to_post(visit: Visit) -> Answer:
    return await _record(visit, client.APPOINT_TO_POST, visit.body(p.AppointToPost))


@room.post(
    "/powers/delegations",
    who=HEAD,
    zh="登记授权",
    en="Put a dated delegation on record",
    body=p.DelegatePower,
    reply=p.PowerReceipt,
    status=201,
    idempotent=True,
    example=reviewing_forms.DELEGATION,
)
async def delegate_power(visit: Visit) -> Answer:
    return await _record(visit, client.DELEGATE_POWER, visit.body(p.DelegatePower))


@room.post(
    "/powers/delegations/{delegation_id}/revocation",
    who=HEAD,
    zh="撤销授权",
    en="End a delegation from today on",
    reply=p.PowerReceipt,
    idempotent=True,
    problems=("not_found",),
)
async def revoke_delegation(visit: Visit) -> Answer:
    command = p.RevokeDelegation(delegation_id=visit.uuid("delegation_id"))
    return await _record(visit, client.REVOKE_DELEGATION, command)


@room.post(
    "/powers/absences",
    who=HEAD,
    zh="登记缺勤",
    en="Put on record that somebody is away",
    body=p.RecordAbsence,
    reply=p.PowerReceipt,
    status=201,
    idempotent=True,
    example=reviewing_forms.ABSENCE,
)
async def record_absence(visit: Visit) -> Answer:
    return await _record(visit, client.RECORD_ABSENCE, visit.body(p.RecordAbsence))
