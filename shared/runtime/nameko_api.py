"""Every name that we take from Nameko and eventlet, imported in the one order that works.

eventlet must find its hub's name in the environment before it is imported; nothing is monkey patched.  Nameko and
eventlet are in maintenance and both pinned; replacing them means replacing what this module is used for.
"""

import asyncio
import os
import warnings
from collections.abc import Coroutine
from typing import Any, TypeVar

from shared.runtime.loop import use_uvloop

use_uvloop()
os.environ["EVENTLET_HUB"] = "asyncio"
# eventlet's own resolver is for patched programs; without it each service is 8 MB smaller.
os.environ["EVENTLET_NO_GREENDNS"] = "yes"
with warnings.catch_warnings():
    # Both libraries use names that newer Pythons deprecate; the pins make that harmless.
    warnings.simplefilter("ignore")
    import eventlet
    import eventlet.asyncio
    import eventlet.hubs
    from nameko.containers import ServiceContainer, WorkerContext
    from nameko.exceptions import ContainerBeingKilled
    from nameko.extensions import DependencyProvider, Entrypoint, SharedExtension
    from nameko.runners import ServiceRunner

Result = TypeVar("Result")

__all__ = [
    "ContainerBeingKilled",
    "DependencyProvider",
    "Entrypoint",
    "ServiceContainer",
    "ServiceRunner",
    "SharedExtension",
    "WorkerContext",
    "event_loop",
    "spawn",
    "wait",
]


def wait(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Block the calling greenlet, not the loop, on a coroutine."""
    result: Result = eventlet.asyncio.spawn_for_awaitable(coroutine).wait()
    return result


def spawn(function: Any, *arguments: Any) -> None:
    """Run a function in a greenlet of its own."""
    eventlet.spawn_n(function, *arguments)


def event_loop() -> asyncio.AbstractEventLoop:
    """The asyncio loop under eventlet's hub."""
    loop: asyncio.AbstractEventLoop = eventlet.hubs.get_hub().loop
    return loop
