"""A Nameko container whose `async def` workers are asyncio tasks, with Nameko's worker life cycle.

It touches two private names of Nameko, `_worker_threads` and `_worker_pool`; Nameko is pinned for that reason.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

from shared.errors import TemporaryError, as_refusal
from shared.runtime.nameko_api import (
    ContainerBeingKilled,
    Entrypoint,
    ServiceContainer,
    WorkerContext,
    spawn,
    wait,
)

log = logging.getLogger(__name__)

HandleResult = Callable[[WorkerContext, Any, Any], tuple[Any, Any]]


class _Worker:
    """What Nameko keeps of a running worker; it only ever calls `kill`."""

    __slots__ = ("killed", "task")

    def __init__(self, task: "asyncio.Task[Any] | None") -> None:
        self.task = task
        self.killed = False

    def kill(self, *_: Any) -> None:
        self.killed = True
        if self.task is not None:
            self.task.cancel()


class AsyncContainer(ServiceContainer):
    """Runs a service; `SERVICE_CONTAINER_CLS` names it."""

    def __init__(self, service_cls: type, config: Mapping[str, Any]) -> None:
        super().__init__(service_cls, config)
        self._tasks: set[asyncio.Task[Any]] = set()

    def stop(self) -> None:
        """Stop as Nameko does, after the tasks that Nameko's own pool does not know of."""
        for entrypoint in self.entrypoints:
            entrypoint.stop()
        if self._tasks:
            wait(_ended(self._tasks))
        super().stop()

    def spawn_worker(
        self,
        entrypoint: Entrypoint,
        args: Any,
        kwargs: Any,
        context_data: Any = None,
        handle_result: HandleResult | None = None,
    ) -> WorkerContext:
        """Nameko's own way to run a worker; our entrypoints await `run_worker` instead."""
        context = self._context(entrypoint, args, kwargs, context_data)
        task = asyncio.ensure_future(self._run(context, handle_result), loop=asyncio.get_event_loop())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda it: it.cancelled() or it.exception())
        return context

    async def run_worker(self, entrypoint: Entrypoint, *args: Any) -> Any:
        """Run the entrypoint's method in the calling task: its result, or its error."""
        return await self._run(self._context(entrypoint, args, {}, None), None)

    def _context(self, entrypoint: Entrypoint, args: Any, kwargs: Any, data: Any) -> WorkerContext:
        if self._being_killed:
            raise ContainerBeingKilled()
        return WorkerContext(self, self.service_cls(), entrypoint, args, kwargs, data=data)

    async def _run(self, context: WorkerContext, handle_result: HandleResult | None) -> Any:
        self._worker_threads[context] = worker = _Worker(asyncio.current_task())
        try:
            with self._life_cycle():
                self._inject_dependencies(context)
                self._worker_setup(context)
            error: BaseException | None = None
            result = None
            try:
                result = await getattr(context.service, context.entrypoint.method_name)(
                    *context.args, **context.kwargs
                )
            except BaseException as raised:
                if worker.killed or _asked_to_stop(raised):
                    raise  # never acknowledged: the broker delivers it again
                # A cancellation or SystemExit inside a handler is that handler's failure, not the loop's.
                error = raised if isinstance(raised, Exception) else RuntimeError(type(raised).__name__)
                _tell(context, error)
            exc_info = (type(error), error, error.__traceback__) if error is not None else None
            if handle_result is not None:
                result, exc_info = handle_result(context, result, exc_info)
            with self._life_cycle():
                self._worker_result(context, result, exc_info)
                self._worker_teardown(context)
            if error is not None and handle_result is None:
                raise error
            return result
        finally:
            self._worker_threads.pop(context, None)

    def _life_cycle(self) -> "_LifeCycle":
        return _LifeCycle(self)


class _LifeCycle:
    """An error of a dependency provider kills the container, as in Nameko."""

    def __init__(self, container: AsyncContainer) -> None:
        self._container = container

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is not None and isinstance(error, Exception):
            log.error("worker_life_cycle_failed", exc_info=error)
            spawn(self._container.kill, sys.exc_info())


def _asked_to_stop(raised: BaseException) -> bool:
    """Whether this very task was cancelled from outside, as timers are at a stop, and not something inside it."""
    task = asyncio.current_task()
    return isinstance(raised, asyncio.CancelledError) and task is not None and task.cancelling() > 0


def _tell(context: WorkerContext, error: Exception) -> None:
    """Routine refusals are answers; only a bug deserves a traceback, and the border that answers it logs that."""
    refusal = as_refusal(error)
    if refusal is not None:
        log.info("refused entrypoint=%s code=%s", context.entrypoint.method_name, refusal.code)
    elif isinstance(error, TemporaryError):
        log.warning("environment_failed entrypoint=%s reason=%s", context.entrypoint.method_name, error)


async def _ended(tasks: set["asyncio.Task[Any]"]) -> None:
    while tasks:
        await asyncio.wait(set(tasks))
