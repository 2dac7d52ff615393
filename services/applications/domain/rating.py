"""好差评: the applicant says once, at the end, how the case was handled (国办发〔2019〕51号)."""

from collections.abc import Mapping

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.parts.rating import Rating

# The five national levels, which no office may word otherwise; 1 and 2 are 差评, which is answered.
LEVELS = range(1, 6)
HIGHEST_POOR = 2
GOOD_TAGS = frozenset({"clear_guide", "few_papers", "few_visits", "quick", "polite", "easy_to_use"})
POOR_TAGS = frozenset(
    {"guide_wrong", "papers_beyond_guide", "many_visits", "slow", "rude", "hard_to_use", "asked_for_favours"}
)


def rate(case: Case, command: c.Rate, facts: Facts) -> list[e.CaseEvent]:
    # 51号文 二(二): one rating for one service; whoever was rated must have no way to have it replaced.
    if case.rating is not None:
        raise OutcomeNotAllowed(
            "already_rated",
            "您已经评价过本办件，每个办件只评价一次。",
            "You have rated this case already; each case is rated once.",
        )
    _refuse_unknown(command)
    return [
        e.Rated(
            effective_on=facts.now.on,
            level=command.level,
            tags=command.tags,
            words_sha256=command.words_sha256,
        )
    ]


def _refuse_unknown(command: c.Rate) -> None:
    if command.level not in LEVELS:
        raise InvalidRequest(
            "rating_level_unknown",
            "请在五个等级中选择一个：非常满意、满意、基本满意、不满意、非常不满意。",
            "Choose one of the five levels, from very satisfied to very dissatisfied.",
            pointer="/level",
        )
    allowed = POOR_TAGS if command.level <= HIGHEST_POOR else GOOD_TAGS
    if not allowed.issuperset(command.tags):
        raise InvalidRequest(
            "rating_tag_unknown",
            "请从这个等级的选项中选择。",
            "Choose from what this level offers.",
            pointer="/tags",
            allowed=sorted(allowed),
        )


def _rated(case: Case, event: e.Rated) -> Case:
    return replace(
        case, rating=Rating(event.level, event.effective_on, tuple(event.tags), event.words_sha256)
    )


RULES: Mapping[type[c.Command], Rule] = {c.Rate: rate}

CHANGES: Mapping[type[e.CaseEvent], Change] = {e.Rated: _rated}
