"""Commands on one case: sent with the case of the path and the version of the entity tag, answered with a receipt."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.applications import contracts as c
from services.gateway.answers import Answer
from services.gateway.case_api import receipt_of
from services.gateway.client import Method
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.operations import Room, Visit, Who

# What every such operation has in common.
CONDITIONAL: dict[str, Any] = {
    "reply": c.CaseReceipt,
    "idempotent": True,
    "conditional": True,
    "tagged": True,
    "problems": ("not_found",),
}


async def send_command(
    gateway: Gateway,
    visitor: Visitor,
    method: Method[Any, c.CaseReceipt],
    case_id: UUID,
    expected_version: int,
    form: Any,
    command_id: UUID,
) -> c.CaseReceipt:
    """Send the form as this command on this case; pages and API alike."""
    command = method.request(case_id=case_id, expected_version=expected_version, **dict(form))
    return await gateway.services.ask(visitor, method, command, command_id)


async def tell(visit: Visit, method: Method[Any, c.CaseReceipt], form: Any) -> Answer:
    """Send the form with the case of the path and the version of the entity tag."""
    return receipt_of(
        await send_command(
            visit.gateway,
            visit.visitor,
            method,
            visit.uuid("case_id"),
            visit.expected_version,
            form,
            visit.command,
        )
    )


def add_command(
    room: Room,
    path: str,
    method: Method[Any, c.CaseReceipt],
    *,
    who: Who,
    zh: str,
    en: str,
    body: type[BaseModel] | None = None,
    example: dict[str, Any] | None = None,
) -> None:
    """Declare a command in this room; it is called as the method of the service that carries it out."""

    async def send(visit: Visit) -> Answer:
        return await tell(visit, method, {} if body is None else visit.body(body))

    send.__name__ = method.name
    room.post(path, who=who, zh=zh, en=en, body=body, example=example, **CONDITIONAL)(send)
