"""The settings of one process: read from the environment once, checked whole, frozen.

Every process has one settings class that extends `ProcessSettings` or `Settings`. `load` reads the variables that
begin with TONGBAN_, and when anything is wrong names every fault at once and ends the process with exit code 78
(EX_CONFIG). Nothing else in the platform reads the environment. Addresses that hold passwords are required everywhere,
so that no secret ever has a default; `make up` generates them for local mode.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from shared import time

PREFIX = "TONGBAN_"

# One environment is often handed to several processes, and `make` exports its own names to all of them.
VARIABLES_OF_OTHER_PROCESSES = frozenset(
    {
        "TONGBAN_HOME",
        "TONGBAN_PORT",
        "TONGBAN_DATABASE_URL",
        "TONGBAN_DATABASE_URLS",
        "TONGBAN_AMQP_URL",
        "TONGBAN_BLOBS_DIR",
        "TONGBAN_MAIL_DIR",
        "TONGBAN_PUBLIC_URL",
        "TONGBAN_SMTP_PORT",
        "TONGBAN_SMTP_URL",
    }
)

# Kubernetes adds such variables for every service named tongban-… unless service links are switched off.
_SERVICE_LINK = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)\Z")


class ProcessSettings(BaseSettings):
    """What every process of the platform needs, with or without a database of its own."""

    model_config = SettingsConfigDict(frozen=True, env_prefix=PREFIX, env_ignore_empty=True, extra="forbid")

    mode: Literal["local", "test", "production"] = Field(
        description="local（make up）、test（测试）或 production（正式运行） local, test or production"
    )
    home: Path | None = Field(default=None, description="运行目录 the folder of this running copy")
    secrets_dir: Path = Field(description="密钥目录 the folder that holds the key files")
    amqp_url: str = Field(
        repr=False,
        description="本进程自己的消息代理账号 this process's own broker account: amqp://user:password@host:port/vhost",
    )
    private_host: str = Field(
        default="127.0.0.1",
        description="健康与指标端口的监听地址 the address that health and metrics listen on",
    )
    private_port: int = Field(
        ge=0, le=65535, description="健康与指标端口 the port of health and metrics, 0 for any"
    )
    log_format: Literal["json", "text"] = Field(default="json", description="json 或 text  json or text")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug、info、warning 或 error  debug, info, warning or error"
    )
    clock_file: Path | None = Field(
        default=None,
        description="仅测试模式可用 only in test mode: the file that holds the clock's offset in seconds",
    )

    @field_validator("clock_file")
    @classmethod
    def _only_tests_move_the_clock(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None and info.data.get("mode") != "test":
            raise ValueError("只有测试模式可以移动时钟 only test mode may move the clock")
        return path

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Settings built directly, as tests do, hold what they were given; only `load` reads the environment."""
        return (init_settings,)


class Settings(ProcessSettings):
    """A process that owns a database: every service, and the gateway."""

    database_url: str = Field(
        repr=False,
        description="本服务自己的数据库 this service's own database: postgresql://user:password@host:port/name",
    )
    rpc_concurrency: int = Field(
        default=128,
        ge=1,
        le=1024,
        description="同时处理的请求数 calls in progress at once, which is the broker's prefetch",
    )
    database_pool_size: int = Field(
        default=8, ge=1, le=100, description="数据库连接数 connections to the database"
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong variable: its name, what is wrong, what to do."""

    variable: str
    zh: str
    en: str
    remedy: str


class BadSettings(Exception):
    """The environment does not describe a process that could run; every fault is listed."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(render(faults))
        self.faults = faults


SettingsClass = TypeVar("SettingsClass", bound=ProcessSettings)


def load(settings_class: type[SettingsClass]) -> SettingsClass:
    """The settings of this process; ends it with exit code 78 and one readable block when they are wrong."""
    try:
        settings = read(settings_class)
    except BadSettings as bad:
        sys.stderr.write(f"{bad}\n")
        raise SystemExit(os.EX_CONFIG) from None
    if settings.clock_file is not None:
        time.follow_clock_file(settings.clock_file)
    return settings


def read(settings_class: type[SettingsClass]) -> SettingsClass:
    """Read the environment, or raise BadSettings with every fault in it."""
    faults = list(_unknown_variables(settings_class, os.environ))
    try:
        settings = settings_class(**_Environment(settings_class)())
    except ValidationError as error:
        # The input is never shown: it may be an address that holds a password.
        raised = error.errors(include_url=False, include_input=False, include_context=False)
        faults[:0] = [_fault(settings_class, details) for details in raised]
    else:
        if not faults:
            return settings
    raise BadSettings(faults)


def render(faults: list[Fault]) -> str:
    """All faults as one block for the person who starts the process."""
    lines = [
        f"通办无法启动：{len(faults)} 项配置有误。 Tongban cannot start: {len(faults)} setting(s) are wrong."
    ]
    for fault in faults:
        lines += [f"  {fault.variable}", f"    {fault.zh} {fault.en}", f"    → {fault.remedy}"]
    return "\n".join(lines)


class _Environment(EnvSettingsSource):
    """The library stops at the first value that is no JSON; ours hands it on, so that all faults come at once."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def _fault(settings_class: type[ProcessSettings], details: ErrorDetails) -> Fault:
    field_name = str(details["loc"][0])
    zh, en = _WORDS.get(details["type"], ("值无效。", f"{details['msg']}."))
    if details["type"] == "value_error":
        zh, en = details["msg"].removeprefix("Value error, "), ""
    description = settings_class.model_fields[field_name].description
    return Fault(_variable(field_name), zh, en.rstrip(), f"请设置 set it: {description or field_name}")


_WORDS = {
    "missing": ("缺少此变量。", "It is missing."),
    "int_parsing": ("应为整数。", "It must be a whole number."),
    "literal_error": ("不是允许的取值。", "It is not one of the allowed values."),
    "dict_type": ("应为 JSON 对象。", "It must be a JSON object."),
}


def _unknown_variables(
    settings_class: type[ProcessSettings], environment: Mapping[str, str]
) -> Iterable[Fault]:
    """A misspelt variable would silently leave a default in force, so each unknown one is a fault."""
    own = {_variable(name) for name in settings_class.model_fields}
    known = own | _variables_of(ProcessSettings) | VARIABLES_OF_OTHER_PROCESSES
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and variable not in known and not _SERVICE_LINK.search(variable):
            yield Fault(
                variable, "没有这个变量。", "No process knows this variable.", _suggestion(variable, own)
            )


def _suggestion(variable: str, own: set[str]) -> str:
    close = difflib.get_close_matches(variable, own, n=1)
    return f"是否指 did you mean {close[0]}?" if close else "请删除 remove it"


def _variables_of(settings_class: type[ProcessSettings]) -> set[str]:
    names = {_variable(name) for name in settings_class.model_fields}
    return names.union(*(_variables_of(child) for child in settings_class.__subclasses__()))


def _variable(field_name: str) -> str:
    return f"{PREFIX}{field_name.upper()}"
