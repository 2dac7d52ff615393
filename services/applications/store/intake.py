"""Many submissions in one transaction: one statement for each kind of row, whatever their number.

This is the path whose cost decides how many submissions a second the platform takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from services.applications import records
from services.applications.contracts import CaseReceipt
from services.applications.domain.errors import DomainError
from services.applications.domain.timers import Timer
from services.applications.store import cases, documents, parties, timers
from services.applications.store.cases import Recorded
from services.applications.store.documents import SealedDocument
from services.applications.store.parties import SealedParty
from shared.database import Connection, Database
from shared.errors import Refused
from shared.identity import Actor
from shared.messaging import outbox
from shared.messaging.commands import Command, CommandLog, key_reused


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything about one submission that will be rows."""

    command: Command
    actor: Actor
    at: datetime
    recorded: Recorded
    parties: tuple[SealedParty, ...]
    documents: tuple[SealedDocument, ...]
    timers: tuple[Timer, ...]
    access_code: bytes
    summary: bytes | None
    receipt: CaseReceipt


class Intake:
    """Writes submissions; the functions that group commit calls."""

    def __init__(self, database: Database, commands: CommandLog) -> None:
        self._database = database
        self._commands = commands

    async def write_all(self, submissions: Sequence[Submission]) -> Sequence[CaseReceipt | BaseException]:
        """Write them in one transaction; a repeated command gets the receipt of its first time."""
        first: dict[object, Submission] = {}
        for submission in submissions:
            first.setdefault(submission.command.id, submission)
        async with self._database.transaction() as connection:
            new = await self._commands.record(
                connection, [(one.command, one.receipt) for one in first.values()]
            )
            await _insert(connection, [one for one in first.values() if one.command.id in new])
            return [
                _same(first[one.command.id], one)
                if one.command.id in new
                else await self._earlier(connection, one)
                for one in submissions
            ]

    async def write_one(self, submission: Submission) -> CaseReceipt:
        """Write one alone, after a gathered transaction has failed."""
        try:
            (result,) = await self.write_all([submission])
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != "cases_partner_external_no_key":
                raise
            raise _external_number_known() from error
        if isinstance(result, BaseException):
            raise result
        return result

    async def _earlier(self, connection: Connection, submission: Submission) -> CaseReceipt | BaseException:
        try:
            stored = await self._commands.stored_reply(connection, submission.command)
        except Refused as refused:
            return refused
        assert stored is not None
        return CaseReceipt.model_validate_json(stored)


def _same(first: Submission, this: Submission) -> CaseReceipt | BaseException:
    """Two submissions of one command in one group: both get the receipt, unless they ask for different things."""
    same = (first.command.operation, first.command.request_sha256) == (
        this.command.operation,
        this.command.request_sha256,
    )
    return first.receipt if same else key_reused()


async def _insert(connection: Connection, new: Sequence[Submission]) -> None:
    if not new:
        return
    await _insert_cases(connection, new)
    await cases.insert_events(
        connection, [one.recorded for one in new], [one.actor for one in new], [one.at for one in new]
    )
    await parties.insert(connection, [party for one in new for party in one.parties])
    await documents.insert(connection, [document for one in new for document in one.documents])
    await timers.insert(connection, [(one.recorded.case.id, timer) for one in new for timer in one.timers])
    await outbox.add(connection, [one.recorded.envelope for one in new])


async def _insert_cases(connection: Connection, new: Sequence[Submission]) -> None:
    folds = [one.recorded.case for one in new]
    await connection.execute(
        """
        INSERT INTO cases (id, case_no, version, state, item_code, item_version, unit, channel, applicant_id, agent_id,
                           partner, external_no, submitted_at, due_on, proposed, body, access_code, summary)
        SELECT id, case_no, version, state, item_code, item_version, unit, channel, applicant_id, agent_id,
               partner, external_no, submitted_at, due_on, proposed, body::jsonb, access_code, summary
        FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::integer[], $7::text[],
                    $8::text[], $9::uuid[], $10::uuid[], $11::text[], $12::text[], $13::timestamptz[], $14::date[],
                    $15::text[], $16::text[], $17::bytea[], $18::bytea[])
             AS c (id, case_no, version, state, item_code, item_version, unit, channel, applicant_id, agent_id,
                   partner, external_no, submitted_at, due_on, proposed, body, access_code, summary)
        """,
        [case.id for case in folds],
        [case.case_no for case in folds],
        [case.version for case in folds],
        [case.state.value for case in folds],
        [case.item_code for case in folds],
        [case.item_version for case in folds],
        [case.unit for case in folds],
        [case.channel for case in folds],
        [case.applicant_id for case in folds],
        [case.agent_id for case in folds],
        [case.partner for case in folds],
        [case.external_no for case in folds],
        [case.submitted_at for case in folds],
        [case.due_on for case in folds],
        [case.proposed for case in folds],
        [records.case_to_json(case) for case in folds],
        [one.access_code for one in new],
        [one.summary for one in new],
    )


def _external_number_known() -> DomainError:
    return DomainError(
        "external_number_known",
        "该省平台编号的办件已经提交过，请勿重复提交。",
        "A case with this number of the provincial platform was submitted before.",
        pointer="/external_no",
    )
