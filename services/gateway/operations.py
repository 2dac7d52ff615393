"""The operations of the API: each one declares its path, who may use it, what it takes and what it answers.

The table is closed by default: an operation without `who` cannot be written, and whoever is not named gets 401 or 403
before any of its code runs.  The OpenAPI document, the metrics and the access tests are made from the same table.
Operations are plain ASGI under one small dispatcher: FastAPI's routing was measured to be two thirds of the gateway's
work on a submission.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.gateway import bodies, conditions
from services.gateway.answers import Answer
from services.gateway.identity import throttle
from services.gateway.identity.visitor import Session, Visitor
from services.gateway.problems import Problem, problem_of_invalid
from shared.identity import Role

if TYPE_CHECKING:
    from services.gateway.gateway import Gateway

Model = TypeVar("Model", bound=BaseModel)
Handler = Callable[["Visit"], Awaitable[Answer | Response]]


@dataclass(frozen=True, slots=True)
class Who:
    """Who may use an operation: anybody, anybody who is signed in, or the holders of these roles."""

    roles: frozenset[Role] = frozenset()
    anybody: bool = False
    signed_in: bool = False

    def check(self, visitor: Visitor) -> None:
        """Raises `unauthenticated` or `forbidden`."""
        if self.anybody:
            return
        if not visitor.signed_in:
            raise Problem("unauthenticated", headers={"www-authenticate": 'Bearer realm="tongban"'})
        if not self.signed_in and self.roles.isdisjoint(visitor.actor.roles):
            raise Problem("forbidden")


ANYBODY = Who(anybody=True)
SIGNED_IN = Who(signed_in=True)
PEOPLE = Who(roles=frozenset(Role) - {Role.PROVINCE, Role.SYSTEM})


def only(*roles: Role) -> Who:
    """The holders of any of these roles."""
    return Who(roles=frozenset(roles))


class PageQuery(BaseModel):
    """The query of a list: where to go on, and how many lines at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cursor: str | None = Field(
        default=None, max_length=400, description="上一页给出的翻页标记 from the page before"
    )
    limit: int = Field(default=20, ge=1, le=100, description="每页条数 lines a page")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    method: str
    path: str
    id: str
    who: Who
    zh: str
    en: str
    handler: Handler
    body: type[BaseModel] | None = None
    reply: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    idempotent: bool = False
    conditional: bool = False
    # Its answer carries the version of the thing as a strong entity tag.
    tagged: bool = False
    # A body that is no JSON: its media types, read by the handler itself.
    raw_body: tuple[str, ...] = ()
    raw_reply: str | None = None
    # What it answers, with 202 and Retry-After, while the thing itself is still being made.
    later: type[BaseModel] | None = None
    problems: tuple[str, ...] = ()
    example: Any = None
    tag: str = ""


@dataclass(slots=True)
class Visit:
    """One request to one operation: who asks, and everything the operation declared."""

    gateway: "Gateway"
    operation: Operation
    scope: Scope
    receive: Receive
    parameters: Mapping[str, str]
    visitor: Visitor
    headers: Mapping[bytes, bytes]
    command_id: UUID | None = None
    expected_version: int = 0
    _body: BaseModel | None = None
    _query: BaseModel | None = None

    def body(self, model: type[Model]) -> Model:
        """The parsed body; the operation declared its model."""
        return cast(Model, self._body)

    def query(self, model: type[Model]) -> Model:
        """The parsed query; the operation declared its model."""
        return cast(Model, self._query)

    def header(self, name: str) -> str | None:
        """A header as text; `None` when it is absent."""
        value = self.headers.get(name.encode())
        return None if value is None else value.decode("latin-1")

    def uuid(self, name: str) -> UUID:
        """A path parameter that is an id; one that cannot be an id names nothing that exists."""
        try:
            return UUID(self.parameters[name])
        except ValueError:
            raise Problem("not_found") from None

    def text(self, name: str) -> str:
        """A path parameter that is a code."""
        return self.parameters[name]

    @property
    def command(self) -> UUID:
        """The command id of an operation that declared itself idempotent."""
        assert self.command_id is not None
        return self.command_id

    @property
    def here(self) -> str:
        """The path of this request, as a header can carry it."""
        return quote(self.scope["path"])

    @property
    def address(self) -> str:
        """Where the request comes from, for the count of failed tries."""
        return throttle.address_of(self.scope)

    async def raw(self, limit: int, *, too_large: str = "body_too_large") -> bytes:
        """The body as bytes, at most so many."""
        return await bodies.read(
            self.receive, self.headers.get(b"content-length"), limit, too_large=too_large
        )

    def scope_of_list(self, **filters: object) -> str:
        """What a cursor of this list is bound to: the address, whose list it is, and its filters."""
        chosen = {name: value for name, value in sorted(filters.items()) if value is not None}
        return f"{self.scope['path']}\n{self.visitor.actor.id}\n{urlencode(chosen)}"

    def cursor_in(self, cursor: str | None, **filters: object) -> str | None:
        """The service's cursor inside the one that the caller sent."""
        return None if cursor is None else self.gateway.cursors.open(cursor, self.scope_of_list(**filters))

    def page(self, content: Mapping[str, Any], inner: str | None, limit: int, **filters: object) -> Answer:
        """A page of a list, with the link to the next one."""
        if inner is None:
            return Answer({**content, "next_cursor": None})
        cursor = self.gateway.cursors.seal(inner, self.scope_of_list(**filters))
        chosen = {name: value for name, value in filters.items() if value is not None}
        link = f"{self.here}?{urlencode({**chosen, 'limit': limit, 'cursor': cursor})}"
        return Answer({**content, "next_cursor": cursor}, next_link=link)


class Room:
    """The operations of one kind of visitor, under one prefix."""

    def __init__(self, tag: str, prefix: str, zh: str, en: str) -> None:
        self.tag = tag
        self.prefix = prefix
        self.zh = zh
        self.en = en
        self.operations: list[Operation] = []

    def get(self, path: str, *, who: Who, zh: str, en: str, **rest: Any) -> Callable[[Handler], Handler]:
        """Declare a question."""
        return self._declare("GET", path, who, zh, en, rest)

    def post(self, path: str, *, who: Who, zh: str, en: str, **rest: Any) -> Callable[[Handler], Handler]:
        """Declare an action."""
        return self._declare("POST", path, who, zh, en, rest)

    def delete(self, path: str, *, who: Who, zh: str, en: str, **rest: Any) -> Callable[[Handler], Handler]:
        """Declare an ending."""
        return self._declare("DELETE", path, who, zh, en, rest)

    def _declare(
        self, method: str, path: str, who: Who, zh: str, en: str, rest: Mapping[str, Any]
    ) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            name = f"{self.tag}_{handler.__name__}"
            self.operations.append(
                Operation(method, self.prefix + path, name, who, zh, en, handler, tag=self.tag, **rest)
            )
            return handler

        return declare


@dataclass(slots=True)
class _Node:
    """One segment of the paths: exact continuations, then the one with a parameter."""

    exact: dict[str, "_Node"] = field(default_factory=dict)
    parameter: tuple[str, "_Node"] | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Api:
    """Finds the operation of a request and runs it: identity, conditions, body, handler, in this order."""

    def __init__(self, prefix: str, rooms: list[Room]) -> None:
        self.prefix = prefix
        self.rooms = rooms
        self._root = _Node()
        for operation in self.operations:
            self._insert(operation)

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation of every room."""
        return [operation for room in self.rooms for operation in room.operations]

    def _insert(self, operation: Operation) -> None:
        node = self._root
        for segment in operation.path.strip("/").split("/"):
            if segment.startswith("{"):
                if node.parameter is None:
                    node.parameter = (segment[1:-1], _Node())
                name, node = node.parameter
                assert name == segment[1:-1], f"{operation.path} names its parameter differently"
            else:
                node = node.exact.setdefault(segment, _Node())
        assert operation.method not in node.operations, (
            f"{operation.method} {operation.path} is declared twice"
        )
        node.operations[operation.method] = operation

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and its path parameters; raises 404 or 405."""
        node, parameters = self._root, {}
        for segment in path.removeprefix(self.prefix).removeprefix("/").split("/"):
            if segment in node.exact:
                node = node.exact[segment]
            elif node.parameter is not None and 0 < len(segment) <= 100 and segment.isprintable():
                name, node = node.parameter
                parameters[name] = segment
            else:
                raise Problem("not_found")
        if not node.operations:
            raise Problem("not_found")
        operation = node.operations.get("GET" if method == "HEAD" else method)
        if operation is None:
            raise Problem("method_not_allowed", headers={"allow": ", ".join(sorted(node.operations))})
        return operation, parameters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation, parameters = self.find(scope["method"], scope["path"])
        scope["tongban.route"] = operation.id
        gateway: Gateway = scope["app"].state.gateway
        headers = conditions.headers_of(scope)
        visitor = await gateway.recognise(headers)
        visit = Visit(gateway, operation, scope, receive, parameters, visitor, headers)
        await _prepare(visit)
        answer = await operation.handler(visit)
        response = answer.response(operation.status) if isinstance(answer, Answer) else answer
        await response(scope, receive, send)


async def _prepare(visit: Visit) -> None:
    """Everything that can be refused before the operation's own code runs."""
    operation = visit.operation
    operation.who.check(visit.visitor)
    if visit.visitor.session is Session.COOKIE and operation.method not in ("GET", "HEAD"):
        visit.gateway.csrf.check(visit.visitor, visit.header("x-csrf-token"))
    if operation.idempotent:
        key = conditions.idempotency_key(visit.header("idempotency-key"))
        visit.command_id = conditions.command_id_of(visit.visitor.actor.id, operation.id, key)
    if operation.conditional:
        visit.expected_version = conditions.expected_version(visit.header("if-match"))
    if operation.query is not None or visit.scope["query_string"]:
        visit._query = _read_query(operation, visit.scope["query_string"])
    if operation.body is not None:
        content = await visit.raw(bodies.JSON_LIMIT_BYTES)
        visit._body = bodies.parse_json(content, visit.header("content-type") or "", operation.body)


class _NoQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _read_query(operation: Operation, query_string: bytes) -> BaseModel:
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise Problem("invalid_parameter") from None
    values = dict(pairs)
    if len(values) != len(pairs) or any("\0" in name or "\0" in value for name, value in pairs):
        raise Problem("invalid_parameter")
    try:
        return (operation.query or _NoQuery).model_validate(values)
    except ValidationError as error:
        raise Problem("invalid_parameter", errors=problem_of_invalid(error).errors) from None
