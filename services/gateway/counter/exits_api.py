"""Ways out at the counter that are no decision on the application: no licence needed, another organ competent."""

from services.gateway import client
from services.gateway.case_commands import add_command
from services.gateway.counter.api import WHO, room
from services.gateway.exits_forms import NOT_COMPETENT, NOT_REQUIRED, NotCompetent, NotRequired

add_command(
    room,
    "/cases/{case_id}/not-required",
    client.DECLARE_NOT_REQUIRED,
    who=WHO,
    zh="不受理（依法不需要取得行政许可）",
    en="Tell at once that the matter needs no licence",
    body=NotRequired,
    example=NOT_REQUIRED,
)

add_command(
    room,
    "/cases/{case_id}/not-competent",
    client.DECLARE_NOT_COMPETENT,
    who=WHO,
    zh="不予受理（不属本机关职权）",
    en="Decide not to accept because another organ is competent",
    body=NotCompetent,
    example=NOT_COMPETENT,
)
