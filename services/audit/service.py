"""Everything that can happen to the audit log."""

import logging
from datetime import timedelta
from time import perf_counter

from services.audit import handlers, metrics, store
from services.audit.contracts import (
    CheckpointSignedV1,
    CheckpointView,
    ConsistencyProof,
    EntryPage,
    GetCheckpoint,
    GetConsistency,
    GetProof,
    InclusionProof,
    ListEntries,
    SearchEntries,
    SubjectEntries,
)
from services.audit.domain.errors import LogDamaged
from services.audit.settings import AuditSettings
from services.audit.signing import CheckpointSigner
from shared.database import Connection
from shared.errors import TemporaryError
from shared.identity import Role
from shared.messaging.envelope import Envelope
from shared.runtime import Call, Runtime, consumes_all, rpc, timer
from shared.time import now

log = logging.getLogger(__name__)

PUBLISHERS = ("catalogue", "applications", "documents", "notifications", "gateway", "audit")
"""Whose events are sealed: every service's, and this one's own but for its checkpoints."""

WAIT_FOR_REPAIR_SECONDS = 60.0


class AuditService:
    """One leaf for every event of every service, signed checkpoints, and proofs for whoever asks."""

    name = "audit"
    runtime = Runtime(AuditSettings)

    async def ready(self) -> None:
        """Load the signing key; without it the service does not start, because an unsigned log proves nothing."""
        settings: AuditSettings = self.runtime.settings
        self.runtime.state.signer = CheckpointSigner.from_file(settings.log_origin, settings.signing_key_file)

    @consumes_all(*PUBLISHERS, except_=(CheckpointSignedV1,), sees_repeats=True)
    async def on_events(self, connection: Connection, envelopes: list[Envelope]) -> None:
        """Seal a batch; the log itself knows every event it holds, and whether one comes back altered."""
        started = perf_counter()
        try:
            sealed = await handlers.seal_events(connection, envelopes, now())
        except LogDamaged as damage:
            # Events are kept for a day while a person repairs the log; refusing them would lose their order.
            self._tell_damage(damage)
            raise TemporaryError(damage.code, WAIT_FOR_REPAIR_SECONDS) from damage
        metrics.record_sealed(sealed.added, sealed.repeated, perf_counter() - started)

    @timer(seconds=0.25)
    async def sign_checkpoint(self) -> None:
        """Sign what was sealed since the last checkpoint, at most once in the agreed time; any replica may."""
        async with self.runtime.database.acquire() as connection:
            size, last = await store.size(connection), await store.latest_checkpoint(connection)
        signed_size, age = (last.tree_size, (now() - last.signed_at).total_seconds()) if last else (0, None)
        metrics.record_log(size, signed_size, age or 0.0)
        if size != signed_size and (age is None or age >= self.runtime.settings.checkpoint_seconds):
            await self._sign()

    async def _sign(self) -> None:
        pause = timedelta(seconds=self.runtime.settings.checkpoint_seconds)
        try:
            async with self.runtime.database.transaction() as connection:
                await handlers.sign_checkpoint(connection, self.runtime.state.signer, now(), pause=pause)
        except LogDamaged as damage:
            self._tell_damage(damage)
        else:
            metrics.record_damage(False)

    def _tell_damage(self, damage: LogDamaged) -> None:
        metrics.record_damage(True)
        log.critical("audit_log_damaged reason=%s facts=%s", damage.en, damage.facts)

    @rpc(*Role)
    async def get_checkpoint(self, call: Call, ask: GetCheckpoint) -> CheckpointView:
        """The newest signed checkpoint, or the one of a size."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.get_checkpoint(connection, ask, self.runtime.state.signer)

    @rpc(*Role)
    async def get_proof(self, call: Call, ask: GetProof) -> InclusionProof:
        """The proof file of one event, for anyone who knows its id."""
        async with self.runtime.database.transaction() as connection:
            return await handlers.get_proof(connection, ask, self.runtime.state.signer, now())

    @rpc(*Role)
    async def get_consistency(self, call: Call, ask: GetConsistency) -> ConsistencyProof:
        """That an earlier checkpoint is the beginning of a later one."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.get_consistency(connection, ask)

    @rpc(Role.AUDITOR, Role.OPERATOR)
    async def list_entries(self, call: Call, ask: ListEntries) -> EntryPage:
        """The log, page by page."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.list_entries(connection, ask)

    @rpc(Role.AUDITOR, Role.OPERATOR)
    async def search_entries(self, call: Call, ask: SearchEntries) -> EntryPage:
        """The log by case, actor, kind and time."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.search_entries(connection, ask)

    @rpc(Role.AUDITOR, Role.OPERATOR, Role.CLERK)
    async def subject_entries(self, call: Call, ask: SubjectEntries) -> EntryPage:
        """What the log holds about one case."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.list_entries(connection, ask)
