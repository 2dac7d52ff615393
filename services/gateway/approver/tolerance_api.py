"""Tolerance and commitments in the approver's room: examination, more time, results before completion and their recall."""

from services.applications.contracts import tolerating as t
from services.gateway import client
from services.gateway.approver.api import READERS, WHO, room
from services.gateway.case_commands import add_command
from services.gateway.operations import only
from services.gateway.tolerance_api import add_examination, add_hearing_on_recall, add_signature
from shared.identity import Role

HEAD = only(Role.ORGAN_HEAD)
MORE_TIME = {"due_on": "2026-12-04", "reasons": "洪水封路属实，有交通部门公告为证"}
REASONS = {"reasons": "逾期未补交，陈述的理由不成立"}

add_signature(room, READERS)
add_examination(room, WHO)
add_hearing_on_recall(room, READERS)

add_command(
    room,
    "/cases/{case_id}/supply/extension",
    client.EXTEND_SUPPLY,
    who=READERS,
    zh="同意延长容缺材料补交期限（不可抗力）",
    en="Give more time to supply because of force majeure",
    body=t.MoreTime,
    example=MORE_TIME,
)

add_command(
    room,
    "/cases/{case_id}/supply/extension-refusal",
    client.DECLINE_SUPPLY_EXTENSION,
    who=READERS,
    zh="不同意延长容缺材料补交期限",
    en="Give no more time to supply",
    body=t.Reasons,
    example=REASONS,
)

add_command(
    room,
    "/cases/{case_id}/grant-before-completion",
    client.GRANT_BEFORE_COMPLETION,
    who=HEAD,
    zh="容缺审批：次要材料待补时先行准予（须事项已开通）",
    en="Grant while secondary papers are still to come, where the item allows it",
    body=t.GrantWithReasons,
    example={},
)

add_command(
    room,
    "/cases/{case_id}/recall/notice",
    client.NOTICE_RECALL,
    who=HEAD,
    zh="告知拟收回容缺审批的办理结果",
    en="Tell the holder that a result given before completion is to be recalled",
)

add_command(
    room,
    "/cases/{case_id}/recall/decision",
    client.RECALL_RESULT,
    who=HEAD,
    zh="收回容缺审批的办理结果",
    en="Recall a result given before completion",
    body=t.Reasons,
    example=REASONS,
)

add_command(
    room,
    "/cases/{case_id}/recall/dropping",
    client.DROP_RECALL,
    who=HEAD,
    zh="不予收回办理结果",
    en="Let the result stand",
    body=t.Reasons,
    example=REASONS,
)
