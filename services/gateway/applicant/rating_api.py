"""Rating the handling of one's own case, once, after the result was delivered."""

from services.applications.contracts.rating import Rating
from services.gateway import client
from services.gateway.applicant.api import WHO, room
from services.gateway.case_commands import add_command

RATING = {"level": 2, "tags": ["slow"], "words": "跑了三趟才收齐材料"}

add_command(
    room,
    "/cases/{case_id}/rating",
    client.RATE_CASE,
    who=WHO,
    zh="评价（好差评）：五个等级，结果送达后评价一次",
    en="Rate the handling: five levels, once, after the result was delivered",
    body=Rating,
    example=RATING,
)
