"""The application: the API, the pages that are mounted beside it, one way to fail.

`create_app` builds it around settings, or around a gateway that a test has made.  Pages are FastAPI routers: a room's
`pages.py` offers `router`, which is included here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.gateway.edge import Edge, answer_failure
from services.gateway.gateway import Gateway
from services.gateway.openapi import DOCUMENT_PATH, docs_router
from services.gateway.operations import Api
from services.gateway.pages import install as install_pages
from services.gateway.rooms import ROOMS
from services.gateway.settings import GatewaySettings

API_PREFIX = "/api/v1"


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
