"""Ending a case whose applicant or object is no more."""

from services.gateway import client
from services.gateway.approver.api import READERS, room
from services.gateway.case_commands import add_command
from services.gateway.exits_forms import TERMINATION, Termination

add_command(
    room,
    "/cases/{case_id}/termination",
    client.TERMINATE_CASE,
    who=READERS,
    zh="终止办理（申请人终止或者办理对象灭失）",
    en="End a case whose applicant or object is no more",
    body=Termination,
    example=TERMINATION,
)
