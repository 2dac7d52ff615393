"""The things that can happen to a service, as decorators on its methods: `@rpc`, `@consumes`, `@consumes_all`, `@timer`.

Each is a Nameko entrypoint over the service's one pika connection.  What a decorator says is also what the topology
step and the authorisation tests read.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ParamSpec, TypeVar, get_type_hints

from pydantic import BaseModel

from shared.database import Connection, Database
from shared.errors import TemporaryError
from shared.identity import Role
from shared.messaging.consumer import QueueConsumer, Received
from shared.messaging.envelope import Event
from shared.messaging.rpc_server import Call, RpcMethod
from shared.messaging.topology import Queue, ServiceTopology, queue_for, queue_for_everything
from shared.runtime.nameko_api import Entrypoint
from shared.runtime.platform import Platform

log = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Method = Callable[Arguments, Awaitable[Result]]


class PlatformEntrypoint(Entrypoint):
    """Shares the service's connection; all intake stops together."""

    platform = Platform()

    def stop(self) -> None:
        self.platform.stop_intake()

    def run(self, *args: Any) -> Awaitable[Any]:
        """Run the decorated method as a Nameko worker in the calling task."""
        running: Awaitable[Any] = self.container.run_worker(self, *args)
        return running

    def signature_of(self, service_class: type) -> dict[str, Any]:
        return get_type_hints(getattr(service_class, self.method_name))


class Rpc(PlatformEntrypoint):
    """A method that those with one of the roles may call: `async (self, call, request) -> reply`."""

    def __init__(self, roles: frozenset[Role]) -> None:
        super().__init__()
        self.roles = roles

    def setup(self) -> None:
        request_model = request_model_of(getattr(self.container.service_cls, self.method_name))
        self.platform.methods[self.method_name] = RpcMethod(
            self.method_name, self.roles, request_model, self._call
        )

    async def _call(self, call: Call, request: BaseModel) -> Any:
        return await self.run(call, request)


def request_model_of(method: Callable[..., Any]) -> type[BaseModel]:
    """The request model of an RPC method: the annotation of its last parameter."""
    hints = get_type_hints(method)
    name = list(inspect.signature(method).parameters)[-1]
    model: type[BaseModel] = hints[name]
    return model


class Consumes(PlatformEntrypoint):
    """A handler of events; see `consumes` and `consumes_all`."""

    def __init__(
        self,
        contracts: Sequence[type[Event]] = (),
        *,
        publishers: Sequence[str] = (),
        except_types: frozenset[str] = frozenset(),
        batch: bool = False,
        sees_repeats: bool = False,
    ) -> None:
        super().__init__()
        self.contracts = contracts
        self.publishers = publishers
        self.except_types = except_types
        self.batch = batch
        self.sees_repeats = sees_repeats

    def queue(self, service: str) -> Queue:
        """The queue that the topology step declares for this handler."""
        if self.publishers:
            return queue_for_everything(service, self.method_name, self.publishers)
        return queue_for(service, self.method_name, [contract.event_type for contract in self.contracts])

    def setup(self) -> None:
        self.platform.consumers.append(self._consumer)

    def _consumer(self, database: Database) -> QueueConsumer:
        return QueueConsumer(
            queue=self.queue(self.container.service_name).name,
            database=database,
            handler=self._handle,
            contracts=self.contracts,
            sees_repeats=self.sees_repeats,
        )

    async def _handle(self, connection: Connection, received: Sequence[Received]) -> None:
        wanted = [one for one in received if one.envelope.type not in self.except_types]
        if self.publishers:
            if wanted:
                await self.run(connection, [one.envelope for one in wanted])
        elif self.batch:
            await self.run(connection, wanted)
        else:
            for one in wanted:
                await self.run(connection, one)


class Timer(PlatformEntrypoint):
    """Runs a method again and again, with a pause between the end of one run and the start of the next."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def setup(self) -> None:
        self.platform.timers.append(self._tick)

    async def _tick(self) -> None:
        try:
            await self.run()
        except TemporaryError:
            pass  # told already; the next tick tries again
        except Exception:
            log.exception("timer_failed method=%s", self.method_name)
        await asyncio.sleep(self.seconds)


def rpc(*roles: Role) -> Callable[[Method[Arguments, Result]], Method[Arguments, Result]]:
    """Let those with one of these roles call the method; nobody else may, so at least one is named."""
    if not roles:
        raise ValueError("an RPC method names who may call it")
    return _decorate(Rpc, frozenset(roles))


def consumes(
    *contracts: type[Event], batch: bool = False
) -> Callable[[Method[Arguments, Result]], Method[Arguments, Result]]:
    """Handle these events in the transaction of their inbox rows, in the order of the queue.

    The method gets `(connection, received)`, or with `batch` `(connection, list of received)`, never repeated ones.
    """
    return _decorate(Consumes, contracts, batch=batch)


def consumes_all(
    *publishers: str, except_: Sequence[type[Event]] = (), sees_repeats: bool = False
) -> Callable[[Method[Arguments, Result]], Method[Arguments, Result]]:
    """Handle every event of these services, in batches of envelopes.

    `sees_repeats`: no inbox rows are written and repeated events are handed over too, to a handler whose own rows are
    unique by event id.
    """
    return _decorate(
        Consumes,
        publishers=publishers,
        except_types=frozenset(contract.event_type for contract in except_),
        batch=True,
        sees_repeats=sees_repeats,
    )


def timer(*, seconds: float) -> Callable[[Method[Arguments, Result]], Method[Arguments, Result]]:
    """Run the method every so many seconds."""
    return _decorate(Timer, seconds)


def _decorate(
    entrypoint: type[PlatformEntrypoint], *args: Any, **options: Any
) -> Callable[[Method[Arguments, Result]], Method[Arguments, Result]]:
    def decorate(method: Method[Arguments, Result]) -> Method[Arguments, Result]:
        decorated: Method[Arguments, Result] = entrypoint.decorator(*args, **options)(method)
        return decorated

    return decorate


def entrypoints_of(service_class: type) -> dict[str, PlatformEntrypoint]:
    """Each decorated method of a service with its entrypoint, for the topology step and the authorisation tests."""
    found: dict[str, PlatformEntrypoint] = {}
    for name, method in inspect.getmembers(service_class, inspect.isfunction):
        for entrypoint in getattr(method, "nameko_entrypoints", ()):
            if isinstance(entrypoint, PlatformEntrypoint):
                entrypoint.method_name = name
                found[name] = entrypoint
    return found


def topology_of(service_class: Any) -> ServiceTopology:
    """What this service needs on the broker."""
    name: str = service_class.name
    consumers = [one for one in entrypoints_of(service_class).values() if isinstance(one, Consumes)]
    return ServiceTopology(name, [consumer.queue(name) for consumer in consumers])
