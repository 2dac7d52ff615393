"""Operations of tolerance and commitments that several rooms share: texts to sign, signatures, examination, recall."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.applications.contracts import tolerating as t
from services.gateway import client, examples
from services.gateway.answers import Answer
from services.gateway.case_commands import add_command
from services.gateway.forms import Purpose
from services.gateway.operations import Room, Visit, Who

Promise = Literal["undertaking", "commitment"]


class WhichPromise(BaseModel):
    """Under which promise."""

    model_config = ConfigDict(extra="forbid")

    promise: Promise = Field(
        default="undertaking", description="容缺承诺书或者告知承诺书 the undertaking or the commitment"
    )


class SignaturePurpose(Purpose):
    """Under which promise, and what the signature is looked at for."""

    promise: Promise = "undertaking"


PROMISES = {
    "item_code": examples.ITEM_CODE,
    "applicant": examples.ONLINE_CASE["applicant"],
    "contact": examples.ONLINE_CASE["contact"],
    "supplied": ["A01-01", "A01-04", "A01-05", "A01-06", "A01-08"],
}
FAULT = {"defects": [{"material_code": "A01-10", "reason": "other", "explanation": "CAD图层缺失"}]}
EXTENSION_TO_ASK = {
    "until": "2026-12-04",
    "reasons": "项目所在地洪水封路，资料无法取出",
    "evidence": ["0" * 64],
}
STATEMENT = {"statement": "材料已于昨日寄出，因天气延误"}
FINDING = {"material_code": "A01-08", "finding": "true"}


def add_texts_to_sign(room: Room, who: Who) -> None:
    """The exact undertaking and commitment, before they are signed."""

    @room.post(
        "/promises",
        who=who,
        zh="生成待签署的容缺承诺书、告知承诺书（不保存），返回内容及其摘要",
        en="The exact undertaking and commitment to sign, with their digests; nothing is stored",
        body=t.DraftPromises,
        reply=t.PromiseDrafts,
        example=PROMISES,
    )
    async def draft_promises(visit: Visit) -> Answer:
        request = visit.body(t.DraftPromises)
        return Answer(await visit.gateway.services.ask(visit.visitor, client.DRAFT_PROMISES, request))


def add_signature(room: Room, who: Who) -> None:
    """A drawn signature, for the staff: the look is recorded."""

    @room.post(
        "/cases/{case_id}/signature",
        who=who,
        zh="查看手写签名（须说明用途，记入审计）",
        en="A drawn signature; the look is recorded with its purpose",
        body=SignaturePurpose,
        reply=t.SignatureImage,
        problems=("not_found",),
        example=examples.PURPOSE,
    )
    async def reveal_signature(visit: Visit) -> Answer:
        form = visit.body(SignaturePurpose)
        return await _signature(visit, form.promise, form.purpose)


def add_own_signature(room: Room, who: Who) -> None:
    """One's own drawn signature."""

    @room.get(
        "/cases/{case_id}/signature",
        who=who,
        zh="本人的手写签名",
        en="The drawn signature under one's own promise",
        query=WhichPromise,
        reply=t.SignatureImage,
        problems=("not_found",),
    )
    async def get_signature(visit: Visit) -> Answer:
        return await _signature(visit, visit.query(WhichPromise).promise, None)


async def _signature(visit: Visit, promise: Promise, purpose: str | None) -> Answer:
    request = t.GetSignature(case_id=visit.uuid("case_id"), promise=promise, purpose=purpose)
    return Answer(await visit.gateway.services.ask(visit.visitor, client.GET_SIGNATURE, request))


def add_examination(room: Room, who: Who) -> None:
    """Examining what came late, and checking commitments after the decision."""

    add_command(
        room,
        "/cases/{case_id}/supply/confirmation",
        client.CONFIRM_SUPPLY,
        who=who,
        zh="补交的容缺材料审查合格",
        en="The papers that came late were examined and are right",
    )

    add_command(
        room,
        "/cases/{case_id}/supply/fault",
        client.FAULT_SUPPLY,
        who=who,
        zh="补交的容缺材料不合格：再告知一次；无时间再告知的，确认视为未补交",
        en="A late paper is wrong: one more notice, or, when none is possible, it counts as not supplied",
        body=t.FaultToTell,
        example=FAULT,
    )

    add_command(
        room,
        "/cases/{case_id}/commitments/check",
        client.RECORD_POST_CHECK,
        who=who,
        zh="登记告知承诺的事后核查结果",
        en="Record what the check of a commitment found",
        body=t.Finding,
        example=FINDING,
    )


def add_asking_for_time(room: Room, who: Who) -> None:
    """Asking for more time because of force majeure."""

    add_command(
        room,
        "/cases/{case_id}/supply/extension-request",
        client.REQUEST_SUPPLY_EXTENSION,
        who=who,
        zh="因不可抗力申请延长容缺材料补交期限",
        en="Ask for more time to supply because of force majeure",
        body=t.ExtensionToAsk,
        example=EXTENSION_TO_ASK,
    )


def add_hearing_on_recall(room: Room, who: Who) -> None:
    """What the holder of a result says against its recall."""

    add_command(
        room,
        "/cases/{case_id}/recall/statement",
        client.HEAR_ON_RECALL,
        who=who,
        zh="对拟收回办理结果陈述意见",
        en="What the holder says against the recall of a result",
        body=t.HolderStatement,
        example=STATEMENT,
    )
