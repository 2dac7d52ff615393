"""What a service stands on: its database, the broker, calls to other services, its one-time commands.

`Runtime` is the Nameko dependency provider that a service class declares.  `Platform` is the extension shared by all
of a service's entrypoints: it opens the database and the connection, lets the service get ready, and only then takes
messages.  It starts in the background, so a process comes up while database or broker are away, and says so.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from shared.database import Connection, Database
from shared.errors import TemporaryError
from shared.identity import Actor, TokenSigner, TokenVerifier, system_actor
from shared.messaging.broker import Broker
from shared.messaging.commands import CommandLog
from shared.messaging.consumer import QueueConsumer
from shared.messaging.dead_queue import DeadQueueConsumer
from shared.messaging.housekeeping import keep_house
from shared.messaging.operating import Operated
from shared.messaging.rpc import RpcClient
from shared.messaging.rpc_server import RpcMethod, RpcServer
from shared.privacy import Keyring
from shared.runtime.health import Health
from shared.runtime.nameko_api import DependencyProvider, SharedExtension, spawn, wait
from shared.runtime.settings import Settings
from shared.version import VERSION

log = logging.getLogger(__name__)

SETTINGS = "TONGBAN_SETTINGS"
HEALTH = "TONGBAN_HEALTH"
PAUSE_WHILE_AWAY_SECONDS = 1.0


class ServiceRuntime:
    """What the methods of a service find under `self.runtime`."""

    def __init__(self, name: str, settings: Any) -> None:
        self.name = name
        self.settings = settings
        self.actor: Actor = system_actor(name)
        self.database = Database(
            settings.database_url, size=settings.database_pool_size, application_name=f"tongban-{name}"
        )
        self.broker = Broker(settings.amqp_url, name=f"tongban-{name}")
        self.rpc = RpcClient(
            self.broker, name=name, signer=TokenSigner.from_secrets(settings.secrets_dir, name)
        )
        # Long-lived objects of the service (stores, batchers) that its `ready` method puts here.
        self.state = SimpleNamespace()

    @cached_property
    def commands(self) -> CommandLog:
        """The one-time commands of this service."""
        return CommandLog(Keyring.from_file(self.settings.secrets_dir / "replies.keyring.json"))


class Platform(SharedExtension):
    """Opened once for a service, whatever the number of its entrypoints."""

    def __init__(self) -> None:
        self.methods: dict[str, RpcMethod] = {}
        self.consumers: list[Callable[[Database], QueueConsumer]] = []
        self.timers: list[Callable[[], Awaitable[None]]] = []
        self._running_consumers: list[QueueConsumer] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._server: RpcServer | None = None
        self._starting: asyncio.Task[None] | None = None
        self._ready = False
        self._intake_stopped: asyncio.Task[None] | None = None
        self.runtime: ServiceRuntime

    def setup(self) -> None:
        self.runtime = ServiceRuntime(self.container.service_name, self.container.config[SETTINGS])

    def start(self) -> None:
        wait(self._start())

    async def _start(self) -> None:
        health: Health | None = self.container.config.get(HEALTH)
        await self.runtime.database.start()
        self.runtime.broker.start()
        if health is not None:
            health.add_check("broker", lambda: self.runtime.rpc.ready)
            health.add_check("database", lambda: self.runtime.database.reachable)
            health.add_check("service", lambda: self._ready)
        self._starting = asyncio.get_running_loop().create_task(self._get_ready())

    async def _get_ready(self) -> None:
        """Wait for the database, let the service prepare itself, then take messages."""
        try:
            await self._prepare_when_database_is_there()
            self._take_messages()
        except Exception:
            # A service that cannot get ready must not look alive: its process ends, and its supervisor tells.
            log.critical("service_cannot_start service=%s", self.runtime.name, exc_info=True)
            spawn(self.container.kill, sys.exc_info())
            return
        self._ready = True
        log.info("service_ready service=%s", self.runtime.name)

    async def _prepare_when_database_is_there(self) -> None:
        while True:
            try:
                if await self.runtime.database.ping():
                    await self._prepare_service()
                    break
                log.warning("waiting_for_database")
            except TemporaryError as error:
                log.warning("waiting_to_get_ready reason=%s", error)
            await asyncio.sleep(PAUSE_WHILE_AWAY_SECONDS)

    async def _prepare_service(self) -> None:
        service = self.container.service_cls()
        if hasattr(service, "ready"):
            service.runtime = self.runtime
            await service.ready()

    def _take_messages(self) -> None:
        runtime = self.runtime
        verifier = TokenVerifier.from_secrets(runtime.settings.secrets_dir, runtime.name)
        operated = Operated(runtime.database, VERSION, self._figures)
        self._server = RpcServer(
            runtime.name,
            self.methods | operated.methods,
            verifier,
            concurrency=runtime.settings.rpc_concurrency,
        )
        runtime.broker.attach(self._server)
        runtime.broker.attach(DeadQueueConsumer(runtime.name, runtime.database))
        self._running_consumers = [make(runtime.database) for make in self.consumers]
        for consumer in self._running_consumers:
            consumer.start(runtime.broker)
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(_forever(work)) for work in self.timers]
        self._tasks.append(loop.create_task(keep_house(runtime.name, runtime.database)))

    async def _figures(self, connection: Connection) -> Mapping[str, float]:
        """What the service itself counts for its operators, if it does."""
        count = getattr(self.container.service_cls, "figures", None)
        return await count(connection) if count is not None else {}

    def stop_intake(self) -> None:
        """Take nothing more and finish what runs; each entrypoint asks, the first one does it."""
        wait(self._stop_intake_once())

    async def _stop_intake_once(self) -> None:
        if self._intake_stopped is None:
            self._intake_stopped = asyncio.get_running_loop().create_task(self._stop_intake())
        await asyncio.wait([self._intake_stopped])

    async def _stop_intake(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await asyncio.gather(
            *(consumer.stop() for consumer in self._running_consumers),
            *([self._server.stop()] if self._server is not None else []),
            return_exceptions=True,
        )

    def stop(self) -> None:
        wait(self._close())

    def kill(self) -> None:
        wait(self._close())

    async def _close(self) -> None:
        await self.runtime.broker.stop()
        await self.runtime.database.stop()


async def _forever(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await work()


class Runtime(DependencyProvider):
    """Injects the `ServiceRuntime`; its argument is the service's settings class."""

    platform = Platform()

    def __init__(self, settings_class: type[Settings]) -> None:
        self.settings_class = settings_class

    def get_dependency(self, worker_ctx: Any) -> ServiceRuntime:
        return self.platform.runtime
