"""A fresh log for each test: a migrated database and a signing key."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from services.audit.signing import CheckpointSigner
from shared.database import Database
from tests.audit.a_log import ORIGIN, Log


@pytest.fixture
async def log(database_for: Callable[[str], str], secrets_dir: Path) -> AsyncIterator[Log]:
    url = database_for("audit")
    database = Database(url, size=4)
    await database.start()
    signer = CheckpointSigner.from_file(ORIGIN, secrets_dir / "audit.signing.key")
    yield Log(url, database, signer, (secrets_dir / "audit.public.key").read_text())
    await database.stop()
