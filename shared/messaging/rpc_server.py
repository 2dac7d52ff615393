"""The serving side of Nameko's RPC protocol over pika: authenticate, authorise, parse, run, reply, acknowledge.

The queue's prefetch is the limit of calls in progress.  A reply is sent without a confirm on purpose: the caller has
a time limit and a command id.  A message is acknowledged after its reply, so a call that dies with its process is
delivered again, and its command id makes the second run harmless.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import UUID

import pika
import structlog
from pika.channel import Channel
from pydantic import BaseModel, ValidationError, create_model

import shared.metrics as metrics
from shared.errors import FieldError, Refused, TemporaryError, Unavailable, as_refusal
from shared.identity import Actor, Role, TokenVerifier, Unauthenticated
from shared.messaging.broker import answer
from shared.messaging.rpc import COMMAND_HEADER, RPC_EXCHANGE, TOKEN_HEADER, TRACE_HEADER

log = logging.getLogger(__name__)

CANCEL_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, as verified from the token, and under which command id and trace."""

    actor: Actor
    command_id: UUID | None
    traceparent: str | None
    operation: str


class RpcMethod:
    """One method that others may call: who may, what it takes, what runs it."""

    def __init__(
        self,
        name: str,
        roles: frozenset[Role],
        request: type[BaseModel],
        run: Callable[[Call, Any], Awaitable[Any]],
    ) -> None:
        self.name = name
        self.roles = roles
        self.run = run
        kwargs = create_model(f"{request.__name__}Kwargs", request=(request, ...))
        self.body = create_model(f"{request.__name__}Body", args=(list[Any], []), kwargs=(kwargs, ...))


class RpcServer:
    """Serves the methods of one service from its queue `rpc-<service>`."""

    def __init__(
        self, service: str, methods: Mapping[str, RpcMethod], verifier: TokenVerifier, *, concurrency: int
    ) -> None:
        self._service = service
        self._methods = methods
        self._verifier = verifier
        self._concurrency = concurrency
        self._channel: Channel | None = None
        self._tag: str | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def opened(self, channel: Channel) -> None:
        await answer(channel.basic_qos, prefetch_count=self._concurrency)
        self._channel = channel
        consuming = await answer(channel.basic_consume, f"rpc-{self._service}", self._delivered)
        self._tag = consuming.method.consumer_tag

    def lost(self, error: Exception) -> None:
        self._channel = None

    async def stop(self) -> None:
        """Take no more calls and answer those that run."""
        if self._channel is not None and self._channel.is_open and self._tag is not None:
            # A broker that is just going away never answers, and the stop must not wait for it.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CANCEL_SECONDS):
                    await answer(self._channel.basic_cancel, self._tag)
        while self._running:
            await asyncio.wait(set(self._running))

    def _delivered(
        self, channel: Channel, delivery: Any, properties: pika.BasicProperties, body: bytes
    ) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(channel, delivery, properties, body))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _serve(
        self, channel: Channel, delivery: Any, properties: pika.BasicProperties, body: bytes
    ) -> None:
        name = delivery.routing_key.rpartition(".")[2]
        started = perf_counter()
        try:
            reply, outcome = await self._answer(name, properties, body), "answered"
        except asyncio.CancelledError:
            return  # the process is being killed; the broker delivers the call again
        except BaseException as error:
            reply, outcome = self._explain(name, error)
        if channel.is_open:
            if properties.reply_to:
                channel.basic_publish(
                    RPC_EXCHANGE,
                    properties.reply_to,
                    reply,
                    pika.BasicProperties(
                        content_type="application/json",
                        content_encoding="utf-8",
                        correlation_id=properties.correlation_id,
                        delivery_mode=1,
                    ),
                )
            channel.basic_ack(delivery.delivery_tag)
        metrics.record_rpc(name if name in self._methods else "unknown", outcome, perf_counter() - started)

    async def _answer(self, name: str, properties: pika.BasicProperties, body: bytes) -> bytes:
        method = self._methods.get(name)
        if method is None:
            raise Refused("not_found", "unknown_method", "没有这个服务方法。", "There is no such method.")
        call = self._authorise(method, properties.headers or {})
        structlog.contextvars.bind_contextvars(method=name, correlation_id=properties.correlation_id)
        try:
            parsed: Any = method.body.model_validate_json(body)
        except ValidationError as error:
            raise invalid_request(error, skip=2) from None
        result: BaseModel = await method.run(call, parsed.kwargs.request)
        return b'{"result":' + result.model_dump_json().encode() + b',"error":null}'

    def _authorise(self, method: RpcMethod, headers: Mapping[str, Any]) -> Call:
        try:
            actor = self._verifier.verify(str(headers.get(TOKEN_HEADER, "")))
        except Unauthenticated:
            raise Refused(
                "forbidden",
                "not_authenticated",
                "调用方身份未通过验证。",
                "The caller's identity was not verified.",
            ) from None
        if not actor.has(*method.roles):
            raise Refused(
                "forbidden",
                "role_not_allowed",
                "您的角色不能进行此操作。",
                "Your role may not do this.",
                facts={"allowed": sorted(role.value for role in method.roles)},
            )
        command_id = headers.get(COMMAND_HEADER)
        return Call(
            actor=actor,
            command_id=UUID(command_id) if command_id else None,
            traceparent=headers.get(TRACE_HEADER),
            operation=f"{self._service}.{method.name}",
        )

    def _explain(self, name: str, error: BaseException) -> tuple[bytes, str]:
        refusal = as_refusal(error)
        if refusal is None and isinstance(error, TemporaryError):
            refusal = Unavailable(f"服务 {self._service} ", f"Service {self._service}")
            log.warning("rpc_unavailable method=%s reason=%s", name, error)
        if refusal is None:
            return self._failed(name, error)
        try:
            return _error_body("Refused", [refusal.to_wire()], refusal.code), "refused"
        except ValueError as unspeakable:  # its facts hold something that JSON does not know
            return self._failed(name, unspeakable)

    def _failed(self, name: str, error: BaseException) -> tuple[bytes, str]:
        log.error("rpc_failed method=%s", name, exc_info=error)
        return _error_body(type(error).__name__, [], "internal error"), "failed"


class _Error(BaseModel):
    exc_type: str
    exc_path: str
    exc_args: list[Any]
    value: str


class _ErrorBody(BaseModel):
    result: None = None
    error: _Error


def _error_body(exc_type: str, exc_args: list[Any], value: str) -> bytes:
    error = _Error(exc_type=exc_type, exc_path=f"shared.errors.{exc_type}", exc_args=exc_args, value=value)
    return _ErrorBody(error=error).model_dump_json().encode()


def invalid_request(error: ValidationError, *, skip: int = 0) -> Refused:
    """A request that fits no contract, with each fault's place; what was sent is not repeated.

    `skip` is how many leading steps of Pydantic's location belong to the transport.
    """
    faults = error.errors(include_input=False, include_url=False)
    return Refused(
        "invalid",
        "invalid_request",
        "请求内容有误，请按提示修改后重新提交；未做任何改动。",
        "The request has faults. Please mend them and send it again; nothing was changed.",
        errors=[
            FieldError(
                "".join(f"/{step}" for step in fault["loc"][skip:]),
                fault["type"],
                # A contract's own rules bring their Chinese words along; those of the library do not.
                str(fault.get("ctx", {}).get("zh", "此项填写有误。")),
                fault["msg"],
            )
            for fault in faults
        ],
    )
