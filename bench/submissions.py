"""Submissions for the load: well-formed, each of another person, as the provincial platform hands them on."""

import itertools
import json
import uuid
from collections.abc import Iterator

ITEM = "11341600762764234C3000180002001"
# GB 32100: the letters of a credit code in the order of their values, and what each place weighs.
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_MAIN_PAPERS = ("A01-01", "A01-02", "A01-03", "A01-04", "A01-05", "A01-06")


def credit_codes() -> Iterator[str]:
    """Credit codes with the right check letter (GB 32100), one after the other: the item serves organisations."""
    for serial in itertools.count():
        code = f"91341600MA{serial:07}"
        total = sum(_LETTERS.index(letter) * weight for letter, weight in zip(code, _WEIGHTS, strict=True))
        yield code + _LETTERS[-total % 31]


def case(credit_code: str, external_no: str) -> dict[str, object]:
    """One submission as JSON, with every main paper."""
    return {
        "item_code": ITEM,
        "channel": "province",
        "external_no": external_no,
        "summary": "示例小区一期防空地下室",
        "applicant": {
            "kind": "legal",
            "name": "亳州示例建设有限公司",
            "certificate_type": "USCC",
            "certificate_number": credit_code,
            "representative": "王小明",
            "address": "安徽省亳州市谯城区光明西路1号",
        },
        "contact": {"name": "王小明", "mobile": "13856700001"},
        "materials": [{"code": code, "form": "shared"} for code in _MAIN_PAPERS[1:3]],
    }


class Requests:
    """HTTP requests ready to be sent, each with its own idempotency key."""

    def __init__(self, host: str, token: str) -> None:
        self._people = credit_codes()
        self._run = uuid.uuid4().hex[:8]
        self._count = itertools.count()
        self._head = (
            f"POST /api/v1/province/cases HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\n"
        )

    def next(self) -> bytes:
        """One more submission."""
        number = f"{self._run}-{next(self._count)}"
        body = json.dumps(case(next(self._people), f"BENCH-{number}"), ensure_ascii=False).encode()
        head = f"{self._head}Idempotency-Key: bench-{number}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body
