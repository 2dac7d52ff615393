"""Runs the gateway: `python -m services.gateway`.

The public port serves the application; health and metrics have the private one.  SIGTERM stops taking connections,
lets what runs finish and closes the rest.
"""

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from services.gateway.app import create_app
from services.gateway.gateway import Gateway
from services.gateway.protocol import Protocol
from services.gateway.settings import GatewaySettings
from shared.logging import configure_logging
from shared.metrics import record_process_start
from shared.runtime.health import Health
from shared.runtime.loop import calm_garbage_collector
from shared.runtime.settings import load
from shared.version import VERSION

log = logging.getLogger(__name__)

# Longer than the patience of a call to a service, so that every request in progress still gets its answer.
GRACE_SECONDS = 12
BACKLOG = 1024


def main() -> None:
    """Run until a signal ends it."""
    settings = load(GatewaySettings)
    configure_logging(settings, process="gateway")
    record_process_start("gateway", VERSION, settings.mode)
    gateway = Gateway(settings)
    health = Health(settings.private_port, host=settings.private_host)
    if (broker := gateway.broker) is not None:
        health.add_check("broker", lambda: broker.ready)
    health.add_check("database", lambda: gateway.database.reachable)
    health.start()
    server = _Server(_config(settings, gateway), gateway)
    calm_garbage_collector()

    async def serve() -> None:
        beat = asyncio.get_running_loop().create_task(health.heartbeat())
        await server.serve()
        beat.cancel()

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve())
    health.stop()
    log.info("service_stopped service=gateway")


class _Server(uvicorn.Server):
    """Uvicorn raises the signal again once it has stopped, which would end the process in the middle of its farewell."""

    def __init__(self, config: uvicorn.Config, gateway: Gateway) -> None:
        super().__init__(config)
        self.gateway = gateway

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leave, number)
        yield

    def _leave(self, number: int) -> None:
        # The lines of open pages have no end of their own; uvicorn would wait for them in vain.
        self.gateway.changes.leave()
        self.handle_exit(number, None)


def _config(settings: GatewaySettings, gateway: Gateway) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(settings, gateway=gateway),
        host=settings.host,
        port=settings.port,
        http=Protocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        backlog=BACKLOG,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    import uvloop

    return uvloop.Loop


if __name__ == "__main__":
    main()
