"""Submissions for the load: well-formed, each of another person, as the provincial platform hands them on."""

import itertools
import json
import uuid
from collections.abc import Iterator

ITEM = "11341600762764234C3000180002001"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MAIN_PAPERS = ("A01-01", "A01-02", "A01-03", "A01-04", "A01-05", "A01-06")


def certificate_numbers() -> Iterator[str]:
    """Resident numbers with the right check digit (GB 11643), one after the other."""
    for serial in itertools.count():
        day, sequence = divmod(serial, 1000)
        year, rest = divmod(day, 336)
        month, of_month = divmod(rest, 28)
        digits = f"341602{1930 + year % 70}{month + 1:02}{of_month + 1:02}{sequence:03}"
        total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
        yield digits + "10X98765432"[total % 11]


def case(certificate_number: str, external_no: str) -> dict[str, object]:
    """One submission as JSON, with every main paper."""
    return {
        "item_code": ITEM,
        "channel": "province",
        "external_no": external_no,
        "summary": "示例小区一期防空地下室",
        "applicant": {
            "kind": "natural",
            "name": "王小明",
            "certificate_type": "111",
            "certificate_number": certificate_number,
            "address": "安徽省亳州市谯城区光明西路1号",
        },
        "contact": {"name": "王小明", "mobile": "13856700001"},
        "materials": [{"code": code, "form": "shared"} for code in _MAIN_PAPERS[1:3]],
    }


class Requests:
    """HTTP requests ready to be sent, each with its own idempotency key."""

    def __init__(self, host: str, token: str) -> None:
        self._people = certificate_numbers()
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
