"""The supervisor's part of the API, under /api/v1/supervisor: looking at any case, and voiding what was made in error."""

from services.gateway import client
from services.gateway.answers import Answer
from services.gateway.bundle_api import add_process_record
from services.gateway.exit_forms import VOIDING, Voiding
from services.gateway.operations import Room, Visit, only
from services.gateway.review_api import CONDITIONAL, add_urging, tell
from shared.identity import Role

WHO = only(Role.SUPERVISOR)
room = Room("supervisor", "/supervisor", "监督", "Supervisors")

add_urging(room, WHO)
# A supervisor looks at the case and not at the person: always masked.
add_process_record(room, WHO)


@room.post(
    "/cases/{case_id}/voiding",
    who=WHO,
    zh="作废错误登记的办件",
    en="Mark a record that was made in error as void",
    body=Voiding,
    example=VOIDING,
    **CONDITIONAL,
)
async def void_case(visit: Visit) -> Answer:
    return await tell(visit, client.VOID_CASE, visit.body(Voiding))
