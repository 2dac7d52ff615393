"""Contracts of 好差评: how the applicant rates the handling of a case."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from services.applications.contracts.events import CaseFacts
from services.applications.contracts.fields import ShortText, Version
from services.applications.contracts.requests import Request
from shared.messaging.envelope import Event

RatingTag = Literal[
    "clear_guide",
    "few_papers",
    "few_visits",
    "quick",
    "polite",
    "easy_to_use",
    "guide_wrong",
    "papers_beyond_guide",
    "many_visits",
    "slow",
    "rude",
    "hard_to_use",
    "asked_for_favours",
]
# 5 非常满意, 4 满意, 3 基本满意, 2 不满意, 1 非常不满意.
Level = Annotated[int, Field(ge=1, le=5, strict=True)]


class CaseRatedV1(CaseFacts):
    """The applicant rated the handling, once; free words stay encrypted with the case."""

    event_type: ClassVar[str] = "cn.tongban.applications.case_rated.v1"

    level: int
    tags: tuple[RatingTag, ...] = ()
    has_words: bool = False


EVENTS: tuple[type[Event], ...] = (CaseRatedV1,)


class Rating(Request):
    """How satisfied the applicant is, from 1 to 5, with what was good (3 to 5) or wrong (1 and 2)."""

    level: Level
    tags: Annotated[tuple[RatingTag, ...], Field(max_length=7)] = ()
    words: ShortText | None = None


class RateCase(Rating):
    """Rate the handling of a case, once, after the result was delivered."""

    case_id: UUID
    expected_version: Version
