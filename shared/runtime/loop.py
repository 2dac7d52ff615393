"""How the processes of the platform run their event loop: uvloop under asyncio, and a calm garbage collector."""

import asyncio
import gc

import uvloop

# Requests leave little behind that reference counting does not free at once, so full collections may be rare.
_THRESHOLDS = (20_000, 20, 100)


class _UvloopPolicy(asyncio.DefaultEventLoopPolicy):
    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return uvloop.new_event_loop()


def use_uvloop() -> None:
    """Let whoever makes an event loop in this process from now on get uvloop's (eventlet's hub makes its own)."""
    asyncio.set_event_loop_policy(_UvloopPolicy())


def calm_garbage_collector() -> None:
    """Call once when everything is loaded: what exists now stays for ever and need not be walked again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
