"""Licences, mandates and channels at the counter: made out, filed, recorded for whoever stands there."""

from services.gateway import client
from services.gateway import licences_api as shared
from services.gateway.case_commands import add_command
from services.gateway.counter.api import WHO, room

shared.add_issuing(room, WHO)
shared.add_hearing_the_licensee(room, WHO)
shared.add_mandates(room, WHO)

add_command(
    room,
    "/cases/{case_id}/closure",
    client.CLOSE_CASE,
    who=WHO,
    zh="办结归档",
    en="File a delivered case",
    body=shared.Nothing,
    example={},
)
