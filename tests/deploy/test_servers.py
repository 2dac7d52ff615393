"""The private servers on their own: start, crash, start again, stop, and the few rights of each account."""

import itertools
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pika
import pika.exceptions
import psycopg
import pytest

from deploy.local.faults import Fault
from deploy.local.ports import PortBook, answers
from deploy.local.servers import (
    OWNER,
    RELAY,
    PostgresServer,
    RabbitServer,
    create_databases,
    drop_databases,
    platform_accounts,
)
from deploy.services import SERVICES

PASSWORDS = {name: f"password of {name}" for name in (OWNER, RELAY, *SERVICES)}


@pytest.fixture
def postgres(home_folder: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(home_folder, durable=False)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    server = RabbitServer(tmp_path_factory.mktemp("broker"), accounts=platform_accounts(PASSWORDS))
    server.start()
    yield server
    server.remove()


def test_postgresql_keeps_its_data_and_port_over_a_kill_and_a_restart(postgres: PostgresServer) -> None:
    url = postgres.url()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (id int)")

    postgres.kill()
    assert not postgres.running()
    postgres.start()
    postgres.restart()

    assert postgres.url() == url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_starting_what_runs_changes_nothing(postgres: PostgresServer) -> None:
    process = postgres.process()
    postgres.start()

    assert postgres.process() == process


def test_a_lock_left_by_a_crash_does_not_keep_postgresql_down(postgres: PostgresServer) -> None:
    postgres.stop()
    # The pid of this very test: alive, and no server of that cluster.
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")

    postgres.start()

    assert postgres.ready()


def test_postgresql_finds_another_port_when_its_own_is_taken(postgres: PostgresServer) -> None:
    postgres.stop()
    port = postgres.port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        postgres.start()

    assert postgres.port != port
    assert postgres.ready()


def test_logs_of_postgresql_hold_no_row_values(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE people (name text PRIMARY KEY)")
        for _ in range(2):
            try:
                connection.execute("INSERT INTO people VALUES (%s)", ["王小明"])
            except psycopg.errors.UniqueViolation:
                break
    log = postgres.log.read_text()

    assert "duplicate key" in log
    assert "王小明" not in log


def test_each_service_reaches_its_own_database_only(postgres: PostgresServer) -> None:
    urls = create_databases(postgres.url(), PASSWORDS)
    assert create_databases(postgres.url(), PASSWORDS) == urls

    for service, url in urls.items():
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user::text").fetchone() == (f"tongban_{service}",)
    as_the_gateway = urls["gateway"].removesuffix("/tongban_gateway") + "/tongban_audit"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(as_the_gateway)


def test_a_given_server_needs_no_superuser(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE admin LOGIN CREATEDB CREATEROLE PASSWORD 'secret'")
    admin_url = postgres.url(login="admin", password="secret")

    urls = create_databases(admin_url, PASSWORDS)

    assert create_databases(admin_url, PASSWORDS) == urls
    with psycopg.connect(urls["audit"]) as connection:
        connection.execute("CREATE TABLE own (id int)")

    drop_databases(admin_url)
    with psycopg.connect(admin_url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_roles WHERE rolname ~ '^tongban_'").fetchone() == (
            0,
        )


def test_a_given_server_that_refuses_is_named_without_its_password(postgres: PostgresServer) -> None:
    url = postgres.url(password="wrong-password")

    with pytest.raises(Fault, match="check DATABASE_URL") as refused:
        create_databases(url, PASSWORDS)

    assert str(postgres.port) in refused.value.text()
    assert "wrong-password" not in refused.value.text()


def test_the_broker_returns_on_the_same_port_after_a_kill(broker: RabbitServer) -> None:
    with channel(broker, OWNER) as opened:
        opened.queue_declare("durable", durable=True)
        opened.confirm_delivery()
        opened.basic_publish("", "durable", b"kept", pika.BasicProperties(delivery_mode=2))
    port = broker.port
    # RabbitMQ writes what it knows of a new queue to the disk some seconds after the declaration.
    time.sleep(6)

    broker.kill()
    assert not broker.running()
    broker.start()

    assert broker.port == port
    with channel(broker, OWNER) as opened:
        assert opened.queue_declare("durable", passive=True).method.message_count == 1


def test_a_broker_started_without_accounts_keeps_those_it_had(broker: RabbitServer) -> None:
    broker.stop()
    RabbitServer(broker.home).start()

    with channel(broker, RELAY):
        pass


def test_only_the_relay_publishes_events(broker: RabbitServer) -> None:
    with channel(broker, OWNER) as opened:
        opened.exchange_declare("audit.events", "topic", durable=True)
        opened.queue_declare("gateway.feed", durable=True)
        opened.queue_bind("gateway.feed", "audit.events", "#")

    publish_event(broker, RELAY)
    for service in SERVICES:
        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
            publish_event(broker, service)


def publish_event(broker: RabbitServer, login: str) -> None:
    with channel(broker, login) as opened:
        opened.confirm_delivery()
        opened.basic_publish("audit.events", "x", b"")


def test_a_service_reads_its_own_queues_only(broker: RabbitServer) -> None:
    with channel(broker, OWNER) as opened:
        opened.queue_declare("gateway.feed", durable=True)

    with channel(broker, "gateway") as opened:
        opened.basic_get("gateway.feed")
    with (
        pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"),
        channel(broker, "audit") as opened,
    ):
        opened.basic_get("gateway.feed")


def test_a_service_declares_nothing_but_its_reply_queues(broker: RabbitServer) -> None:
    with channel(broker, OWNER) as opened:
        opened.exchange_declare("nameko-rpc", "topic", durable=True)

    with channel(broker, "audit") as opened:
        opened.queue_declare("rpc.reply-audit-1", exclusive=True)
        opened.queue_bind("rpc.reply-audit-1", "nameko-rpc", "1")
    for name in ("audit.anything", "rpc.reply-gateway-1"):
        with (
            pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"),
            channel(broker, "audit") as opened,
        ):
            opened.queue_declare(name, exclusive=True)


@pytest.mark.parametrize("vhost", ["tongban", "added later"])
def test_a_service_hears_no_calls_to_others(broker: RabbitServer, vhost: str) -> None:
    if vhost != "tongban":
        broker.add_vhost(vhost)
    with channel(broker, OWNER, vhost) as opened:
        opened.exchange_declare("nameko-rpc", "topic", durable=True)

    keys = ("#", "*", "applications.*", "applications.submit_case", "*.submit_case")
    for login, key in itertools.product(SERVICES, keys):
        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
            listen(broker, login, vhost, key)


def listen(broker: RabbitServer, login: str, vhost: str, key: str) -> None:
    with channel(broker, login, vhost) as opened:
        opened.queue_declare(f"rpc.reply-{login}-1", exclusive=True)
        opened.queue_bind(f"rpc.reply-{login}-1", "nameko-rpc", key)


def test_nobody_else_on_the_machine_reads_what_waits_in_the_broker(broker: RabbitServer) -> None:
    assert (broker.home / "rabbitmq").stat().st_mode & 0o077 == 0


def test_a_fresh_virtual_host_is_empty_and_open_to_every_account(broker: RabbitServer) -> None:
    broker.add_vhost("a test's own")
    account = broker.accounts[0]

    connection = pika.BlockingConnection(pika.URLParameters(broker.url(account, "a test's own")))
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="NOT_FOUND"):
        connection.channel().queue_declare("durable", passive=True)
    connection.close()
    broker.delete_vhost("a test's own")


def test_nothing_of_a_stopped_broker_stays(tmp_path: Path) -> None:
    """The port mapper is a process of its own and would outlive the node for ever."""
    server = RabbitServer(
        tmp_path, accounts=platform_accounts(PASSWORDS), ports=PortBook(tmp_path / "state.json")
    )
    server.start()
    pids = [int(path.read_text().split()[0]) for path in (tmp_path / "run").glob("*.pid")]
    server.stop()

    assert len(pids) == 2
    ports = json.loads((tmp_path / "state.json").read_text())["ports"]
    assert not any(answers(port) for port in ports.values())


class channel:
    """A channel of one account, closed with its connection."""

    def __init__(self, broker: RabbitServer, login: str, vhost: str | None = None) -> None:
        account = next(account for account in broker.accounts if account.login == login)
        self._connection = pika.BlockingConnection(pika.URLParameters(broker.url(account, vhost)))

    def __enter__(self) -> pika.adapters.blocking_connection.BlockingChannel:
        return self._connection.channel()

    def __exit__(self, *_: object) -> None:
        if self._connection.is_open:
            self._connection.close()
