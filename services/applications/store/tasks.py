"""Task rows: opened and settled in the transaction that changes their case, so that a list never tells of yesterday."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from services.applications.domain.case import Case
from services.applications.domain.tasks import Task
from shared.database import Connection

# A running case always has a clock; should none run, its tasks stand last.
NO_DUE_DATE = date(9999, 12, 31)

_KEEP_ONLY = """
    WITH wanted AS (
        SELECT * FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::date[])
        AS given (step, section, lane, role, post, barred, internal_due_on)
    ), settled AS (
        UPDATE tasks SET settled_at = $4 WHERE case_id = $1 AND settled_at IS NULL
        AND step NOT IN (SELECT step FROM wanted)
    )
    INSERT INTO tasks AS t
        (case_id, unit, step, section, lane, role, post, barred, due_on, internal_due_on, opened_at)
    SELECT $1, $2, step, section, lane, role, post, string_to_array(barred, ' '), $3, internal_due_on, $4
    FROM wanted
    ON CONFLICT (case_id, step) WHERE settled_at IS NULL DO UPDATE
    SET due_on = excluded.due_on, internal_due_on = excluded.internal_due_on, barred = excluded.barred,
        lane = excluded.lane
    WHERE (t.due_on, t.internal_due_on, t.barred, t.lane)
    IS DISTINCT FROM (excluded.due_on, excluded.internal_due_on, excluded.barred, excluded.lane)
"""


async def keep_only(
    connection: Connection, wanted: Sequence[tuple[Case, Sequence[Task]]], now: datetime
) -> None:
    """Settle every open task that these cases do not need any more, open the new ones, and move the dates of the rest."""
    await connection.executemany(_KEEP_ONLY, [_arguments(case, tasks, now) for case, tasks in wanted])


def _arguments(case: Case, tasks: Sequence[Task], now: datetime) -> tuple[Any, ...]:
    return (
        case.id,
        case.unit,
        case.due_on or NO_DUE_DATE,
        now,
        [task.step for task in tasks],
        [task.section for task in tasks],
        [task.lane for task in tasks],
        [task.role for task in tasks],
        [task.post for task in tasks],
        # Account ids hold no space; an array of arrays of different lengths can't be sent.
        [" ".join(task.barred) for task in tasks],
        [task.internal_due_on for task in tasks],
    )
