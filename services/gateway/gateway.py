"""Everything that the operations and pages of the gateway work with, opened and closed together."""

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from services.audit.contracts import CheckpointSignedV1
from services.gateway import feed, witness
from services.gateway.client import Caller, Services
from services.gateway.conditions import Cursors
from services.gateway.identity.certificates import CertificateVerifier, verifier_for
from services.gateway.identity.cookies import session_token
from services.gateway.identity.passwords import Passwords
from services.gateway.identity.sessions import Csrf, Sessions
from services.gateway.identity.store import Identities
from services.gateway.identity.throttle import Throttle
from services.gateway.identity.visitor import ANONYMOUS, Visitor
from services.gateway.live import Changes
from services.gateway.mail import MailQueue
from services.gateway.problems import Problem
from services.gateway.settings import GatewaySettings
from services.gateway.sweeping import sweep
from services.gateway.topology import FEED_EVENTS, FEED_QUEUE, WITNESS_QUEUE
from services.gateway.uploads import Uploads
from shared.blobs import LocalBlobStore
from shared.database import Database
from shared.errors import TemporaryError
from shared.identity import TokenSigner
from shared.messaging.broker import Broker
from shared.messaging.commands import CommandLog
from shared.messaging.consumer import QueueConsumer
from shared.messaging.dead_queue import DeadQueueConsumer
from shared.messaging.housekeeping import keep_house
from shared.messaging.rpc import RpcClient
from shared.privacy import BlindIndex, Keyring

log = logging.getLogger(__name__)

SWEEP_SECONDS = 600.0
LOOK_SECONDS = 1.0


class Gateway:
    """One running gateway. `caller` replaces the broker in tests that need no service."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        caller: Caller | None = None,
        verifier: CertificateVerifier | None = None,
    ) -> None:
        self.settings = settings
        self.blind_index = BlindIndex.from_file(settings.secrets_dir / "blind-index.key")
        personal = Keyring.from_file(settings.secrets_dir / "parties.keyring.json")
        session_key = base64.b64decode((settings.secrets_dir / "session.key").read_text().strip())
        self.database = Database(
            settings.database_url, size=settings.database_pool_size, application_name="tongban-gateway"
        )
        self.broker: Broker | None = None
        if caller is None:
            self.broker = Broker(settings.amqp_url, name="tongban-gateway")
            signer = TokenSigner.from_secrets(settings.secrets_dir, "gateway")
            caller = RpcClient(self.broker, name="gateway", signer=signer)
        self.services = Services(caller)
        self.commands = CommandLog(Keyring.from_file(settings.secrets_dir / "replies.keyring.json"))
        self.verifier = verifier or verifier_for(settings.mode)
        self.passwords = Passwords()
        self.throttle = Throttle(self.database, self.blind_index)
        self.identities = Identities(personal, self.blind_index)
        self.sessions = Sessions(self.database, self.identities, settings)
        self.csrf = Csrf(session_key)
        self.cursors = Cursors(session_key)
        self.mail = MailQueue(self.database, personal, settings)
        blobs = LocalBlobStore(
            settings.blobs_dir,
            Keyring.from_file(settings.secrets_dir / "blobs.keyring.json"),
            self.blind_index,
        )
        self.uploads = Uploads(self.database, blobs, self.commands, personal, self.blind_index)
        self.changes = Changes(settings.database_url)
        self._consumers = self._make_consumers()
        self._tasks: list[asyncio.Task[None]] = []

    def _make_consumers(self) -> list[QueueConsumer]:
        return [
            QueueConsumer(
                queue=FEED_QUEUE.name, database=self.database, handler=feed.take_events, contracts=FEED_EVENTS
            ),
            QueueConsumer(
                queue=WITNESS_QUEUE.name,
                database=self.database,
                handler=witness.take_checkpoints,
                contracts=(CheckpointSignedV1,),
            ),
        ]

    async def start(self) -> None:
        """Open the database and the broker; neither has to be there yet."""
        await self.database.start()
        self.mail.start()
        self.changes.start()
        loop = asyncio.get_running_loop()
        self._tasks.append(loop.create_task(_every(SWEEP_SECONDS, self.sessions.sweep)))
        self._tasks.append(loop.create_task(_every(SWEEP_SECONDS, self.throttle.sweep)))
        self._tasks.append(loop.create_task(_every(SWEEP_SECONDS, self._sweep)))
        self._tasks.append(loop.create_task(_every(LOOK_SECONDS, self._look_at_database)))
        if self.broker is not None:
            self.broker.start()
            self.broker.attach(DeadQueueConsumer("gateway", self.database))
            for consumer in self._consumers:
                consumer.start(self.broker)
            self._tasks.append(loop.create_task(keep_house("gateway", self.database)))

    async def stop(self) -> None:
        """Finish what is in flight and close everything."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self.changes.stop()
        await self.mail.stop()
        if self.broker is not None:
            await asyncio.gather(*(consumer.stop() for consumer in self._consumers), return_exceptions=True)
            await self.broker.stop()
        await self.database.stop()
        self.passwords.stop()

    async def _sweep(self) -> None:
        await sweep(self.database, self.uploads)

    async def _look_at_database(self) -> None:
        """So that readiness is true of this moment, also when nobody asks anything."""
        await self.database.ping()

    async def recognise(self, headers: Mapping[bytes, bytes]) -> Visitor:
        """Who sent these headers.  A bearer token that is not valid is refused; a stale cookie is nobody's."""
        authorization = headers.get(b"authorization")
        if authorization is not None:
            return await self._bearer(authorization)
        token = session_token(headers, secure=self.settings.secure_cookies)
        if token is None:
            return ANONYMOUS
        return await self.sessions.recognise(token, cookie=True) or ANONYMOUS

    async def _bearer(self, authorization: bytes) -> Visitor:
        scheme, _, token = authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return ANONYMOUS
        visitor = await self.sessions.recognise(token.strip(), cookie=False)
        if visitor is None:
            raise Problem(
                "unauthenticated",
                headers={"www-authenticate": 'Bearer realm="tongban", error="invalid_token"'},
            )
        return visitor


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        with suppress(TemporaryError):
            await work()
        await asyncio.sleep(seconds)
