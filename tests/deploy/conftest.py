"""A run folder that PostgreSQL's unprivileged owner can reach, unlike pytest's own temporary folders, which only root can."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tongban-deploy-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
