"""The lines that open pages hang on, each for whoever may read what it tells of."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from services.gateway import cases, live
from services.gateway.identity.visitor import Visitor
from services.gateway.visits import gateway_of, visitor_with
from shared.identity import Role

router = APIRouter()
# A reader that takes nothing for so long is gone, or holds us up on purpose.
SLOW_SECONDS = 10.0
STAFF = (Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.SUPERVISOR)


@router.get("/live/desk")
async def desk(request: Request) -> Response:
    """That some case changed, for the lists of those who work on all of them."""
    visitor = await visitor_with(request, *STAFF)
    return _Telling(gateway_of(request).changes, visitor, None)


@router.get("/live/cases/{case_id}")
async def case(request: Request, case_id: UUID) -> Response:
    """That this case changed, for whoever may read it."""
    visitor = await visitor_with(request, Role.APPLICANT, *STAFF)
    await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id))
    return _Telling(gateway_of(request).changes, visitor, str(case_id))


class _Telling(StreamingResponse):
    """One open line; given back by whatever way it ends."""

    def __init__(self, changes: live.Changes, visitor: Visitor, case_id: str | None) -> None:
        self._changes = changes
        self._line = changes.open(case_id, visitor.token_sha256)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(live.events(self._line), media_type="text/event-stream", headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._changes.close(self._line)

    async def stream_response(self, send: Send) -> None:
        async def send_soon(message: Message) -> None:
            async with asyncio.timeout(SLOW_SECONDS):
                await send(message)

        try:
            await super().stream_response(send_soon)
        except TimeoutError:
            raise ClientDisconnect from None
