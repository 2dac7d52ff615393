"""The application: the API, the pages that are mounted beside it, one way to fail.

`create_app` builds it around settings, or around a gateway that a test has made.  Pages are FastAPI routers: a room's
`pages.py` offers `router`, which is included here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.gateway import uploads_api
from services.gateway.applicant import api as applicant
from services.gateway.applicant import hearings_api as applicant_hearings
from services.gateway.applicant import mandates_api as applicant_mandates
from services.gateway.applicant import reviewing_api as applicant_review
from services.gateway.applicant import tolerance_api as applicant_tolerance
from services.gateway.approver import api as approver
from services.gateway.approver import exits_api as approver_exits
from services.gateway.approver import hearings_api as approver_hearings
from services.gateway.approver import licences_api as approver_licences
from services.gateway.approver import procedures_api
from services.gateway.approver import reviewing_api as approver_review
from services.gateway.approver import tolerance_api as approver_tolerance
from services.gateway.counter import api as counter
from services.gateway.counter import credit_api as counter_credit
from services.gateway.counter import exits_api as counter_exits
from services.gateway.counter import hearings_api as counter_hearings
from services.gateway.counter import licences_api as counter_licences
from services.gateway.counter import reviewing_api as counter_review
from services.gateway.counter import tolerance_api as counter_tolerance
from services.gateway.edge import Edge, answer_failure
from services.gateway.gateway import Gateway
from services.gateway.identity import api as identity
from services.gateway.keeper import api as keeper
from services.gateway.keeper import calendar_api
from services.gateway.keeper import credit_api as keeper_credit
from services.gateway.openapi import DOCUMENT_PATH, docs_router
from services.gateway.operations import Api
from services.gateway.operator import api as operator
from services.gateway.pages import install as install_pages
from services.gateway.province import api as province
from services.gateway.public import api as public
from services.gateway.public import clock_api
from services.gateway.public import tolerance_api as public_tolerance
from services.gateway.settings import GatewaySettings
from services.gateway.supervisor import api as supervisor

API_PREFIX = "/api/v1"
# Topics that declare their operations on a room below: to import them is all it takes.
TOPICS = (
    approver_exits,
    counter_exits,
    applicant_hearings,
    applicant_mandates,
    applicant_tolerance,
    approver_hearings,
    approver_licences,
    approver_tolerance,
    counter_hearings,
    counter_licences,
    counter_tolerance,
    procedures_api,
    applicant_review,
    approver_review,
    calendar_api,
    clock_api,
    counter_credit,
    counter_review,
    keeper_credit,
    public_tolerance,
)
# The busiest rooms stand first in the document too.
ROOMS = [
    public.room,
    identity.room,
    uploads_api.room,
    applicant.room,
    counter.room,
    approver.room,
    province.room,
    keeper.room,
    supervisor.room,
    operator.room,
]


def create_api() -> Api:
    """Every operation of the API."""
    return Api(API_PREFIX, ROOMS)


def create_app(settings: GatewaySettings, *, gateway: Gateway | None = None) -> FastAPI:
    """The whole public side of one gateway; it opens and closes the gateway with itself."""
    running = gateway or Gateway(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await running.start()
        yield
        await running.stop()

    # The document is made from the table of operations; FastAPI's own pages would fetch scripts from the internet.
    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.gateway = running
    api = create_api()
    app.state.api = api
    app.mount(API_PREFIX, api)
    install_pages(app)
    app.include_router(docs_router(api))
    for failure in (HTTPException, RequestValidationError):
        app.add_exception_handler(failure, answer_failure)
    app.add_middleware(Edge)
    return app


__all__ = ["API_PREFIX", "DOCUMENT_PATH", "create_api", "create_app"]
