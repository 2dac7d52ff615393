"""Hearings in the approver's room: telling the right, calling, scheduling, recording and closing."""

from services.applications.contracts import hearings as h
from services.gateway import client
from services.gateway.approver.api import READERS, WHO, room
from services.gateway.case_commands import add_command
from services.gateway.hearings_api import add_interested_parties

SCHEDULE = {
    "held_on": "2026-10-14",
    "place": "上午9时，市政务服务中心三楼会议室",
    "chair": "staff:chair",
    "chair_name": "赵六",
}
MINUTES = {"minutes_sha256": "0" * 64, "reviewers_heard": True, "signed": True}

add_interested_parties(room, WHO)

add_command(
    room,
    "/cases/{case_id}/hearing/rights",
    client.TELL_HEARING_RIGHTS,
    who=READERS,
    zh="告知申请人和利害关系人听证权利",
    en="Tell the applicant and every interested party of the right to a hearing",
)

add_command(
    room,
    "/cases/{case_id}/hearing/call",
    client.CALL_HEARING,
    who=READERS,
    zh="依职权决定听证",
    en="Hold a hearing on the organ's own motion",
    body=h.HearingToCall,
    example={"reasons": "涉及周边居民重大公共利益"},
)

add_command(
    room,
    "/cases/{case_id}/hearing/schedule",
    client.SCHEDULE_HEARING,
    who=READERS,
    zh="七日前通知听证的时间、地点和主持人",
    en="Tell time, place and chair of the hearing, at least seven working days before",
    body=h.HearingToSchedule,
    example=SCHEDULE,
)

add_command(
    room,
    "/cases/{case_id}/hearing/record",
    client.RECORD_HEARING,
    who=READERS,
    zh="登记听证笔录",
    en="Record that the hearing was held, with the digest of its signed minutes",
    body=h.HearingToRecord,
    example=MINUTES,
)

add_command(
    room,
    "/cases/{case_id}/hearing/closing",
    client.CLOSE_HEARING,
    who=READERS,
    zh="申请人撤回听证申请或者无正当理由缺席的，不再听证",
    en="The hearing that was asked for is not held after all",
    body=h.HearingToClose,
    example={"ground": "withdrawn"},
)
