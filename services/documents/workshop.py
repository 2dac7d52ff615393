"""The workshop: takes what is due, asks for its text, prints it, has it sealed and puts it away.

1. A claim is committed before anything is done; a process that dies leaves it to the next one when the lease runs out.
2. The text is asked for anew at each try and checked against the digest that came with the event: what is printed is
   what was sealed.
3. PDF, state and event are one transaction.  A second press that did the same work in the meantime finds its fence
   overtaken and throws its PDF away, so there is one PDF for ever.
4. Away (applications, the seal platform, the database): the document waits, longer each time, and never gives up.
   Impossible (no glyph, the engine breaks three times): told as `DocumentFailedV1`, and the number becomes VOID.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from time import monotonic
from typing import TypeVar
from uuid import UUID

from services.applications.contracts.printing import DocumentForPrinting
from services.documents import announcements, metrics, store
from services.documents.domain.errors import CannotBePrinted, layout_failed, text_changed
from services.documents.domain.form import Line, Paper
from services.documents.domain.patience import MOST_CRASHES, pause_after
from services.documents.presses import Press, PressCannotStart, PressFailed, Print
from services.documents.sealing import SealAway, SealPlatform, ToSeal
from services.documents.store import Claim, File
from shared import time
from shared.database import Connection, Database
from shared.errors import Refused
from shared.messaging import outbox
from shared.messaging.rpc import InternalError
from shared.privacy import Keyring

log = logging.getLogger(__name__)

Made = TypeVar("Made")
# Gives the original of a document; raises `Refused` or `InternalError` when it can't be had.
AskText = Callable[[UUID], Awaitable[DocumentForPrinting]]
MARGIN_OF_LEASE = timedelta(seconds=60)


class Workshop:
    """Prints the documents of one process; any number of processes may share the list."""

    def __init__(
        self,
        database: Database,
        presses: Sequence[Press],
        seal: SealPlatform,
        ask_text: AskText,
        keyring: Keyring,
        *,
        public_url: str,
        longest: timedelta,
    ) -> None:
        self._database = database
        self._presses = presses
        self._seal = seal
        self._ask_text = ask_text
        self._keyring = keyring
        self._public_url = public_url
        self._lease = longest + MARGIN_OF_LEASE

    async def work(self) -> None:
        """Print until nothing is due."""
        # With exceptions returned, gather waits for all presses, also when it is cancelled at a stop.
        for ended in await asyncio.gather(*map(self._work_at, self._presses), return_exceptions=True):
            if isinstance(ended, BaseException):
                raise ended

    async def measure(self) -> None:
        """Set the gauges of what waits."""
        async with self._database.acquire() as connection:
            metrics.record_waiting(*await store.waiting(connection), time.now())

    async def stop(self) -> None:
        """End the presses."""
        await asyncio.gather(*(press.stop() for press in self._presses))

    async def _work_at(self, press: Press) -> None:
        while (claim := await self._claim()) is not None:
            try:
                await self._try(press, claim)
            except asyncio.CancelledError:
                # A stop of the process: whoever comes next need not wait for the lease to run out.
                await asyncio.shield(self._release(claim))
                raise

    async def _release(self, claim: Claim) -> None:
        async with self._database.transaction() as connection:
            await store.postpone(connection, claim, time.now(), crashed=False)

    async def _claim(self) -> Claim | None:
        async with self._database.transaction() as connection:
            return await store.claim_next(connection, time.now(), self._lease)

    async def _try(self, press: Press, claim: Claim) -> None:
        try:
            asked = await self._ask_text(claim.wanted.document_id)
        except (Refused, InternalError) as error:
            await self._postpone(claim, getattr(error, "code", "internal_error"))
            return
        try:
            file = await self._make(press, claim, asked)
        except CannotBePrinted as fault:
            await self._give_up(claim, asked, fault)
        except PressFailed as error:
            await self._crashed(claim, asked, str(error))
        except SealAway:
            await self._postpone(claim, "seal_away")
        except PressCannotStart as fault:
            log.critical("press_cannot_start reason=%s", fault)
            await self._postpone(claim, "press_cannot_start")
        else:
            await self._put_away(claim, asked, file)

    async def _make(self, press: Press, claim: Claim, asked: DocumentForPrinting) -> File:
        wanted = claim.wanted
        if digest_of(asked) != wanted.text_sha256:
            raise text_changed()
        printed = await _timed("layout", press.print(paper_of(asked, self._public_url)))
        sealed = await _timed("seal", self._seal.seal(_to_seal(asked, printed)))
        return File(sealed.pdf, hashlib.sha256(sealed.pdf).digest(), printed.pages, sealed.signed_by)

    async def _put_away(self, claim: Claim, asked: DocumentForPrinting, file: File) -> None:
        now = time.now()
        async with self._database.transaction() as connection:
            await _learn(connection, claim, asked)
            if await store.put_away(connection, claim, file, self._keyring, now):
                await outbox.add(connection, [announcements.rendered(claim.wanted, file, now)])
                metrics.record_settled("printed")

    async def _give_up(self, claim: Claim, asked: DocumentForPrinting, fault: CannotBePrinted) -> None:
        now = time.now()
        log.error("document_failed document_id=%s code=%s", claim.wanted.document_id, fault.code)
        async with self._database.transaction() as connection:
            await _learn(connection, claim, asked)
            if await store.give_up(connection, claim, fault.code, fault.zh, fault.en, now):
                await outbox.add(connection, [announcements.failed(claim.wanted, fault, now)])
                metrics.record_settled("failed")

    async def _crashed(self, claim: Claim, asked: DocumentForPrinting, reason: str) -> None:
        log.error("press_failed document_id=%s reason=%s", claim.wanted.document_id, reason)
        if claim.crashes + 1 >= MOST_CRASHES:
            await self._give_up(claim, asked, layout_failed("the layout engine broke on it every time"))
        else:
            await self._postpone(claim, "press_failed", crashed=True)

    async def _postpone(self, claim: Claim, reason: str, *, crashed: bool = False) -> None:
        log.warning("document_postponed document_id=%s reason=%s", claim.wanted.document_id, reason)
        due_at = time.now() + pause_after(claim.attempts)
        async with self._database.transaction() as connection:
            await store.postpone(connection, claim, due_at, crashed=crashed)
        metrics.record_postponed(reason)


async def _learn(connection: Connection, claim: Claim, asked: DocumentForPrinting) -> None:
    await store.learn(connection, claim, asked.title, asked.organ, asked.issued_on)


async def _timed(step: str, making: Awaitable[Made]) -> Made:
    began = monotonic()
    made = await making
    metrics.record_step(step, monotonic() - began)
    return made


def digest_of(asked: DocumentForPrinting) -> str:
    """The digest of the lines as applications sealed them."""
    text = json.dumps(
        [(line.style, line.label, line.text) for line in asked.lines],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def paper_of(asked: DocumentForPrinting, public_url: str) -> Paper:
    """The document as the press takes it."""
    return Paper(
        document_id=str(asked.document_id),
        kind=asked.kind,
        title=asked.title,
        number=asked.number,
        organ=asked.organ,
        issued_on=asked.issued_on.isoformat(),
        lines=tuple(Line(line.style, line.text, line.label) for line in asked.lines),
        verify_url=f"{public_url}/verify/{asked.document_id}",
    )


def _to_seal(asked: DocumentForPrinting, printed: Print) -> ToSeal:
    return ToSeal(asked.document_id, asked.kind, asked.number, asked.organ, printed.pdf)
