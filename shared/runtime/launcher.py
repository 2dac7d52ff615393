"""Starts one Nameko service: `python -m shared.runtime.launcher services.applications.service:ApplicationsService`.

Nameko's own command cannot be used (it needs a module that Python 3.13 no longer has, and SIGINT under the asyncio
hub crashes it).  SIGTERM and SIGINT stop gracefully: what runs is finished and answered, the rest stays queued.
"""

import importlib
import logging
import signal
import sys
import threading
from typing import Any

from shared.logging import configure_logging
from shared.runtime.container import AsyncContainer
from shared.runtime.health import Health
from shared.runtime.loop import calm_garbage_collector
from shared.runtime.nameko_api import ServiceRunner, event_loop, spawn, wait
from shared.runtime.platform import HEALTH, SETTINGS
from shared.runtime.settings import load

log = logging.getLogger(__name__)


def run(service_class: Any) -> None:
    """Run the service until a signal ends it."""
    settings = load(service_class.runtime.settings_class)
    configure_logging(settings, process=service_class.name)
    health = Health(settings.private_port, host=settings.private_host)
    started = threading.Event()
    health.add_check("start", started.is_set)
    health.start()
    runner = ServiceRunner(
        {
            "SERVICE_CONTAINER_CLS": f"{AsyncContainer.__module__}.{AsyncContainer.__name__}",
            "max_workers": settings.rpc_concurrency,
            SETTINGS: settings,
            HEALTH: health,
        }
    )
    runner.add_service(service_class)
    loop = event_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: spawn(runner.stop))
    wait(_begin(loop, health))
    runner.start()
    calm_garbage_collector()
    started.set()
    runner.wait()
    health.stop()
    log.info("service_stopped service=%s", service_class.name)


async def _begin(loop: Any, health: Health) -> None:
    loop.create_task(health.heartbeat())


def main() -> None:
    """The service class is named on the command line as `module:Class`."""
    if len(sys.argv) != 2 or ":" not in sys.argv[1]:
        sys.exit("usage: python -m shared.runtime.launcher package.module:ServiceClass")
    module, name = sys.argv[1].split(":")
    run(getattr(importlib.import_module(module), name))


if __name__ == "__main__":
    main()
