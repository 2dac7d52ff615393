"""Declares every exchange and queue before any process starts: `python -m deploy.topology` with TONGBAN_AMQP_URL.

What a service needs is read from its own decorators, so nothing has to be listed twice. Needs an account that may declare.
"""

import importlib
import os
import sys
from typing import Any

from deploy.services import SERVICE_CLASSES
from shared.messaging.topology import ServiceTopology, declare


def topologies() -> list[ServiceTopology]:
    """What every service of the platform expects to find on the broker."""
    from shared.runtime.entrypoints import topology_of  # it brings Nameko, which nothing but this needs

    return [*(topology_of(service_class(name)) for name in SERVICE_CLASSES), _gateway()]


def service_class(name: str) -> Any:
    module, _, class_name = SERVICE_CLASSES[name].partition(":")
    return getattr(importlib.import_module(module), class_name)


def _gateway() -> ServiceTopology:
    """The gateway is no Nameko service and says what it needs in a module of its own."""
    topology: ServiceTopology = importlib.import_module("services.gateway.topology").TOPOLOGY
    return topology


def main() -> int:
    found = topologies()
    declare(os.environ["TONGBAN_AMQP_URL"], found)
    print(f"✓ {len(found)} exchanges, {sum(len(one.queues) for one in found)} queues of consumers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
