"""Applications for the load: well-formed, and each provincial one of another person."""

import itertools
from collections.abc import Iterator
from typing import Any

from stdnum.cn import ric

from services.gateway.demo_accounts import (
    APPLICANT,
    COMPANY,
    SECOND_APPLICANT,
    THIRD_APPLICANT,
    DemoAccount,
)

Json = dict[str, Any]

# Natural persons may ask for A-08.
ITEM = "11341600762764234C3341080008000"
ONLINE_APPLICANTS = (APPLICANT, SECOND_APPLICANT, THIRD_APPLICANT, COMPANY)
_OF_THE_ACCOUNT = ("kind", "name", "certificate_type", "certificate_number", "representative", "address")


def certificate_numbers() -> Iterator[str]:
    """Resident numbers with the right check digit, one after the other."""
    for serial in itertools.count():
        year, rest = divmod(serial, 12 * 28 * 900)
        month, rest = divmod(rest, 28 * 900)
        day, sequence = divmod(rest, 900)
        body = f"341602{1960 + year}{month + 1:02}{day + 1:02}{sequence + 10:03}"
        yield body + ric.calc_check_digit(body + "0")


def provincial_case(certificate_number: str, external_no: str, email: str | None) -> Json:
    """An application as the provincial platform hands it on, with two of the papers that it needs."""
    person = {
        "kind": "natural",
        "name": "王小明",
        "certificate_type": "111",
        "certificate_number": certificate_number,
        "address": "安徽省亳州市谯城区光明西路1号",
    }
    return {**_case("province", person, email), "external_no": external_no}


def online_case(account: DemoAccount, email: str | None) -> Json:
    """An application by somebody who is signed in, for themselves."""
    person = {name: account.person[name] for name in _OF_THE_ACCOUNT if name in account.person}
    return _case("online", person, email)


def _case(channel: str, person: Json, email: str | None) -> Json:
    contact = {"name": "王小明", "mobile": "13856700001"} | ({"email": email} if email else {})
    return {
        "item_code": ITEM,
        "channel": channel,
        "summary": "示例小区地下车库平时使用",
        "applicant": person,
        "contact": contact,
        "materials": [{"code": code, "form": "shared"} for code in ("A08-03", "A08-05")],
    }
