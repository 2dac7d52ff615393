"""Texts that come with a command and stand in no document: kept encrypted beside the version that they came with."""

from services.applications.contracts import CaseReceipt
from services.applications.handlers import Doing
from services.applications.store import hearings
from shared import time


async def keep_text(doing: Doing, receipt: CaseReceipt, kind: str, text: str) -> None:
    """Keep a text with the version that its command made."""
    await hearings.insert_text(
        doing.connection,
        doing.office.keyring,
        receipt.case_id,
        receipt.version,
        kind,
        text,
        actor=doing.actor.id,
        at=time.now(),
    )
