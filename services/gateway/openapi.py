"""The OpenAPI 3.1 document, made from the table of operations, and a page to browse it that needs no internet."""

import json
from functools import cache
from importlib import resources
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from starlette.responses import HTMLResponse, Response

from services.gateway.operations import Api, Operation
from services.gateway.problems import KNOWN, MEDIA_TYPE, STATUS_OF_KIND, TITLE_OF_STATUS
from shared.errors import Kind

DOCUMENT_PATH = "/api/openapi.json"
_REF = "#/components/schemas/{model}"
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "每次操作一个新键，重试用同一个键 one new key for each action, the same key for a retry",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[\\x21-\\x7e]{8,128}$"},
    "example": "6f1c2f0e-1f2b-4d8e-9f6a-0c7f5a2f9b11",
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "读到的版本（ETag） the version that was read",
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,9}"$'},
    "example": '"1"',
}
_CODE_HEADERS = [
    {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
    for name, text in (
        ("X-Case-No", "办件编号 the case number"),
        ("X-Access-Code", "查询码 the code on the voucher"),
    )
]
# What a service may answer with beside the problems that an operation names itself.
_KIND_WORDS: dict[Kind, str] = {
    "invalid": "内容不被接受 the content is not accepted",
    "not_found": "没有找到或无权查看 not found, or not yours to see",
    "forbidden": "没有权限 not allowed",
    "conflict": "与当前状态冲突 a conflict with the present state",
    "stale": "内容已被他人更新 changed by someone else",
    "in_progress": "同一请求正在处理 the same request is being carried out",
    "unavailable": "服务暂时无法使用 a service is away for the moment",
}


@cache
def _schemas(api: Api) -> tuple[dict[tuple[Any, str], dict[str, Any]], dict[str, Any]]:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for operation in api.operations:
        if operation.body is not None:
            wanted.append((operation.body, "validation"))
        if operation.reply is not None:
            wanted.append((operation.reply, "serialization"))
        if operation.later is not None:
            wanted.append((operation.later, "serialization"))
    found, definitions = models_json_schema(sorted(set(wanted), key=str), ref_template=_REF)
    return {(model, mode): schema for (model, mode), schema in found.items()}, definitions.get("$defs", {})


@cache
def document(api: Api) -> bytes:
    """The whole document, as it is served."""
    _, definitions = _schemas(api)
    paths: dict[str, dict[str, Any]] = {}
    for operation in api.operations:
        paths.setdefault(api.prefix + operation.path, {})[operation.method.lower()] = _operation(
            api, operation
        )
    content = {
        "openapi": "3.1.0",
        "info": {
            "title": "通办政务服务接口 Tongban API",
            "version": "1.0.0",
            "description": (
                "一个流程，所有渠道：网上、窗口、省平台用同一套接口。时间为 RFC 3339（+08:00）；错误为 RFC 9457；"
                "列表用不透明游标翻页，不给总数。\n\n"
                "One flow for every channel. Instants are RFC 3339 with +08:00, errors RFC 9457, lists have opaque "
                "cursors and no totals."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": room.tag, "description": f"{room.zh} {room.en}"} for room in api.rooms],
        "paths": paths,
        "components": {
            "schemas": {**definitions, "Problem": _PROBLEM},
            "securitySchemes": _SECURITY,
        },
    }
    return json.dumps(content, ensure_ascii=False).encode()


_SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "POST /api/v1/sessions 或 POST /api/v1/oauth/token 给出的令牌 a token from one of these",
    },
    "clientCredentials": {
        "type": "oauth2",
        "description": "省平台等合作方的服务账号 programs of partners",
        "flows": {"clientCredentials": {"tokenUrl": "/api/v1/oauth/token", "scopes": {}}},
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "tongban_session",
        "description": "网页登录；写操作另需 X-CSRF-Token our own pages; unsafe requests also need X-CSRF-Token",
    },
}

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457：中文为主，英文在 _en 字段 Chinese first, English in the _en members",
    "required": ["type", "title", "title_en", "status", "code", "detail", "detail_en", "traceId"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/problems/invalid_request"]},
        "title": {"type": "string"},
        "title_en": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "detail_en": {"type": "string"},
        "traceId": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail", "detail_en"],
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "detail_en": {"type": "string"},
                },
            },
        },
        "facts": {"type": "object"},
    },
}


def _operation(api: Api, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.zh,
        "description": f"{operation.en}.\n\n{_who(operation)}",
        "parameters": _parameters(operation),
        "responses": _responses(api, operation),
        "security": _security(operation),
        "x-roles": _roles(operation),
    }
    if (body := _body(api, operation)) is not None:
        described["requestBody"] = body
    return described


def _roles(operation: Operation) -> list[str]:
    if operation.who.anybody:
        return ["*"]
    return ["signed-in"] if operation.who.signed_in else sorted(operation.who.roles)


def _who(operation: Operation) -> str:
    if operation.who.anybody:
        return "无需登录 Open to everybody."
    if operation.who.signed_in:
        return "登录后可用 For anybody who is signed in."
    return f"角色 For the roles: {', '.join(sorted(operation.who.roles))}."


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.who.anybody:
        return []
    return [{"bearer": []}, {"clientCredentials": []}, {"session": []}]


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for segment in operation.path.split("/"):
        if segment.startswith("{"):
            name = segment[1:-1]
            schema = (
                {"type": "string", "format": "uuid"}
                if name.endswith("_id")
                else {"type": "string", "maxLength": 100}
            )
            found.append({"name": name, "in": "path", "required": True, "schema": schema})
    if operation.query is not None:
        found += _query_parameters(operation.query)
    if operation.idempotent:
        found.append(_IDEMPOTENCY_KEY)
    if operation.conditional:
        found.append(_IF_MATCH)
    if operation.id == "public_upload_by_code":
        found += _CODE_HEADERS
    return found


def _query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    definitions = schema.get("$defs", {})
    found = []
    for name, rule in schema["properties"].items():
        inlined = _without_null(_inline(rule, definitions))
        description = inlined.pop("description", "")
        found.append(
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "description": description,
                "schema": inlined,
            }
        )
    return found


def _inline(rule: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(rule, dict):
        if "$ref" in rule:
            return _inline(definitions[rule["$ref"].rpartition("/")[2]], definitions)
        return {key: _inline(value, definitions) for key, value in rule.items() if key != "title"}
    return [_inline(item, definitions) for item in rule] if isinstance(rule, list) else rule


def _without_null(rule: dict[str, Any]) -> dict[str, Any]:
    """A query parameter is left out rather than null."""
    choices = [choice for choice in rule.pop("anyOf", []) if choice.get("type") != "null"]
    rule.pop("default", None) if rule.get("default", 0) is None else None
    return {**rule, **choices[0]} if choices else rule


def _body(api: Api, operation: Operation) -> dict[str, Any] | None:
    if operation.body is not None:
        schemas, _ = _schemas(api)
        content: dict[str, Any] = {"schema": schemas[operation.body, "validation"]}
        if operation.example is not None:
            content["example"] = operation.example
        return {"required": True, "content": {"application/json": content}}
    if not operation.raw_body:
        return None
    return {
        "required": True,
        "content": {media_type: _raw_schema(media_type) for media_type in operation.raw_body},
    }


def _raw_schema(media_type: str) -> dict[str, Any]:
    if media_type == "multipart/form-data":
        return {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
            }
        }
    if media_type == "application/x-www-form-urlencoded":
        return {
            "schema": {
                "type": "object",
                "required": ["grant_type"],
                "properties": {
                    "grant_type": {"type": "string", "const": "client_credentials"},
                    "client_id": {"type": "string"},
                    "client_secret": {"type": "string"},
                },
            },
            "example": {"grant_type": "client_credentials", "client_id": "province", "client_secret": "…"},
        }
    return {"schema": {"type": "string", "format": "binary"}}


def _responses(api: Api, operation: Operation) -> dict[str, Any]:
    responses = {str(operation.status): _success(api, operation)}
    if operation.later is not None:
        responses["202"] = _not_ready(api, operation.later)
    by_status: dict[int, list[str]] = {}
    for code in _problems(operation):
        by_status.setdefault(_status_of(code), []).append(code)
    for status, codes in by_status.items():
        media_types = [MEDIA_TYPE]
        if operation.id == "identity_oauth_token":
            media_types.append("application/json")  # RFC 6749 §5.2
        responses[str(status)] = {
            "description": f"{' '.join(TITLE_OF_STATUS[status])}: {', '.join(codes)}",
            "content": {media: {"schema": {"$ref": _REF.format(model="Problem")}} for media in media_types},
        }
    return dict(sorted(responses.items()))


# Codes of services whose kind is not `not_found`; what is unknown here is a conflict with the state of the case.
_SERVICE_STATUS = {
    "not_your_application": 403,
    "upload_unknown": 422,
    "present_password_wrong": 422,
    "file_type_refused": 422,
    "file_too_large": 413,
    "reset_token_invalid": 410,
    "stale_version": 412,
}


def _status_of(code: str) -> int:
    if code in _SERVICE_STATUS:
        return _SERVICE_STATUS[code]
    return KNOWN[code].status if code in KNOWN else STATUS_OF_KIND["conflict"]


def _problems(operation: Operation) -> list[str]:
    """Every problem that this operation may answer with, the general ones included."""
    codes = ["invalid_parameter", "malformed_request", *operation.problems, "service_unavailable"]
    if not operation.who.anybody:
        codes += ["unauthenticated", "forbidden"]
    else:
        codes += ["unauthenticated"]
    if "{" in operation.path:
        codes += ["not_found"]
    if operation.method != "GET":
        codes += ["csrf_token_invalid"]
    if operation.body is not None:
        codes += ["malformed_json", "invalid_request", "body_too_large", "not_acceptable_media"]
    if operation.raw_body:
        codes += ["malformed_form", "body_too_large", "not_acceptable_media", "invalid_request"]
    if operation.idempotent:
        codes += [
            "idempotency_key_required",
            "idempotency_key_invalid",
            "idempotency_key_reused",
            "command_in_progress",
        ]
    if operation.conditional:
        codes += ["if_match_required", "if_match_invalid", "stale_version", "state_conflict"]
    if operation.reply is not None or operation.raw_reply is not None:
        codes += ["invalid_request"]
    return list(dict.fromkeys(codes))


def _success(api: Api, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"description": "成功 Success"}
    headers: dict[str, Any] = {}
    if operation.tagged:
        headers["ETag"] = {"description": "版本 the version", "schema": {"type": "string"}}
    if operation.query is not None and "cursor" in operation.query.model_fields:
        headers["Link"] = {"description": "下一页 the next page", "schema": {"type": "string"}}
    if operation.status == 201:
        headers["Location"] = {"description": "新建内容的地址 where it is", "schema": {"type": "string"}}
    if headers:
        described["headers"] = headers
    if operation.reply is not None:
        schemas, _ = _schemas(api)
        described["content"] = {"application/json": {"schema": schemas[operation.reply, "serialization"]}}
    elif operation.raw_reply is not None:
        described["content"] = {operation.raw_reply: {"schema": {"type": "string", "format": "binary"}}}
    return described


def _not_ready(api: Api, later: type[BaseModel]) -> dict[str, Any]:
    schemas, _ = _schemas(api)
    return {
        "description": "尚未就绪，请按 Retry-After 再取 Not ready yet; ask again after Retry-After",
        "headers": {"Retry-After": {"description": "秒 seconds", "schema": {"type": "integer"}}},
        "content": {"application/json": {"schema": schemas[later, "serialization"]}},
    }


def docs_router(api: Api) -> APIRouter:
    """The document and the page that shows it."""
    router = APIRouter()

    @router.get(DOCUMENT_PATH, include_in_schema=False)
    async def openapi_document() -> Response:
        return Response(
            document(api), media_type="application/json", headers={"cache-control": "max-age=300"}
        )

    @router.get("/api/docs", include_in_schema=False)
    async def browse() -> Response:
        return HTMLResponse(_file("docs.html"))

    @router.get("/api/docs.js", include_in_schema=False)
    async def script() -> Response:
        return Response(_file("docs.js"), media_type="text/javascript")

    @router.get("/api/docs.css", include_in_schema=False)
    async def style() -> Response:
        return Response(_file("docs.css"), media_type="text/css")

    return router


@cache
def _file(name: str) -> str:
    return (resources.files("services.gateway") / "docs" / name).read_text("utf-8")


def problem_explanation(code: str) -> Response:
    """What a problem type means, for a program; the page for people says the same."""
    known = KNOWN.get(code)
    # Codes of the services are explained by their own sentences in the answer.
    content: dict[str, Any] = {
        "type": f"/problems/{code[:100]}",
        "code": code[:100],
        "zh": known.zh if known else "这一类问题由业务规则给出，具体原因见应答中的 detail 和 errors。",
        "en": known.en
        if known
        else "A rule of the service refuses; the answer's detail and errors say exactly why.",
    }
    if known:
        content["status"] = known.status
    return Response(json.dumps(content, ensure_ascii=False).encode(), media_type="application/json")
