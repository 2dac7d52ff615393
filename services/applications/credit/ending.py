"""How a record ends: repaired from a day by an instrument (信用修复), or withdrawn because it was wrong (异议).

Both registers alike: what was imported, and the defaults of this platform.  The record and its history stay.
"""

from datetime import date, datetime
from uuid import UUID

from asyncpg import Record

from services.applications.contracts.credit import (
    CreditRecordView,
    CreditRecordWithdrawnV1,
    CreditRepairedV1,
    RepairCredit,
    WithdrawCreditRecord,
)
from services.applications.credit.looking import record_view
from services.applications.credit.work import Work, tell
from services.applications.domain.errors import DomainError, InvalidRequest, NotFound
from services.applications.ids import new_id
from services.applications.store import credit as rows
from services.applications.store.credit import Change
from shared import time


async def repair(work: Work, request: RepairCredit) -> CreditRecordView:
    """Restore eligibility from the day that the instrument names (§8.1); a day to come is allowed."""
    row = await _found(work, request.record_id)
    if row["repaired_on"] is not None:
        raise _ended("修复", "repaired", row["repaired_on"])
    if request.repaired_on < row["recorded_on"]:
        raise InvalidRequest(
            "repaired_before_recorded",
            f"修复日期不能早于认定日期（{row['recorded_on'].isoformat()}）。",
            f"The repair cannot be earlier than the record ({row['recorded_on'].isoformat()}).",
            pointer="/repaired_on",
        )
    at = time.now()
    change_id, number = await _end(
        work, row, "repaired", request.repaired_on, at, instrument=request.instrument
    )
    event = CreditRepairedV1.model_validate(_of(row, change_id, at) | {"repaired_on": request.repaired_on})
    await tell(work, event, row["id"], number, at, {"instrument": request.instrument})
    return await _shown(work, row["id"])


async def withdraw(work: Work, request: WithdrawCreditRecord) -> CreditRecordView:
    """Take back a record that was wrong, even a repaired one: it counts no longer, from today."""
    row = await _found(work, request.record_id)
    at = time.now()
    today = time.shanghai(at).date()
    change_id, number = await _end(work, row, "withdrawn", today, at, reason=request.reason)
    event = CreditRecordWithdrawnV1.model_validate(_of(row, change_id, at) | {"withdrawn_on": today})
    await tell(work, event, row["id"], number, at, {})
    return await _shown(work, row["id"])


async def _found(work: Work, record_id: UUID) -> Record:
    row = await rows.find(work.connection, record_id)
    if row is None:
        raise NotFound(
            "credit_record_not_found",
            "没有这条信用记录，请核对记录编号。",
            "There is no such credit record; please check its id.",
            pointer="/record_id",
        )
    if row["withdrawn_on"] is not None:
        raise _ended("撤销", "withdrawn", row["withdrawn_on"])
    return row


def _ended(zh: str, en: str, on: date) -> DomainError:
    return DomainError(
        "credit_record_ended",
        f"该记录已于{on.isoformat()}{zh}，不能再次处理。",
        f"This record was {en} on {on.isoformat()}; nothing more can be done to it.",
        pointer="/record_id",
    )


async def _end(
    work: Work,
    row: Record,
    change: Change,
    on: date,
    at: datetime,
    *,
    instrument: str | None = None,
    reason: str | None = None,
) -> tuple[UUID, int]:
    """The id of this change, and which one of the record it is."""
    change_id = new_id(at)
    await rows.end(work.connection, row, change, on)
    number = await rows.insert_change(
        work.connection,
        change_id,
        row["id"],
        change,
        on,
        instrument=instrument,
        # Free text of staff may name people, so it is encrypted.
        reason=None if reason is None else work.keyring.encrypt(reason, context=f"credit-change:{change_id}"),
        actor=work.actor,
        at=at,
    )
    return change_id, number


def _of(row: Record, change_id: UUID, at: datetime) -> dict[str, object]:
    return {
        "change_id": change_id,
        "record_id": row["id"],
        "register_name": row["register"],
        "person_id": row["person_id"],
        "recorded_at": at,
    }


async def _shown(work: Work, record_id: UUID) -> CreditRecordView:
    row = await rows.find(work.connection, record_id)
    assert row is not None
    instruments = await rows.instruments(work.connection, [record_id])
    return record_view(row, instruments.get(record_id), time.today())
