"""One platform for the folder, with fsync on, because its database is killed too."""

import asyncio
import os
import shutil
from collections.abc import Iterator

import pytest

from shared import time
from shared.testing.platform import RunningPlatform
from tests.chaos import storm
from tests.chaos.storm import Aftermath

# A folder in which the logs of every process are left for whoever looks into a failure.
KEEP_LOGS = os.environ.get("TEST_KEEP_LOGS")


@pytest.fixture(scope="package")
def platform() -> Iterator[RunningPlatform]:
    """Whatever is tested after the storm finds what the storm has left."""
    with RunningPlatform(durable=True) as platform:
        time.follow_clock_file(platform.clock.file)
        yield platform
        time.follow_clock_file(None)
        if KEEP_LOGS:
            shutil.copytree(platform.home.logs, KEEP_LOGS, dirs_exist_ok=True)


@pytest.fixture(scope="package")
def aftermath(platform: RunningPlatform) -> Aftermath:
    """What the storm has left, looked at once."""
    aftermath = asyncio.run(storm.kill_each_in_turn(platform))
    storm.tell(aftermath)
    return aftermath
