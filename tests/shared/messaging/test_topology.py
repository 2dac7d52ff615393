"""The topology step can be repeated, also over what an earlier version has declared."""

import asyncio

import pika
import pytest

from shared.messaging.topology import ServiceTopology, declare
from tests.shared.messaging.conftest import SERVICE, Bus, thing


def make_otherwise(amqp_url: str, name: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    channel.queue_delete(name)
    channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(name, f"{SERVICE}.events", "#")
    connection.close()


async def test_an_empty_queue_with_other_arguments_is_made_anew(bus: Bus) -> None:
    await asyncio.to_thread(make_otherwise, bus.amqp_url, bus.queue.name)
    await asyncio.to_thread(declare, bus.amqp_url, [ServiceTopology(SERVICE, [bus.queue])])
    await asyncio.to_thread(declare, bus.amqp_url, [ServiceTopology(SERVICE, [bus.queue])])


async def test_one_that_holds_a_message_is_left_alone(bus: Bus) -> None:
    await asyncio.to_thread(make_otherwise, bus.amqp_url, bus.queue.name)
    await bus.publish_raw(thing(1).model_dump_json().encode())
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="PRECONDITION_FAILED"):
        await asyncio.to_thread(declare, bus.amqp_url, [ServiceTopology(SERVICE, [bus.queue])])
