"""The lines that open pages hang on, each for whoever may read what it tells of."""

from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from services.gateway import cases, live
from services.gateway.visits import gateway_of, visitor_with
from shared.identity import Role

router = APIRouter()
STAFF = (Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.SUPERVISOR)


@router.get("/live/desk")
async def desk(request: Request) -> Response:
    """That some case changed, for the lists of those who work on all of them."""
    await visitor_with(request, *STAFF)
    return _line(request, None)


@router.get("/live/cases/{case_id}")
async def case(request: Request, case_id: UUID) -> Response:
    """That this case changed, for whoever may read it."""
    visitor = await visitor_with(request, Role.APPLICANT, *STAFF)
    await cases.view(gateway_of(request), visitor, cases.CaseKey(case_id))
    return _line(request, str(case_id))


def _line(request: Request, case_id: str | None) -> Response:
    changes = gateway_of(request).changes

    async def told() -> AsyncIterator[str]:
        with changes.line(case_id) as line:
            async for event in live.events(line):
                yield event

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(told(), media_type="text/event-stream", headers=headers)
