"""Every exchange and queue of the platform, declared before any process starts.

An event therefore never meets a missing queue.  Services hold no right to declare: a queue that a service expects and
that is not there is a fault of deployment, named in its log, and mended by running this step.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel

from shared.messaging.envelope import exchange_of, publisher_of
from shared.messaging.rpc import RPC_EXCHANGE

DEAD_LETTER_EXCHANGE = "dead-letters"
# How often the broker itself may hand out one message before it puts it aside (RabbitMQ 4 would drop it at 20).
DELIVERY_LIMIT = 100
_OTHER_ARGUMENTS = 406  # PRECONDITION_FAILED


@dataclass(frozen=True, slots=True)
class Queue:
    """One durable quorum queue of one consumer: `<service>.<handler>`, bound to (exchange, routing key) pairs."""

    name: str
    bindings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ServiceTopology:
    """What one service needs on the broker."""

    service: str
    queues: Sequence[Queue] = field(default=())
    answers_rpc: bool = True


def dead_queue_of(service: str) -> str:
    """The queue in which the broker puts aside what this service could not even acknowledge."""
    return f"{service}.dead"


def queue_for(service: str, handler: str, event_types: Iterable[str]) -> Queue:
    """The queue of a handler that wants these event types."""
    return Queue(
        f"{service}.{handler}",
        tuple((exchange_of(publisher_of(event_type)), event_type) for event_type in event_types),
    )


def queue_for_everything(service: str, handler: str, publishers: Iterable[str]) -> Queue:
    """The queue of a handler that wants every event of these services."""
    return Queue(f"{service}.{handler}", tuple((exchange_of(publisher), "#") for publisher in publishers))


def declare(amqp_url: str, services: Sequence[ServiceTopology]) -> None:
    """Declare everything; harmless to repeat.

    Raises `pika.exceptions.AMQPError` when the broker refuses, for example because a queue of the same name that holds
    messages exists with other arguments.
    """
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    try:
        channel = connection.channel()
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True)
        channel.exchange_declare(DEAD_LETTER_EXCHANGE, "topic", durable=True)
        for topology in services:
            channel.exchange_declare(exchange_of(topology.service), "topic", durable=True)
        for topology in services:
            _declare_queues(connection, topology)
    finally:
        connection.close()


def _declare_queues(connection: pika.BlockingConnection, topology: ServiceTopology) -> None:
    channel = connection.channel()
    if topology.answers_rpc:
        # The arguments are Nameko's own, so that a standard Nameko client can call us.
        channel.queue_declare(f"rpc-{topology.service}", durable=True)
        channel.queue_bind(f"rpc-{topology.service}", RPC_EXCHANGE, f"{topology.service}.*")
    dead = dead_queue_of(topology.service)
    channel.queue_declare(
        dead, durable=True, arguments={"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}
    )
    channel.queue_bind(dead, DEAD_LETTER_EXCHANGE, f"{topology.service}.#")
    for queue in topology.queues:
        channel = _declare_queue(
            channel,
            queue.name,
            {
                "x-queue-type": "quorum",
                "x-delivery-limit": DELIVERY_LIMIT,
                # One replica at a time, the others in reserve: two at once would handle a subject's events out of order.
                "x-single-active-consumer": True,
                "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE,
                "x-dead-letter-routing-key": queue.name,
                # A message dropped by the limit reaches the dead queue at least once, also over a broker crash.
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            },
        )
        for exchange, routing_key in queue.bindings:
            channel.queue_bind(queue.name, exchange, routing_key)


def _declare_queue(channel: BlockingChannel, name: str, arguments: dict[str, Any]) -> BlockingChannel:
    """Declare it, and gives back a channel that is still open."""
    try:
        channel.queue_declare(name, durable=True, arguments=arguments)
    except pika.exceptions.ChannelClosedByBroker as refused:
        # A queue keeps its arguments for life. One that an earlier version made otherwise is made anew, if nobody
        # uses it and nothing would be lost.
        channel = channel.connection.channel()
        state = channel.queue_declare(name, passive=True).method
        if refused.reply_code != _OTHER_ARGUMENTS or state.message_count or state.consumer_count:
            raise
        channel.queue_delete(name)
        channel.queue_declare(name, durable=True, arguments=arguments)
    return channel
