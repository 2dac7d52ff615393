"""Every error answer of the gateway: an RFC 9457 problem with a stable type, in Chinese and English.

`KNOWN` holds the problems that the gateway itself raises.  A refusal of a service brings its own code and sentences;
its kind alone decides the status.  `type` is `/problems/<code>`, which opens an explanation for people.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response

from shared.errors import FieldError, Refused

MEDIA_TYPE = "application/problem+json"

STATUS_OF_KIND: Mapping[str, int] = {
    "invalid": 422,
    "not_found": 404,
    "forbidden": 403,
    "conflict": 409,
    "stale": 412,
    "in_progress": 409,
    "unavailable": 503,
}

TITLE_OF_STATUS: Mapping[int, tuple[str, str]] = {
    400: ("请求不正确", "Bad request"),
    401: ("需要登录", "Sign-in needed"),
    403: ("没有权限", "Not allowed"),
    404: ("没有找到", "Not found"),
    405: ("不支持的请求方法", "Method not allowed"),
    409: ("与当前状态冲突", "Conflict with the present state"),
    410: ("已经失效", "Gone"),
    412: ("内容已被他人更新", "Changed by someone else"),
    413: ("内容太大", "Content too large"),
    415: ("不支持的内容类型", "Unsupported media type"),
    422: ("填写的内容有误", "The content cannot be accepted"),
    428: ("缺少版本条件", "A version condition is needed"),
    429: ("尝试次数过多", "Too many attempts"),
    500: ("系统内部错误", "Internal error"),
    503: ("服务暂时无法使用", "Service away for the moment"),
}


@dataclass(frozen=True, slots=True)
class KnownProblem:
    """One problem type of the gateway: its status and what it says when nothing more exact is known."""

    status: int
    zh: str
    en: str


KNOWN: Mapping[str, KnownProblem] = {
    "malformed_json": KnownProblem(400, "请求正文不是有效的 JSON。", "The request body is not valid JSON."),
    "malformed_form": KnownProblem(400, "表单内容无法读取。", "The form cannot be read."),
    "malformed_request": KnownProblem(400, "请求无法读取。", "The request cannot be read."),
    "invalid_parameter": KnownProblem(400, "查询参数不正确。", "A query parameter is not valid."),
    "invalid_cursor": KnownProblem(
        400,
        "翻页标记无效，或不属于这个列表；请从第一页重新开始。",
        "The cursor is not valid or belongs to another list; start again from the first page.",
    ),
    "idempotency_key_required": KnownProblem(
        400,
        "缺少 Idempotency-Key 请求头：请为每次操作生成一个 8 至 128 个可见 ASCII 字符的键，重试时使用同一个键。",
        "The Idempotency-Key header is missing: make one key of 8 to 128 visible ASCII characters for each action and "
        "send the same key when you retry.",
    ),
    "idempotency_key_invalid": KnownProblem(
        400,
        "Idempotency-Key 必须是 8 至 128 个可见 ASCII 字符。",
        "The Idempotency-Key must be 8 to 128 visible ASCII characters.",
    ),
    "if_match_required": KnownProblem(
        428,
        "缺少 If-Match 请求头：请先读取最新内容，并带上它的 ETag。",
        "The If-Match header is missing: read the present content first and send its ETag.",
    ),
    "if_match_invalid": KnownProblem(
        400, 'If-Match 必须是一个强 ETag，例如 "3"。', 'If-Match must be one strong ETag, for example "3".'
    ),
    "unauthenticated": KnownProblem(
        401, "请先登录，或带上有效的访问令牌。", "Sign in first, or send a valid access token."
    ),
    "sign_in_failed": KnownProblem(401, "账号或密码不正确。", "The account or the password is not right."),
    "invalid_client": KnownProblem(
        401, "客户端标识或密钥不正确。", "The client id or the client secret is not right."
    ),
    "unsupported_grant_type": KnownProblem(
        400,
        "只支持 client_credentials 授权方式。",
        "Only the grant type client_credentials is supported.",
    ),
    "csrf_token_invalid": KnownProblem(
        403,
        "页面已过期，请刷新后重试；您填写的内容没有提交。",
        "The page has expired. Refresh it and try again; nothing was submitted.",
    ),
    "forbidden": KnownProblem(403, "您的账号不能做这项操作。", "Your account is not allowed to do this."),
    "not_found": KnownProblem(404, "没有找到，或您无权查看。", "Not found, or not yours to see."),
    "method_not_allowed": KnownProblem(
        405, "这个地址不支持该请求方法。", "This address does not support that method."
    ),
    "not_acceptable_media": KnownProblem(415, "不支持这种内容类型。", "This content type is not supported."),
    "body_too_large": KnownProblem(413, "提交的内容太大。", "The content sent is too large."),
    "file_too_large": KnownProblem(
        413,
        "文件超过 20 MB。请降低扫描分辨率，或者分成几张照片上传。",
        "The file is larger than 20 MB. Scan it with a lower resolution, or upload photos of it.",
    ),
    "file_empty": KnownProblem(422, "文件是空的。", "The file is empty."),
    "photos_only": KnownProblem(
        422,
        "多选时只能选照片（JPEG 或 PNG，最多 20 张），系统会把它们合成一份 PDF。PDF 等文件请一次选一个。",
        "Several files at once have to be photos (JPEG or PNG, at most 20), which become one PDF. Choose other files one by one.",
    ),
    "phone_link_ended": KnownProblem(
        410,
        "这个手机上传链接已经用完、过期或者被收回。请在电脑页面上重新生成二维码。",
        "This upload link was used up, has expired or was taken back. Make a new QR code on the computer.",
    ),
    "file_type_forbidden": KnownProblem(
        415,
        "不接受这种文件：请上传 PDF、OFD、JPEG、PNG、DOCX 或 DWG 文件（按文件内容判断，不看扩展名）。",
        "This kind of file is not accepted: send PDF, OFD, JPEG, PNG, DOCX or DWG (judged by its content, not by its name).",
    ),
    "invalid_request": KnownProblem(
        422, "填写的内容有误，请按提示修改。", "Some of the content is not valid; see the errors."
    ),
    "idempotency_key_reused": KnownProblem(
        422,
        "这个 Idempotency-Key 已经用于另一份内容；新的操作请使用新的键。",
        "This Idempotency-Key was used with other content; use a new key for a new action.",
    ),
    "too_many_attempts": KnownProblem(
        429, "尝试次数过多，请稍后再试。", "Too many attempts; try again later."
    ),
    "too_many_lines": KnownProblem(
        429,
        "您打开的页面太多，此页不会自动更新；请关闭一些页面，或手动刷新。",
        "You have too many pages open, so this one does not update by itself; close some, or refresh it.",
    ),
    "document_void": KnownProblem(
        410,
        "这份文书因不能印制已经作废，没有 PDF；请查看重新制发的文书，或联系经办机关。",
        "This document is void because it could not be printed, so there is no PDF; see the one issued anew, or ask the"
        " office.",
    ),
    "internal_error": KnownProblem(
        500,
        "系统内部错误，已记录。请稍后用同样的内容重试。",
        "An internal error, which was recorded. Please send the same request again later.",
    ),
    "service_unavailable": KnownProblem(
        503,
        "服务暂时没有应答。请稍后用同样的内容和同一个幂等键重试，不会重复办理。",
        "The service does not answer for the moment. Send the same request under the same key later; nothing happens twice.",
    ),
}


class Problem(Exception):
    """An error answer of the gateway; raise it anywhere below an operation or a page."""

    def __init__(
        self,
        code: str,
        *,
        status: int | None = None,
        zh: str = "",
        en: str = "",
        errors: Iterable[FieldError] = (),
        facts: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        known = KNOWN.get(code)
        self.code = code
        self.status = status or (known.status if known else 500)
        self.zh = zh or (known.zh if known else "")
        self.en = en or (known.en if known else "")
        self.errors = tuple(errors)
        self.facts = dict(facts or {})
        self.headers = dict(headers or {})
        super().__init__(f"{self.code}: {self.en}")

    @property
    def title(self) -> tuple[str, str]:
        """What kind of error this is, in Chinese and English."""
        return TITLE_OF_STATUS.get(self.status, TITLE_OF_STATUS[500])

    def to_json(self, trace_id: str) -> dict[str, Any]:
        """The members of RFC 9457, with the English words beside the Chinese ones."""
        title_zh, title_en = self.title
        body: dict[str, Any] = {
            "type": f"/problems/{self.code}",
            "title": title_zh,
            "title_en": title_en,
            "status": self.status,
            "code": self.code,
            "detail": self.zh,
            "detail_en": self.en,
            "traceId": trace_id,
        }
        if self.errors:
            body["errors"] = [
                {"pointer": fault.pointer, "code": fault.code, "detail": fault.zh, "detail_en": fault.en}
                for fault in self.errors
            ]
        if self.facts:
            body["facts"] = self.facts
        return body

    def response(self, trace_id: str) -> Response:
        """The answer as `application/problem+json`."""
        content = json.dumps(self.to_json(trace_id), ensure_ascii=False, default=str).encode()
        headers = {"cache-control": "no-store", "content-language": "zh-CN, en", **self.headers}
        return Response(content, self.status, headers, MEDIA_TYPE)


def problem_of(refusal: Refused) -> Problem:
    """A service's refusal as a problem: same code, same words; its kind gives the status."""
    errors = list(refusal.errors)
    if not errors and refusal.pointer:
        errors = [FieldError(refusal.pointer, refusal.code, refusal.zh, refusal.en)]
    headers = {"retry-after": "5"} if refusal.kind in ("unavailable", "in_progress") else {}
    return Problem(
        refusal.code,
        status=STATUS_OF_KIND[refusal.kind],
        zh=refusal.zh,
        en=refusal.en,
        errors=errors,
        facts=refusal.facts,
        headers=headers,
    )


def json_pointer(location: Iterable[str | int]) -> str:
    """A place in a JSON document as RFC 6901 writes it."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


def problem_of_invalid(error: ValidationError) -> Problem:
    """What Pydantic found in a request body, as a problem; the offending values are never repeated."""
    faults = error.errors(include_url=False, include_input=False)
    if any(fault["type"] == "json_invalid" for fault in faults):
        return Problem("malformed_json")
    return Problem("invalid_request", errors=[_field_error(fault) for fault in faults[:50]])


def _field_error(fault: Mapping[str, Any]) -> FieldError:
    """Our own field types bring their sentences in the fault's context; Pydantic's own faults are translated here."""
    words = fault.get("ctx") or {}
    return FieldError(
        json_pointer(fault["loc"]),
        fault["type"],
        words.get("zh") or CHINESE_OF_FAULT.get(fault["type"], "这一项填写不正确。"),
        _printable(words.get("en") or fault["msg"]),
    )


def _printable(sentence: str) -> str:
    """Messages may quote a discriminator's value; what cannot be sent as UTF-8 must not make the answer fail."""
    return sentence.encode("utf-8", "replace").decode()[:300]


CHINESE_OF_FAULT: Mapping[str, str] = {
    "missing": "这一项必须填写。",
    "extra_forbidden": "没有这一项，请去掉。",
    "string_type": "这一项必须是文字。",
    "string_too_short": "这一项太短。",
    "string_too_long": "这一项太长。",
    "string_pattern_mismatch": "这一项的格式不正确。",
    "string_unicode": "这一项含有无法识别的字符。",
    "int_type": "这一项必须是整数。",
    "int_parsing": "这一项必须是整数。",
    "int_parsing_size": "数字超出范围。",
    "int_from_float": "这一项必须是整数。",
    "finite_number": "数字超出范围。",
    "greater_than_equal": "数字超出范围。",
    "less_than_equal": "数字超出范围。",
    "bool_type": "这一项必须是“是”或“否”。",
    "bool_parsing": "这一项必须是“是”或“否”。",
    "uuid_parsing": "编号的格式不正确。",
    "uuid_type": "编号的格式不正确。",
    "enum": "这一项不在可选范围内。",
    "literal_error": "这一项不在可选范围内。",
    "list_type": "这一项必须是列表。",
    "too_long": "这一项内容太多。",
    "too_short": "这一项内容太少。",
    "model_type": "这一项必须是对象。",
    "model_attributes_type": "这一项必须是对象。",
    "dict_type": "这一项必须是对象。",
    "date_type": "日期不正确。",
    "date_parsing": "日期不正确。",
    "date_from_datetime_parsing": "日期不正确。",
    "datetime_parsing": "时间不正确。",
    "nul_character": "不能含有 NUL 字符。",
}
