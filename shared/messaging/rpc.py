"""The client side of Nameko's RPC protocol over pika, typed by Pydantic models.

A call carries a signed actor token, the command id and the trace in its headers.  Replies come to an exclusive queue
of this process.  A missing service ends in `Unavailable`, a call without an answer in `Unanswered`; the command id makes
asking again harmless.  Requests expire on the broker together with the patience of the caller, so no service works for nobody.
"""

import asyncio
import uuid
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar

import pika
from pika.channel import Channel
from pydantic import BaseModel, create_model

from shared.errors import Refused, Unanswered, Unavailable
from shared.identity import Actor
from shared.messaging.broker import Broker, answer

RPC_EXCHANGE = "nameko-rpc"
TOKEN_HEADER = "nameko.actor_token"  # noqa: S105  the name of a header, no secret
COMMAND_HEADER = "nameko.command_id"
TRACE_HEADER = "nameko.traceparent"

Reply = TypeVar("Reply", bound=BaseModel)


class Signer(Protocol):
    """Whoever can vouch for the actor of a call (`shared.identity.TokenSigner`)."""

    def sign(self, actor: Actor, audience: str) -> str: ...


class RpcError(BaseModel):
    """An error as Nameko serialises it; our refusals travel in `exc_args`."""

    exc_type: str
    exc_path: str = ""
    exc_args: list[Any] = []
    value: str = ""


class RpcReply(BaseModel, Generic[Reply]):
    """The body of a reply."""

    result: Reply | None = None
    error: RpcError | None = None


class InternalError(Exception):
    """The called service failed by a fault of its own; its log has the details under the same trace."""


@lru_cache(maxsize=256)
def _reply_model(model: type[BaseModel]) -> type[BaseModel]:
    fields: dict[str, Any] = {"result": (model | None, None), "error": (RpcError | None, None)}
    return create_model(f"{model.__name__}Reply", **fields)


class RpcClient:
    """Calls other services; attach it to a broker before use."""

    def __init__(self, broker: Broker, *, name: str, signer: Signer) -> None:
        self._broker = broker
        self._signer = signer
        self._name = name
        self._channel: Channel | None = None
        self._reply_key = ""
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        broker.attach(self)

    @property
    def ready(self) -> bool:
        """Whether a call could be sent now: the reply queue is there and the broker takes messages."""
        return self._channel is not None and self._channel.is_open and not self._broker.blocked

    async def opened(self, channel: Channel) -> None:
        self._reply_key = str(uuid.uuid4())
        queue = f"rpc.reply-{self._name}-{self._reply_key}"
        await answer(channel.queue_declare, queue, exclusive=True, auto_delete=True)
        await answer(channel.queue_bind, queue, RPC_EXCHANGE, self._reply_key)
        await answer(channel.basic_consume, queue, self._replied, auto_ack=True)
        channel.add_on_return_callback(self._returned)
        self._channel = channel

    def lost(self, error: Exception) -> None:
        self._channel = None
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(Unanswered("消息通道", "The message bus"))

    async def call(
        self,
        service: str,
        method: str,
        request: BaseModel,
        reply_model: type[Reply],
        *,
        actor: Actor,
        command_id: uuid.UUID | None = None,
        timeout_seconds: float = 10.0,
        traceparent: str | None = None,
    ) -> Reply:
        """The reply of `service.method`; raises `Refused` as the service said it, or `Unavailable`."""
        body = await self._ask(service, method, request, actor, command_id, timeout_seconds, traceparent)
        reply: Any = _reply_model(reply_model).model_validate_json(body)
        if reply.error is not None:
            raise _error_of(reply.error)
        result: Reply = reply.result
        return result

    async def _ask(
        self,
        service: str,
        method: str,
        request: BaseModel,
        actor: Actor,
        command_id: uuid.UUID | None,
        timeout_seconds: float,
        traceparent: str | None,
    ) -> bytes:
        if self._channel is None or not self.ready:
            raise Unavailable("消息通道", "The message bus")
        headers = {"nameko.call_id_stack": [self._name], TOKEN_HEADER: self._signer.sign(actor, service)}
        if command_id is not None:
            headers[COMMAND_HEADER] = str(command_id)
        if traceparent is not None:
            headers[TRACE_HEADER] = traceparent
        correlation_id = str(uuid.uuid4())
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[correlation_id] = future
        try:
            self._channel.basic_publish(
                RPC_EXCHANGE,
                f"{service}.{method}",
                b'{"args":[],"kwargs":{"request":' + request.model_dump_json().encode() + b"}}",
                pika.BasicProperties(
                    content_type="application/json",
                    content_encoding="utf-8",
                    reply_to=self._reply_key,
                    correlation_id=correlation_id,
                    expiration=str(int(timeout_seconds * 1000)),
                    headers=headers,
                ),
                mandatory=True,
            )
            async with asyncio.timeout(timeout_seconds):
                return await future
        except TimeoutError:
            raise Unanswered(f"服务 {service} ", f"Service {service}") from None
        finally:
            self._waiting.pop(correlation_id, None)

    def _replied(self, _: Channel, __: Any, properties: pika.BasicProperties, body: bytes) -> None:
        future = self._waiting.get(properties.correlation_id or "")
        if future is not None and not future.done():
            future.set_result(body)

    def _returned(self, _: Channel, method: Any, properties: pika.BasicProperties, __: bytes) -> None:
        future = self._waiting.get(properties.correlation_id or "")
        if future is not None and not future.done():
            service = method.routing_key.partition(".")[0]
            future.set_exception(Unavailable(f"服务 {service} ", f"Service {service}"))


def _error_of(error: RpcError) -> Exception:
    if error.exc_args and isinstance(error.exc_args[0], dict) and "kind" in error.exc_args[0]:
        return Refused.from_wire(error.exc_args[0])
    return InternalError(f"{error.exc_type}: {error.value}")
