"""Bodies of the review's operations: the contracts of the service without what the path and the entity tag say."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.applications.contracts import reviewing as r
from services.gateway.forms import Form

Words = Annotated[str, Field(max_length=4000)]
People = Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]


class Opinion(Form):
    """The answer of one step; an opinion against the application states its reasons."""

    step: Annotated[str, Field(max_length=100)]
    opinion: r.Verdict
    words: Words | None = None
    stand_in_reason: r.StandInReason | None = None


class Return(Form):
    """Back to which step, and why."""

    to_step: Annotated[str, Field(max_length=100)]
    reason_code: r.SendBackReason
    words: Words | None = None


class Recusal(Form):
    """Who is taken off the case, on which ground, and who asked for it."""

    person: Annotated[str, Field(max_length=100)]
    ground: r.RecusalGround
    asked_by: Literal["self", "applicant", "organ"] = "self"


class Statement(Form):
    """What somebody has to say."""

    words: Annotated[str, Field(min_length=1, max_length=4000)]


class Urging(Form):
    """Which step is urged; without one the whole case."""

    step: Annotated[str, Field(max_length=100)] | None = None


class Inspection(Form):
    """Who goes: at least two of the staff."""

    people: People


class SiteCheck(Inspection):
    """What they found."""

    checked_on: date
    findings: Annotated[str, Field(min_length=1, max_length=4000)]
    passed: bool


OPINION = {"step": "first_check", "opinion": "pass", "words": "材料齐全，符合法定形式"}
RETURN = {"to_step": "first_check", "reason_code": "facts_unclear", "words": "请核对建筑面积"}
RECUSAL = {"person": "staff:approver", "ground": "interest", "asked_by": "self"}
STATEMENT = {"words": "经办人与相邻项目的建设单位有利害关系"}
URGING: dict[str, str] = {}
INSPECTION = {"people": ["staff:approver", "staff:approver2"]}
SITE_CHECK = {
    **INSPECTION,
    "checked_on": "2026-11-24",
    "findings": "现场与设计图纸一致",
    "passed": True,
}
BATCH = {
    "cases": [{"case_id": "0f8fad5b-d9cb-469f-a165-70867728950e", "expected_version": 2}],
    "result": "grant",
}
APPOINTMENT = {
    "post": "规划科长",
    "holder": "staff:approver",
    "stand_in": "staff:approver2",
    "valid_from": "2026-12-01",
    "instrument": "亳人防人〔2026〕3号",
}
DELEGATION = {
    "delegator": "staff:approver",
    "delegate": "staff:approver2",
    "posts": ["规划科长"],
    "instrument": "亳人防授〔2026〕7号",
    "valid_from": "2026-12-01",
    "valid_to": "2026-12-31",
}
ABSENCE = {"person": "staff:approver", "first_on": "2026-12-01", "last_on": "2026-12-05"}
