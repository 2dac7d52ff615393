"""Putting a file of records on the register: checked line by line first, then all of it or (if asked) what is right.

The same file again imports nothing twice, and two imports at once take turns.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.applications.contracts.credit import CreditImportedV1, CreditImportReport, ImportFault
from services.applications.credit.lines import Good, LineFault, Sorted, reference_taken, sort
from services.applications.credit.reader import UnreadableFile, read
from services.applications.credit.work import Work, keep_purpose, tell
from services.applications.domain.errors import Fault, InvalidRequest
from services.applications.ids import new_id
from services.applications.store import credit as rows
from shared import time
from shared.privacy import BlindIndex

MOST_FAULTS = 200


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that has been read and checked, before anything is written."""

    sha256: bytes
    lines: Sorted


async def prepare(content: bytes, people: BlindIndex) -> ReadFile:
    """Read and check a file beside the loop, for a workbook of ten thousand lines takes seconds."""
    return await asyncio.to_thread(_prepare, content, people, time.today())


def _prepare(content: bytes, people: BlindIndex, today: date) -> ReadFile:
    try:
        lines = sort(read(content), people, today)
    except UnreadableFile as fault:
        raise InvalidRequest(fault.code, fault.zh, fault.en, pointer="/content") from fault
    return ReadFile(hashlib.sha256(content).digest(), lines)


async def import_file(
    work: Work, file: ReadFile, *, purpose: str, partial: bool, dry_run: bool
) -> CreditImportReport:
    """Import a file that was read; raises with every fault, unless the rest of it is wanted without them."""
    if not dry_run:
        await rows.lock_imports(work.connection)
    new, known, taken = await _compared(work, file.lines.good)
    faults = sorted((*file.lines.faults, *taken), key=lambda fault: fault.line)
    refused = len({fault.line for fault in faults})
    if faults and not partial and not dry_run:
        raise _refusal(faults, refused)
    report = CreditImportReport(
        dry_run=dry_run,
        lines=file.lines.total,
        imported=len(new),
        known=known,
        refused=refused,
        faults=tuple(_shown(fault) for fault in faults[:MOST_FAULTS]),
        more_faults=len(faults) > MOST_FAULTS,
    )
    return report if dry_run else await _write(work, file, new, report, purpose)


async def _compared(work: Work, good: Sequence[Good]) -> tuple[list[Good], int, list[LineFault]]:
    """Which of these are new, how many are known, and which come under the number of another record."""
    keys = [one.listed.key for one in good if one.listed.key is not None]
    there = await rows.by_key(work.connection, keys)
    new = [one for one in good if one.listed.key not in there]
    old = [one for one in good if one.listed.key in there]
    taken = [reference_taken(one.line) for one in old if there[one.listed.key or ""] != one.listed]
    # A file with a line twice names a record once: the repetition is known too.
    return new, len(old) - len(taken), taken


async def _write(
    work: Work, file: ReadFile, new: Sequence[Good], report: CreditImportReport, purpose: str
) -> CreditImportReport:
    at = time.now()
    import_id = new_id(at)
    inserted = await rows.insert(work.connection, [one.listed for one in new], import_id)
    report = report.model_copy(
        update={
            "import_id": import_id,
            "imported": inserted,
            "known": report.known + len(new) - inserted,
        }
    )
    await rows.insert_import(
        work.connection,
        import_id,
        file_sha256=file.sha256,
        source=_sources(file.lines.good),
        counts={name: getattr(report, name) for name in ("lines", "imported", "known", "refused")},
        actor=work.actor,
        at=at,
    )
    await _tell(work, file, report, purpose, at)
    return report


async def _tell(work: Work, file: ReadFile, report: CreditImportReport, purpose: str, at: datetime) -> None:
    assert report.import_id is not None
    event = CreditImportedV1(
        import_id=report.import_id,
        file_sha256=file.sha256.hex(),
        lines=report.lines,
        imported=report.imported,
        known=report.known,
        refused=report.refused,
        unit=work.actor.unit,
        purpose_sha256=await keep_purpose(work, report.import_id, "import", purpose, at),
        imported_at=at,
    )
    await tell(work, event, report.import_id, 1, at, {})


def _sources(good: Sequence[Good]) -> str:
    return "；".join(sorted({one.listed.source for one in good}))[:500]


def _shown(fault: LineFault) -> ImportFault:
    return ImportFault(line=fault.line, column=fault.column, code=fault.code, zh=fault.zh, en=fault.en)


def _refusal(faults: Sequence[LineFault], refused: int) -> InvalidRequest:
    return InvalidRequest(
        "credit_file_faulty",
        f"文件中有 {refused} 行有误，没有导入任何记录。请改正后重新导入，或者选择只导入正确的行。",
        f"{refused} line(s) of the file are wrong and nothing was imported. Correct them, or import the right lines only.",
        pointer="/content",
        errors=[
            Fault(f"/lines/{fault.line}/{fault.column}".rstrip("/"), fault.code, fault.zh, fault.en)
            for fault in faults[:MOST_FAULTS]
        ],
        lines=refused,
    )
