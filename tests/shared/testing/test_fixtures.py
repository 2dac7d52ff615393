"""The fixtures: each test has servers' worth of its own, and sees nothing of another test."""

import base64
import os
import time as wall
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pika
import pika.exceptions
import psycopg
import pytest

from shared import time
from shared.blobs import LocalBlobStore
from shared.identity import Actor, Role, TokenSigner, TokenVerifier, Unauthenticated, system_actor
from shared.privacy import BlindIndex, Keyring
from shared.runtime.settings import Settings
from shared.testing.clock import Clock
from shared.testing.databases import Databases
from shared.testing.plugin import GIVEN_BROKER, SettingsMaker

own_broker_only = pytest.mark.skipif(
    bool(GIVEN_BROKER), reason="a given broker has one account and one virtual host for all tests"
)


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_has_an_empty_migrated_database(
    database_for: Callable[[str], str], turn: int
) -> None:
    connection = await asyncpg.connect(database_for("audit"))
    try:
        assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
        await connection.execute("CREATE TABLE left_by_a_test (id int)")
    finally:
        await connection.close()


async def test_two_databases_of_one_test_are_two(database_for: Callable[[str], str]) -> None:
    assert database_for("audit") != database_for("audit")


async def test_a_service_cannot_read_anothers_database(database_for: Callable[[str], str]) -> None:
    audit, catalogue = database_for("audit"), database_for("catalogue")
    with psycopg.connect(audit) as connection:
        login = connection.info.user
    with psycopg.connect(catalogue) as connection:
        assert connection.info.user != login


def test_a_database_is_gone_after_its_test_even_when_somebody_is_connected(databases: Databases) -> None:
    url = databases.fresh("audit")
    connection = psycopg.connect(url)
    databases.drop(url)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()


def test_a_fresh_database_takes_well_under_a_second(databases: Databases) -> None:
    databases.drop(databases.fresh("audit"))
    # The best of several, because a busy machine may delay any one of them.
    assert min(seconds_for_a_database(databases) for _ in range(4)) < 0.5


def seconds_for_a_database(databases: Databases) -> float:
    before = wall.monotonic()
    databases.drop(databases.fresh("audit"))
    return wall.monotonic() - before


@own_broker_only
@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_virtual_host_of_its_own(amqp_url: str, turn: int) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    channel.queue_declare("q", durable=True, arguments={"x-queue-type": "quorum"})
    channel.confirm_delivery()
    channel.basic_publish("", "q", b"left by a test")
    assert channel.queue_declare("q", passive=True).method.message_count == 1
    connection.close()


@own_broker_only
def test_a_services_account_may_not_write_to_an_exchange_of_events(
    broker_url_for: Callable[[str], str],
) -> None:
    owner = pika.BlockingConnection(pika.URLParameters(broker_url_for("tongban")))
    owner.channel().exchange_declare("audit.events", "topic", durable=True)
    owner.close()
    audit = pika.BlockingConnection(pika.URLParameters(broker_url_for("audit")))
    channel = audit.channel()
    channel.confirm_delivery()
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
        channel.basic_publish("audit.events", "x", b"x")
    audit.close()


def test_the_secrets_folder_serves_every_reader_of_keys(secrets_dir: Path, tmp_path: Path) -> None:
    clerk = Actor("staff:zhao", frozenset({Role.CLERK}))
    verifier = TokenVerifier.from_secrets(secrets_dir, "applications")
    assert (
        verifier.verify(TokenSigner.from_secrets(secrets_dir, "gateway").sign(clerk, "applications")) == clerk
    )
    own = system_actor("audit")
    assert verifier.verify(TokenSigner.from_secrets(secrets_dir, "audit").sign(own, "applications")) == own
    with pytest.raises(Unauthenticated):
        verifier.verify(TokenSigner.from_secrets(secrets_dir, "audit").sign(clerk, "applications"))
    for name in ("parties", "replies"):
        Keyring.from_file(secrets_dir / f"{name}.keyring.json")
    index = BlindIndex.from_file(secrets_dir / "blind-index.key")
    LocalBlobStore(tmp_path, Keyring.from_file(secrets_dir / "blobs.keyring.json"), index)
    assert len(base64.b64decode((secrets_dir / "session.key").read_text())) == 32
    assert all(path.stat().st_mode & 0o077 == 0 for path in secrets_dir.rglob("*") if path.is_file())


def test_the_clock_moves_by_durations_and_to_instants(clock: Clock) -> None:
    before = time.now()
    clock.move(days=5, hours=1)
    clock.move(seconds=-3600)
    assert timedelta(days=5) <= time.now() - before < timedelta(days=5, seconds=5)
    clock.set_to(datetime(2027, 2, 1, 16, 30, tzinfo=UTC))
    assert time.today().isoformat() == "2027-02-02"
    assert float(clock.file.read_text()) != 0


def test_the_clock_of_the_last_test_is_forgotten() -> None:
    assert abs(time.now().timestamp() - wall.time()) < 1


def test_actors_have_the_identity_of_their_kind(actor: Callable[..., Actor]) -> None:
    assert actor(Role.CLERK).id == "staff:clerk"
    assert actor(Role.CLERK).unit is not None
    assert actor(Role.APPLICANT).person_id is not None
    assert actor(Role.APPLICANT).unit is None
    assert actor(Role.PROVINCE).id == "client:province"
    assert actor(Role.SYSTEM, id="service:audit") == system_actor("audit")


def test_settings_are_complete_for_a_service(settings_for: SettingsMaker) -> None:
    settings = settings_for(Settings, "audit", rpc_concurrency=3)
    assert settings.rpc_concurrency == 3
    assert "audit" in settings.database_url
    assert os.environ.get("TONGBAN_MODE") is None
