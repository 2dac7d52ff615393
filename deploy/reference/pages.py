"""The tables: events, settings, metrics and problems, each as a page."""

import importlib
import inspect
import json
from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client.metrics import MetricWrapperBase
from pydantic.fields import FieldInfo

from deploy.local.home import ROOT
from deploy.reference.contracts import consumptions, every_contract
from deploy.services import SERVICE_CLASSES
from deploy.topology import service_class
from services.gateway.problems import KNOWN, STATUS_OF_KIND, TITLE_OF_STATUS
from services.gateway.settings import GatewaySettings
from shared.messaging.relay import RelaySettings
from shared.runtime.settings import PREFIX, ProcessSettings, Settings

EVENTS = """\
# 事件 Events

每个事件的类型同时是它的路由键，第三段是发布者。审计账（`audit.on_events`）收取除检查点以外的全部事件，表中不再列出。

An event's type is also its routing key; its third word is the publisher. The audit log (`audit.on_events`) takes all
but the checkpoints and is left out of the table. Schemas: [asyncapi.json](asyncapi.json).
"""
SETTINGS = """\
# 配置 Settings

每个进程在启动时读取一次环境变量；有错误或不认识的 `TONGBAN_` 变量时，列出全部问题并拒绝启动（退出码 78）。
密码只出现在地址和 `SECRETS_DIR` 下的文件里；`make up` 会生成一切。

A process reads its environment once, and does not start (exit code 78) when anything in it is wrong or unknown, naming
all faults at once. Passwords stand in addresses and in files under `SECRETS_DIR` only. `make up` makes all of it.
"""
METRICS = """\
# 指标 Metrics

每个进程在私有端口的 `/metrics` 上给出，公众端口不提供。标签都是小的封闭集合，从不含编号。
另有 Prometheus 客户端自带的进程指标。告警规则见 `deploy/observability/rules.yml`。

Served at `/metrics` on the private port of each process, never on the public one. Labels are small closed sets, never
ids. The Prometheus client's own figures of the process come along. Alarm rules: `deploy/observability/rules.yml`.
"""
PROBLEMS = """\
# 错误类型 Problem types

每个错误应答都是 RFC 9457 的 `application/problem+json`：`type` 固定不变，`detail` 为中文、`detail_en` 为英文，
`errors` 逐项给出位置（JSON pointer）。

Every error is an RFC 9457 problem document with a stable `type`, both languages, and in `errors` the place of each
fault as a JSON pointer. `GET /problems/<code>` explains a type.

## 网关的类型 Types of the gateway
"""
REFUSALS = """\
## 各服务的拒绝 Refusals of the services

业务规则的拒绝带有自己的代码（如 `separation_of_duties`）和句子；其种类决定状态码。

A rule's refusal brings a code of its own, such as `separation_of_duties`, and its sentences; its kind decides the
status.
"""


def events() -> str:
    """Each event with its publisher and its consumers; the audit log takes them all and is left out."""
    readers: dict[str, list[str]] = {name: [] for name in every_contract()}
    for taken in consumptions():
        for contract in taken.contracts:
            if taken.service != "audit":
                readers[contract.event_type].append(f"`{taken.queue}`")
    rows = [
        [f"`{name}`", _first_sentence(contract), " ".join(readers[name]) or "–"]
        for name, contract in every_contract().items()
    ]
    return page(EVENTS, ["type", "what it says", "queues that take it"], rows)


def settings() -> str:
    """The variables of each process: the common ones once, then what each has of its own."""
    classes: dict[str, type[ProcessSettings]] = {
        name: service_class(name).runtime.settings_class for name in SERVICE_CLASSES
    }
    parts = [
        SETTINGS.rstrip(),
        _variables("所有进程 every process", ProcessSettings.model_fields),
        _variables("有数据库的进程 every process with a database", _own(Settings, ProcessSettings)),
        _variables("`relay`", _own(RelaySettings, ProcessSettings)),
    ]
    for name, chosen in (classes | {"gateway": GatewaySettings}).items():
        if own := _own(chosen, Settings):
            parts.append(_variables(f"`{name}`", own))
    return "\n\n".join(parts) + "\n"


def _own(chosen: type[ProcessSettings], base: type[ProcessSettings]) -> dict[str, FieldInfo]:
    return {name: field for name, field in chosen.model_fields.items() if name not in base.model_fields}


def _variables(title: str, fields: dict[str, FieldInfo]) -> str:
    rows = [
        [f"`{PREFIX}{name.upper()}`", _default(field), field.description or ""]
        for name, field in fields.items()
    ]
    return f"## {title}\n\n{table(['variable', 'default', 'meaning'], rows)}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**必填 required**"
    default = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, dict):
        return f"`{json.dumps(default)}`"
    # A file that comes with the platform is named as it stands in the repository, wherever that is.
    return "–" if default in (None, "") else f"`{str(default).replace(f'{ROOT}/', '')}`"


def metrics() -> str:
    """Every figure that is exported, by the module that owns it."""
    owners = {"所有进程 every process": "shared.metrics"} | {
        f"`{name}`": f"services.{name}.metrics"
        for name in ("catalogue", "applications", "documents", "notifications", "audit", "gateway")
    }
    rows = [
        [f"`{name}`", kind, labels, owner, text]
        for owner, module in owners.items()
        for name, kind, labels, text in _figures(module)
    ]
    return page(METRICS, ["name", "kind", "labels", "process", "meaning"], rows)


def _figures(module: str) -> Iterator[tuple[str, str, str, str]]:
    for member in vars(importlib.import_module(module)).values():
        if isinstance(member, MetricWrapperBase):
            (family,) = member.describe()
            suffix = {"counter": "_total", "info": "_info"}.get(family.type, "")
            # The client offers no public way to ask for the names of labels.
            labels = " ".join(f"`{label}`" for label in member._labelnames) or "–"
            yield family.name + suffix, family.type, labels, family.documentation


def problems() -> str:
    """The problem types that the gateway itself raises, and the statuses of refusals that services send."""
    own = table(
        ["type", "status", "中文", "English"],
        [[f"`/problems/{code}`", str(known.status), known.zh, known.en] for code, known in KNOWN.items()],
    )
    kinds = table(
        ["kind", "status", "title"],
        [
            [f"`{kind}`", str(status), " ".join(TITLE_OF_STATUS[status])]
            for kind, status in STATUS_OF_KIND.items()
        ],
    )
    return f"{PROBLEMS}\n{own}\n\n{REFUSALS}\n{kinds}\n"


def page(text: str, head: list[str], rows: Iterable[list[str]]) -> str:
    """A page that is one table."""
    return f"{text}\n{table(head, rows)}\n"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _first_sentence(contract: Any) -> str:
    return " ".join(inspect.cleandoc(contract.__doc__ or "").partition("\n\n")[0].split())
