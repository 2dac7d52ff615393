"""Many submissions in one transaction, which is one statement: one round trip, whatever their number.

This is the path whose cost decides how many submissions a second the platform takes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from services.applications import records
from services.applications.contracts import CaseReceipt
from services.applications.domain.case import Case
from services.applications.domain.errors import DomainError
from services.applications.domain.timers import Timer
from services.applications.store import cases, documents, licences, parties, timers
from services.applications.store.cases import Recorded
from services.applications.store.documents import SealedDocument
from services.applications.store.parties import SealedParty
from services.applications.store.rows import Table, arrays, in_one_statement
from shared.database import Connection, Database
from shared.errors import Refused
from shared.identity import Actor
from shared.messaging import commands, outbox
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


CASES = Table(
    "cases",
    {
        "id": "uuid",
        "case_no": "text",
        "version": "integer",
        "state": "text",
        "item_code": "text",
        "item_version": "integer",
        "unit": "text",
        "channel": "text",
        "applicant_id": "uuid",
        "agent_id": "uuid",
        "partner": "text",
        "external_no": "text",
        "submitted_at": "timestamptz",
        "due_on": "date",
        "proposed": "text",
        "body": "jsonb",
        "access_code": "bytea",
        "summary": "bytea",
    },
)


def _case_row(one: Submission) -> tuple[Any, ...]:
    case = one.recorded.case
    return (
        case.id,
        case.case_no,
        case.version,
        case.state.value,
        case.item_code,
        case.item_version,
        case.unit,
        case.channel,
        case.applicant_id,
        case.agent_id,
        case.partner,
        case.external_no,
        case.submitted_at,
        case.due_on,
        case.proposed,
        records.case_to_json(case),
        one.access_code,
        one.summary,
    )


def _follow_up_rows(case: Case) -> list[tuple[Any, ...]]:
    about = case.follow_up
    return [] if about is None else [(case.id, about.licence_case_id, about.purpose)]


# What one submission writes into each table.
_ROWS: tuple[tuple[Table, Callable[[Submission], Iterable[tuple[Any, ...]]]], ...] = (
    (CASES, lambda one: [_case_row(one)]),
    (cases.EVENTS, lambda one: [one.recorded.row(one.actor, one.at)]),
    (parties.TABLE, lambda one: one.parties),
    (documents.TABLE, lambda one: [document.row for document in one.documents]),
    (licences.FOLLOW_UPS, lambda one: _follow_up_rows(one.recorded.case)),
    (timers.TABLE, lambda one: [timers.row(one.recorded.case.id, timer) for timer in one.timers]),
    (Table("outbox", outbox.COLUMNS), lambda one: [outbox.row(one.recorded.envelope)]),
)
_WRITE = in_one_statement(
    commands.RECORD,
    5,
    [table for table, _ in _ROWS],
    f"SELECT command_id, pg_notify('{outbox.CHANNEL}', '') FROM new",  # noqa: S608  # a constant of ours
)


class Intake:
    """Writes submissions; the functions that group commit calls."""

    def __init__(self, database: Database, log: CommandLog) -> None:
        self._database = database
        self._commands = log

    async def write_all(self, submissions: Sequence[Submission]) -> Sequence[CaseReceipt | BaseException]:
        """Write them in one transaction; a repeated command gets the receipt of its first time."""
        first: dict[object, Submission] = {}
        for submission in submissions:
            first.setdefault(submission.command.id, submission)
        async with self._database.acquire() as connection:
            # One statement is a transaction of its own: everything in it is committed when it returns.
            rows = await connection.fetch(_WRITE, *self._arguments(list(first.values())))
            new = {row["command_id"] for row in rows}
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

    def _arguments(self, submissions: Sequence[Submission]) -> list[Any]:
        """The arrays of `_WRITE`: those of the commands, then for each table the command ids and the columns."""
        arguments = list(self._commands.columns([(one.command, one.receipt) for one in submissions]))
        for table, rows_of in _ROWS:
            rows = [(one.command.id, *row) for one in submissions for row in rows_of(one)]
            arguments += arrays(rows, len(table.columns) + 1)
        return arguments

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


def _external_number_known() -> DomainError:
    return DomainError(
        "external_number_known",
        "该省平台编号的办件已经提交过，请勿重复提交。",
        "A case with this number of the provincial platform was submitted before.",
        pointer="/external_no",
    )
