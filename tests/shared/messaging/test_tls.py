"""The same connection over TLS: in a cluster the broker is on another machine."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.messaging.broker import Broker
from shared.messaging.publisher import ConfirmingPublisher
from tests.shared.messaging.conftest import SERVICE, Bus, ThingHappenedV1, thing, until
from tests.shared.messaging.test_accidents import effects as effects
from tests.shared.messaging.test_accidents import has_effect
from tests.shared.messaging.test_consumer import consuming, write_effects


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    file = tmp_path / "localhost.pem"
    file.write_bytes(
        signed.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return file


@asynccontextmanager
async def tls_in_front_of(port: int, certificate: Path) -> AsyncIterator[int]:
    """Decrypts and hands on, as a broker with TLS does inside."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer), return_exceptions=True)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(serve, "localhost", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_messages_flow_over_tls(bus: Bus, certificate: Path) -> None:
    plain = urlsplit(bus.amqp_url)
    assert plain.port is not None
    async with tls_in_front_of(plain.port, certificate) as port:
        place = f"{plain.username}:{plain.password}@localhost:{port}{plain.path}"
        options = quote(repr({"cafile": str(certificate)}))
        broker = Broker(f"amqps://{place}?ssl_options={options}", name="tls")
        publisher = ConfirmingPublisher()
        broker.attach(publisher)
        broker.start()
        await asyncio.wait_for(publisher.opened_once.wait(), 10)
        async with consuming(bus, write_effects):
            sent = [
                publisher.publish(
                    f"{SERVICE}.events",
                    ThingHappenedV1.event_type,
                    thing(number).model_dump_json().encode(),
                    str(number),
                    "application/json",
                )
                for number in range(1, 301)
            ]
            await asyncio.gather(*sent)
            await until(has_effect(bus, 300))
        await broker.stop()
