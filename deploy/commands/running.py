"""Where a command finds the databases and the keys of the platform it is to look at.

The environment of an administrator's shell comes first (TONGBAN_DATABASE_URLS, TONGBAN_SECRETS_DIR: the same names the
processes read); without it, the run folder of `make up` knows both.
"""

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.commands.usage import UsageFault
from deploy.local import plan
from deploy.local.faults import Fault
from deploy.local.home import Home

if TYPE_CHECKING:
    import asyncpg


def database_urls(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The address of each service's database."""
    if given := environment.get("TONGBAN_DATABASE_URLS"):
        return _given_urls(given)
    return _planned_urls(Home.from_environment(environment))


def database_url(service: str) -> str:
    """The address of one service's database."""
    urls = database_urls()
    if service in urls:
        return urls[service]
    raise UsageFault(
        f"没有服务“{service}”的数据库——可用的有：{'、'.join(urls)}。",
        f"There is no database of a service {service!r} – there are: {', '.join(urls)}.",
    )


def secrets_dir(environment: Mapping[str, str] = os.environ) -> Path:
    given = environment.get("TONGBAN_SECRETS_DIR")
    return Path(given) if given else Home.from_environment(environment).secrets


def _given_urls(text: str) -> dict[str, str]:
    try:
        urls = {str(service): str(url) for service, url in json.loads(text).items()}
    except (ValueError, AttributeError):
        urls = {}
    if urls:
        return urls
    raise UsageFault(
        'TONGBAN_DATABASE_URLS 无法读取——请写成 JSON 对象：{"服务": "postgresql://…"}。',
        'TONGBAN_DATABASE_URLS is unreadable – write a JSON object: {"service": "postgresql://…"}.',
    )


def _planned_urls(home: Home) -> dict[str, str]:
    """What `make up` handed to the processes: each service its own address."""
    key = "TONGBAN_DATABASE_URL"
    urls = {
        process.name: process.environment[key] for process in plan.read(home) if key in process.environment
    }
    if urls:
        return urls
    raise Fault(
        f"在 {home.folder} 中没有找到运行过的平台——请先运行 make up，或用 TONGBAN_HOME 指明运行目录。",
        f"No platform was started in {home.folder} – run make up first, or name its folder in TONGBAN_HOME.",
    )


@asynccontextmanager
async def connected(service: str, url: str) -> "AsyncIterator[asyncpg.Connection]":
    """A connection to a service's database; one that cannot be had is told with its remedy, without the password."""
    import asyncpg

    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        raise unreachable(service) from error
    try:
        yield connection
    finally:
        await connection.close()


def unreachable(service: str) -> Fault:
    return Fault(
        f"连不上 {service} 的数据库——请用 make status 查看平台是否在运行，必要时运行 make up。",
        f"The database of {service} cannot be reached – see make status whether the platform runs, and run make up if not.",
    )
