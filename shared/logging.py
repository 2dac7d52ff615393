"""Logs of every process: one line per event on standard output, as JSON or as text, without personal data.

A line has a static event name and fields beside it: `log.info("case_accepted", case_id=case.id)`. Fields are ids and
figures. The message and correlation ids of the work in hand are bound once, by `bound`, and appear on every line of it,
also on those of libraries, whose own logging is led through the same processors. Handlers and domains are expected to
log no personal data at all; the processor here that masks what looks like it is the second line of defence.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, Protocol
from uuid import UUID

# structlog loads rich for tracebacks drawn in boxes, which a log never shows; hidden from it while it is imported,
# rich stays out of every process, which is 6 MB smaller for that.
_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]  # Python's own sign for "do not import"
import structlog  # noqa: E402 - after the lines that it depends on
from structlog.typing import EventDict, ExcInfo, FilteringBoundLogger, Processor, WrappedLogger  # noqa: E402

if _rich is None:
    del sys.modules["rich"]
else:
    sys.modules["rich"] = _rich

from shared import time  # noqa: E402
from shared.privacy import redact  # noqa: E402

REMOVED = "[removed]"

# A field of such a name holds personal data or a secret whatever it looks like, so its value never appears.
_PERSONAL_FIELD = re.compile(
    r"(?:\A|_)(?:name|names|mobile|phone|telephone|email|mail|address|certificate|certificate_no|certificate_number|"
    r"id_number|id_card|contact|recipient|representative|password|token|secret|authorization|cookie|access_code|"
    r"private_key|content|body|payload)\Z",
    re.IGNORECASE,
)
# These end in one of the words above and name things of the platform, not people.
_HARMLESS_FIELDS = frozenset(
    {"queue_name", "service_name", "method_name", "handler_name", "event_name", "check_name"}
)
_LONGEST_CHAIN = 10
# Their records at INFO tell every frame or every request; what we want to know of those, metrics tell.
_QUIET_LIBRARIES = ("pika", "asyncio", "uvicorn.access", "httpx", "httpcore", "yoyo", "nameko", "mail.log")


class LogSettings(Protocol):
    """What logging needs to know of a process's settings."""

    @property
    def log_format(self) -> str: ...

    @property
    def log_level(self) -> str: ...


def get_logger(**fields: Any) -> FilteringBoundLogger:
    """A logger whose lines all carry these fields."""
    logger: FilteringBoundLogger = structlog.get_logger(**fields)
    return logger


def bound(**ids: Any) -> AbstractContextManager[None]:
    """Within this block every line carries these ids: `with bound(message_id=…, correlation_id=…):`."""
    return structlog.contextvars.bound_contextvars(**ids)


def configure_logging(settings: LogSettings, *, process: str) -> None:
    """Lead our own lines and those of all libraries through one chain; called once, when a process starts."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A lone surrogate or a terminal that knows no Chinese must never turn a log line into an error.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    chain = _processors(process)
    render = _renderers(settings.log_format)
    structlog.configure(
        processors=[*chain, *render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *chain],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    logging.captureWarnings(True)
    # Python itself would print the end of a process with every value that its error quotes.
    sys.excepthook = lambda *error: logging.getLogger("process").critical("process_died", exc_info=error)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for library in _QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(max(level, logging.WARNING))
    logging.getLogger("asyncio").addFilter(_first_line)
    # pika logs each step of a failed connection as an error; our broker module says the same in one line.
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def _first_line(record: logging.LogRecord) -> bool:
    """asyncio adds how the failed task represents itself, with every value that its error quotes."""
    record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return True


def _processors(process: str) -> list[Processor]:
    def add_process(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        add_process,
        add_timestamp,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(_traceback),
        remove_personal_data,
    ]


def _renderers(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.JSONRenderer(ensure_ascii=False)]
    colors = sys.stdout.isatty()
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]


def _traceback(exc_info: ExcInfo) -> str:
    """Where it happened, along the chain of causes: no local variables, and no message that repeats what was handled."""
    chain: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(chain) < _LONGEST_CHAIN:
        frames = "".join(traceback.format_tb(error.__traceback__))
        chain.append(f"Traceback (most recent call last):\n{frames}{_name(error)}: {_message(error)}")
        if isinstance(error, BaseExceptionGroup):
            chain += [_traceback((type(one), one, one.__traceback__)) for one in error.exceptions]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(reversed(chain))


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def _message(error: BaseException) -> str:
    """What the error says, without the values that PostgreSQL, its driver and Pydantic quote in theirs."""
    sqlstate = getattr(error, "sqlstate", None)
    if isinstance(sqlstate, str):
        # Class 22 quotes the value in its first line, every other class in the details that follow it.
        return "a value was refused" if sqlstate.startswith("22") else str(error).partition("\n")[0]
    if callable(faults := getattr(error, "errors", None)) and isinstance(error, ValueError):
        found = faults(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in found)
    return str(error)


def add_timestamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The platform's own time in UTC, so that a test that moves the clock reads its logs in that time."""
    event["timestamp"] = time.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event


def remove_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Remove the fields that are personal by name, and mask what looks personal in every other text."""
    # structlog's own bookkeeping for lines of libraries begins with an underscore; it is taken out before anything is printed.
    return {name: value if name.startswith("_") else _field(name, value) for name, value in event.items()}


def _field(name: str, value: Any) -> Any:
    if _PERSONAL_FIELD.search(name) and name not in _HARMLESS_FIELDS and value is not None:
        return REMOVED
    return _safe(value)


def _safe(value: Any) -> Any:
    match value:
        case None | bool() | float() | datetime() | date() | Enum():
            return value if value is None or isinstance(value, bool | float) else str(value)
        case str() | int():
            return _safe_text(value)
        case UUID() | Decimal() | PurePath():
            return redact(str(value))
        case BaseException():
            return f"{type(value).__name__}: {redact(_message(value))}"
        case Mapping():
            return {str(key): _field(str(key), item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return _safe_items(value)
        case _:
            # An object's own representation may print a whole person; its type is all a reader needs.
            return f"<{type(value).__name__}>"


def _safe_text(value: str | int) -> str | int:
    text = str(value)
    masked = redact(text)
    return value if masked == text else masked


def _safe_items(values: Iterable[Any]) -> list[Any]:
    return [_safe(value) for value in values]
