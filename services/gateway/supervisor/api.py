"""The supervisor's part of the API, under /api/v1/supervisor: looking at any case, and voiding what was made in error."""

from services.gateway import client
from services.gateway.bundle_api import add_process_record
from services.gateway.case_commands import add_command
from services.gateway.exits_forms import VOIDING, Voiding
from services.gateway.operations import Room, only
from services.gateway.reviewing_api import add_urging
from shared.identity import Role

WHO = only(Role.SUPERVISOR)
room = Room("supervisor", "/supervisor", "监督", "Supervisors")

add_urging(room, WHO)
# A supervisor looks at the case and not at the person: always masked.
add_process_record(room, WHO)

add_command(
    room,
    "/cases/{case_id}/voiding",
    client.VOID_CASE,
    who=WHO,
    zh="作废错误登记的办件",
    en="Mark a record that was made in error as void",
    body=Voiding,
    example=VOIDING,
)
