"""Which events there are, who publishes them and which queue takes them: read from contracts and decorators."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from deploy.services import SERVICES
from deploy.topology import topologies
from shared.messaging.envelope import Event, exchange_of


@dataclass(frozen=True, slots=True)
class Consumption:
    """One queue and the contracts that reach it from one publisher."""

    service: str
    queue: str
    publisher: str
    contracts: tuple[type[Event], ...]


@cache
def published(service: str) -> tuple[type[Event], ...]:
    """The contracts that a service says it publishes, in its own order."""
    module = importlib.import_module(f"services.{service}.contracts")
    listed: tuple[type[Event], ...] = getattr(module, "EVENTS", None) or module.PUBLISHED
    return listed


def every_contract() -> dict[str, type[Event]]:
    """All contracts by their event type."""
    return {contract.event_type: contract for service in SERVICES for contract in published(service)}


def defined(service: str) -> Iterator[type[Event]]:
    """Every contract that stands in a service's `contracts` or a module of it, whether it is listed or not."""
    members = {
        member
        for module in _contract_modules(service)
        for _, member in inspect.getmembers(module, inspect.isclass)
    }
    yield from (member for member in members if issubclass(member, Event) and "event_type" in vars(member))


def _contract_modules(service: str) -> Iterator[ModuleType]:
    package = importlib.import_module(f"services.{service}.contracts")
    yield package
    for part in pkgutil.iter_modules(getattr(package, "__path__", [])):
        yield importlib.import_module(f"{package.__name__}.{part.name}")


@cache
def consumptions() -> tuple[Consumption, ...]:
    """What every queue takes, one entry for each publisher that it is bound to."""
    return tuple(
        Consumption(topology.service, queue.name, publisher, contracts)
        for topology in topologies()
        for queue in topology.queues
        for publisher in SERVICES
        if (contracts := _bound(queue.bindings, publisher))
    )


def _bound(bindings: tuple[tuple[str, str], ...], publisher: str) -> tuple[type[Event], ...]:
    keys = {key for exchange, key in bindings if exchange == exchange_of(publisher)}
    return tuple(contract for contract in published(publisher) if {contract.event_type, "#"} & keys)
