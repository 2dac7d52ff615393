"""Licences in the approver's room: made out, and taken away again by the head of the organ."""

from services.gateway import client
from services.gateway import licences_api as shared
from services.gateway.approver.api import READERS, WHO, room
from services.gateway.case_commands import add_command
from services.gateway.operations import only
from shared.identity import Role

HEAD = only(Role.ORGAN_HEAD)

shared.add_issuing(room, WHO)
shared.add_hearing_the_licensee(room, READERS)

add_command(
    room,
    "/cases/{case_id}/revocation",
    client.REVOKE_LICENCE,
    who=HEAD,
    zh="撤销行政许可（行政许可法第六十九条）",
    en="Revoke a licence on a ground of Article 69",
    body=shared.Revocation,
    example=shared.REVOCATION,
)

add_command(
    room,
    "/cases/{case_id}/non-revocation",
    client.KEEP_LICENCE,
    who=HEAD,
    zh="为公共利益决定不予撤销（行政许可法第六十九条第三款）",
    en="Decide not to revoke, for the sake of the public interest (Article 69)",
    body=shared.Revocation,
    example=shared.NON_REVOCATION,
)

add_command(
    room,
    "/cases/{case_id}/licence-withdrawal",
    client.WITHDRAW_LICENCE,
    who=HEAD,
    zh="撤回行政许可并说明补偿（行政许可法第八条）",
    en="Take back a lawful licence with compensation (Article 8)",
    body=shared.LicenceWithdrawal,
    example=shared.LICENCE_WITHDRAWAL,
)

add_command(
    room,
    "/cases/{case_id}/cancellation",
    client.CANCEL_LICENCE,
    who=READERS,
    zh="注销行政许可（行政许可法第七十条）",
    en="Strike a licence off (Article 70)",
    body=shared.Cancellation,
    example=shared.CANCELLATION,
)
