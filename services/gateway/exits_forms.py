"""Bodies of the operations that end a case without a decision."""

from typing import Annotated, Literal

from pydantic import Field

from services.gateway.forms import Form

Words = Annotated[str, Field(min_length=1, max_length=4000)]


class NotRequired(Form):
    """Why the matter needs no licence; the words stand in the notice."""

    reasons: Words


class NotCompetent(Form):
    """Which organ to apply to, and why."""

    competent_organ: Annotated[str, Field(min_length=1, max_length=100)]
    reasons: Words | None = None


class Termination(Form):
    """What is no more: the applicant or the object; the words stand in the notice."""

    ground: Literal["applicant_ended", "object_lost"]
    reasons: Words


class Voiding(Form):
    """Why the record was made in error."""

    reasons: Words


NOT_REQUIRED = {"reasons": "您申请的装修工程不涉及防空地下室，依法不需要取得行政许可。"}
NOT_COMPETENT = {"competent_organ": "亳州市自然资源和规划局", "reasons": "该事项属于规划许可。"}
TERMINATION = {"ground": "object_lost", "reasons": "项目已取消，申请事项不再存在。"}
VOIDING = {"reasons": "同一申请被重复登记。"}
