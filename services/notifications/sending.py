"""The mail room: sends what waits, first deliveries and retries in lanes of their own.

No notice goes out twice, and none is lost silently:

1. The conversation with the mail server is opened before anything is claimed, so an outage of the server uses up no
   notice's patience; the queue stands still and its age shows.
2. An attempt is committed before the server hears of the notice, and committed again (`hand_over`) when sender and
   recipient are agreed, just before the text goes over the line.  A server answers for a notice only after the text
   (RFC 5321 §4.1.1.4), so whatever ends an attempt before `hand_over` is safe to repeat, and is repeated.
3. Killed or cut off between `hand_over` and the commit of the answer, nobody can know.  That delivery becomes
   `uncertain`: never sent again by itself, published as `DeliveryUncertainV1`, listed for the operator, who may order
   a resend.  The in-app notice stands in any case.
4. Each try carries the same Message-ID and is the same to the byte, so that a receiver can recognise a copy even
   when an operator resends what had arrived.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic

from services.notifications import announcements, metrics, outgoing
from services.notifications.domain.delivery import NextStep, Outcome, Patience, Result, after_failure
from services.notifications.mail import Conversation, Letter, MailServer, MailServerAway
from services.notifications.outgoing import Claim, Lane, Mail
from shared import time
from shared.database import Connection, Database
from shared.errors import Refused, TemporaryError
from shared.messaging import outbox
from shared.messaging.rpc import InternalError

log = logging.getLogger(__name__)

# The retry lane has one conversation: however much waits there, first deliveries go at full speed.
RETRY_CONVERSATIONS = 1
LONGEST_REST_SECONDS = 30.0
# How long the answer of the mail server is kept in hand when the database is away at that very moment.
SETTLE_TRIES = 60
PATIENCE_AT_STOP_SECONDS = 20.0
MARGIN_AFTER_ANSWER = timedelta(seconds=90)

# Gives the e-mail address of a case's party, or None when they left none; raises `Refused` when it can't be asked.
AskAddress = Callable[[Mail], Awaitable[str | None]]


class MailRoom:
    """Sends the e-mails of one process; any number of processes may share the queue."""

    def __init__(
        self,
        database: Database,
        server: MailServer,
        ask_address: AskAddress,
        *,
        patience: Patience,
        conversations: int,
        answer_seconds: float,
    ) -> None:
        self._database = database
        self._server = server
        self._ask_address = ask_address
        self._patience = patience
        self._conversations = conversations
        self._lease_to_answer = timedelta(seconds=answer_seconds) + MARGIN_AFTER_ANSWER
        self._failures = 0
        self._rests_until = 0.0

    async def send_first(self) -> None:
        """Send what was never tried before."""
        await self._work(Lane.QUEUED, self._conversations)

    async def send_again(self) -> None:
        """Send what is due for another try."""
        await self._work(Lane.RETRYING, RETRY_CONVERSATIONS)

    async def sweep(self) -> None:
        """Settle attempts whose process died, and set the gauges."""
        now = time.now()
        async with self._database.transaction() as connection:
            await outgoing.take_back_interrupted(connection, now)
            for mail, attempts in await outgoing.mark_uncertain(connection, now):
                await self._announce_uncertain(connection, mail, attempts)
                metrics.record_messages("email", Outcome.UNCERTAIN.value)
            for lane in Lane:
                metrics.record_lane(lane.value, *await outgoing.lane_figures(connection, lane), now)
            metrics.record_undelivered(await outgoing.count_undelivered(connection))

    async def _work(self, lane: Lane, most: int) -> None:
        if monotonic() < self._rests_until:
            return
        async with self._database.acquire() as connection:
            due = await outgoing.count_due(connection, lane, time.now(), most)
        # With exceptions returned, gather waits for all conversations, also when it is cancelled at a stop.
        for ended in await asyncio.gather(*(self._talk(lane) for _ in range(due)), return_exceptions=True):
            if isinstance(ended, BaseException):
                raise ended

    async def _talk(self, lane: Lane) -> None:
        """One conversation, for as long as something waits."""
        try:
            async with self._server.conversation() as conversation:
                self._server_answers()
                while conversation.usable and await self._send_next(conversation, lane):
                    pass
        except MailServerAway as away:
            self._rest(away)

    def _server_answers(self) -> None:
        if self._failures:
            log.info("mail_server_is_back")
        self._failures, self._rests_until = 0, 0.0
        metrics.record_mail_server(up=True)

    def _rest(self, away: MailServerAway) -> None:
        if not self._failures:
            log.warning("mail_server_is_away error=%s smtp_code=%s", away.error, away.smtp_code)
        self._failures += 1
        self._rests_until = monotonic() + min(2.0 ** (self._failures - 1), LONGEST_REST_SECONDS)
        metrics.record_mail_server(up=False)

    async def _claim(self, lane: Lane) -> Claim | None:
        async with self._database.transaction() as connection:
            return await outgoing.claim_next(connection, lane, time.now())

    async def _send_next(self, conversation: Conversation, lane: Lane) -> bool:
        """Claim one and send it; False when nothing waits.

        A stop of the process lets what is under way end: cut off in the text it would be uncertain.
        """
        sending = asyncio.create_task(self._claim_and_send(conversation, lane))
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            await asyncio.wait([sending], timeout=PATIENCE_AT_STOP_SECONDS)
            sending.cancel()
            raise

    async def _claim_and_send(self, conversation: Conversation, lane: Lane) -> bool:
        claim = await self._claim(lane)
        if claim is None:
            return False
        result = await self._attempt(conversation, claim)
        if result is not None:
            await self._settle(claim, result)
        return True

    async def _attempt(self, conversation: Conversation, claim: Claim) -> Result | None:
        """Ask for the address and send; None when the claim was lost before the text."""
        mail = claim.mail
        try:
            address = await self._ask_address(mail)
        except (Refused, InternalError):
            return Result(Outcome.ADDRESS_UNAVAILABLE)
        if address is None:
            return Result(Outcome.NO_ADDRESS)
        letter = Letter(mail.message_id, mail.title, mail.body, mail.created_at)
        return await conversation.send(letter, address, lambda: self._hand_over(claim))

    async def _hand_over(self, claim: Claim) -> bool:
        async with self._database.transaction() as connection:
            return await outgoing.hand_over(connection, claim, time.now(), self._lease_to_answer)

    async def _settle(self, claim: Claim, result: Result) -> None:
        """Put the result on record; an answer of the mail server is not dropped because the database is away."""
        for _ in range(SETTLE_TRIES):
            try:
                async with self._database.transaction() as connection:
                    await self._record(connection, claim, result)
            except TemporaryError:
                await asyncio.sleep(1.0)
            else:
                metrics.record_messages("email", result.outcome.value)
                return
        log.error(
            "attempt_not_recorded message_id=%s outcome=%s", claim.mail.message_id, result.outcome.value
        )

    async def _record(self, connection: Connection, claim: Claim, result: Result) -> None:
        now = time.now()
        if result.outcome is Outcome.SENT:
            await self._record_served(connection, claim, result)
            return
        step = self._next_step(claim, result)
        if not await outgoing.record_next_step(connection, claim, result, step, now):
            return
        if step.state == Outcome.UNCERTAIN:
            await self._announce_uncertain(connection, claim.mail, claim.attempt)
        elif step.state == "failed":
            await self._announce_failed(connection, claim, result, step)

    def _next_step(self, claim: Claim, result: Result) -> NextStep:
        now = time.now()
        if result.outcome is Outcome.UNCERTAIN:
            return NextStep(Outcome.UNCERTAIN.value, now, Outcome.UNCERTAIN.value)
        return after_failure(
            result,
            attempts_in_round=claim.attempts_in_round,
            now=now,
            give_up_at=claim.give_up_at,
            patience=self._patience,
        )

    async def _record_served(self, connection: Connection, claim: Claim, result: Result) -> None:
        now = time.now()
        if await outgoing.record_served(connection, claim, result, now):
            sequence = await outgoing.next_sequence(connection, claim.mail.message_id)
            await outbox.add(connection, [announcements.served_by_mail(claim.mail, sequence, now)])

    async def _announce_failed(
        self, connection: Connection, claim: Claim, result: Result, step: NextStep
    ) -> None:
        sequence = await outgoing.next_sequence(connection, claim.mail.message_id)
        event = announcements.mail_failed(
            claim.mail, result, step.reason, claim.attempt, sequence, time.now()
        )
        await outbox.add(connection, [event])
        log.warning(
            "delivery_failed message_id=%s reason=%s smtp_code=%s",
            claim.mail.message_id,
            step.reason,
            result.smtp_code,
        )

    async def _announce_uncertain(self, connection: Connection, mail: Mail, attempts: int) -> None:
        sequence = await outgoing.next_sequence(connection, mail.message_id)
        await outbox.add(connection, [announcements.mail_uncertain(mail, attempts, sequence, time.now())])
        log.warning("delivery_uncertain message_id=%s", mail.message_id)
