"""The seam to Nameko: the only package that imports Nameko or eventlet.

A service class declares `runtime = Runtime(ItsSettings)` and one decorated method per thing that can happen.  The
names below are loaded on first use, because processes without Nameko (gateway, relay) use this package's settings and
health too.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.messaging.consumer import Received as Received
    from shared.messaging.rpc_server import Call as Call
    from shared.runtime.entrypoints import consumes as consumes
    from shared.runtime.entrypoints import consumes_all as consumes_all
    from shared.runtime.entrypoints import rpc as rpc
    from shared.runtime.entrypoints import timer as timer
    from shared.runtime.platform import Runtime as Runtime
    from shared.runtime.platform import ServiceRuntime as ServiceRuntime

_HOMES = {
    "Received": "shared.messaging.consumer",
    "Call": "shared.messaging.rpc_server",
    "consumes": "shared.runtime.entrypoints",
    "consumes_all": "shared.runtime.entrypoints",
    "rpc": "shared.runtime.entrypoints",
    "timer": "shared.runtime.entrypoints",
    "Runtime": "shared.runtime.platform",
    "ServiceRuntime": "shared.runtime.platform",
}
__all__ = ["Call", "Received", "Runtime", "ServiceRuntime", "consumes", "consumes_all", "rpc", "timer"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(name)
