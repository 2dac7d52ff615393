"""Special procedures and extensions in the approver's room, each with a preview of its dates."""

from typing import Any

from pydantic import BaseModel

from services.applications.contracts import procedures as p
from services.gateway import client
from services.gateway.answers import Answer
from services.gateway.approver.api import READERS, room
from services.gateway.case_commands import add_command
from services.gateway.client import Method
from services.gateway.operations import Visit, Who, only
from shared.identity import Role

HEAD = only(Role.ORGAN_HEAD)
START = {"kind": "expert_review", "needs": 10, "unit": "working_day", "reasons": "设计方案须经专家评审"}
PROLONGING = {"needs": 5, "unit": "working_day", "reasons": "专家要求补充论证"}
END = {"result": "专家评审通过"}
EXTENSION = {"length": 10, "reasons": "涉及地下管线，须进一步核实"}


def _add_preview(
    path: str,
    method: Method[Any, p.NewDates],
    *,
    who: Who,
    zh: str,
    en: str,
    body: type[BaseModel],
    example: dict[str, Any],
) -> None:
    """Declare a preview: it changes nothing, so it needs no idempotency key, but is bound to the version that was read."""

    async def preview(visit: Visit) -> Answer:
        question = method.request(
            case_id=visit.uuid("case_id"),
            expected_version=visit.expected_version,
            **dict(visit.body(body)),
        )
        return Answer(await visit.gateway.services.ask(visit.visitor, method, question))

    preview.__name__ = method.name
    declare = room.post(
        path,
        who=who,
        zh=zh,
        en=en,
        body=body,
        example=example,
        reply=p.NewDates,
        conditional=True,
        problems=("not_found",),
    )
    declare(preview)


add_command(
    room,
    "/cases/{case_id}/procedures",
    client.START_PROCEDURE,
    who=READERS,
    zh="启动特别程序（听证、招标、拍卖、检验、检测、检疫、鉴定、专家评审）并书面告知所需时间",
    en="Start one of the eight special procedures of Art 45 and tell in writing how long it takes",
    body=p.ProcedureToStart,
    example=START,
)

_add_preview(
    "/cases/{case_id}/procedures/preview",
    client.PREVIEW_PROCEDURE,
    who=READERS,
    zh="预览启动特别程序后的期限（不保存）",
    en="The dates that a special procedure would give; nothing is stored",
    body=p.ProcedureToStart,
    example=START,
)

add_command(
    room,
    "/cases/{case_id}/procedures/prolongation",
    client.PROLONG_PROCEDURE,
    who=READERS,
    zh="在告知的时间届满前延长特别程序并另行书面告知",
    en="Tell in writing, before the told time is over, that the procedure needs more",
    body=p.ProcedureToProlong,
    example=PROLONGING,
)

_add_preview(
    "/cases/{case_id}/procedures/prolongation/preview",
    client.PREVIEW_PROLONGING,
    who=READERS,
    zh="预览延长特别程序后的期限（不保存）",
    en="The dates that more time for a procedure would give; nothing is stored",
    body=p.ProcedureToProlong,
    example=PROLONGING,
)

add_command(
    room,
    "/cases/{case_id}/procedures/end",
    client.END_PROCEDURE,
    who=READERS,
    zh="结束特别程序，未用的时间恢复计算",
    en="The procedure is over; what was told and not needed counts again",
    body=p.ProcedureToEnd,
    example=END,
)

add_command(
    room,
    "/cases/{case_id}/extension",
    client.EXTEND_DEADLINE,
    who=HEAD,
    zh="延长办理期限一次并告知理由",
    en="Extend the time to decide, once, and tell why",
    body=p.ExtensionToGive,
    example=EXTENSION,
)

_add_preview(
    "/cases/{case_id}/extension/preview",
    client.PREVIEW_EXTENSION,
    who=HEAD,
    zh="预览延长后的期限（不保存）",
    en="The dates that an extension would give; nothing is stored",
    body=p.ExtensionToGive,
    example=EXTENSION,
)
