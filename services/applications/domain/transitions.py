"""Which command may meet a case in which state: one table, read by the engine, the tests and the pages.

Each row: the command, the states it may meet, the states it can lead to, who may do it, which documents come of it, the
article (domain rules §4.3).  Refusals to accept, special procedures and extensions add their rows here.
"""

from dataclasses import dataclass

from services.applications.domain import commands as c
from services.applications.domain.errors import IllegalTransition
from services.applications.domain.state import ACCEPTED_STATES, DECIDED_STATES, STATE_NAMES, State


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table."""

    name: str
    zh: str
    en: str
    command: type[c.Command]
    from_states: frozenset[State]
    to_states: frozenset[State]
    actors: frozenset[str]
    documents: tuple[str, ...]
    article: str


def _row(
    name: str,
    zh: str,
    en: str,
    command: type[c.Command],
    from_states: frozenset[State],
    to_states: frozenset[State],
    actors: str,
    documents: str,
    article: str,
) -> Transition:
    return Transition(
        name,
        zh,
        en,
        command,
        from_states,
        to_states,
        frozenset(actors.split()),
        tuple(documents.split()),
        article,
    )


def _states(*states: State) -> frozenset[State]:
    return frozenset(states)


S = State
TRANSITIONS: tuple[Transition, ...] = (
    _row("accept_case", "受理", "accept", c.Accept, _states(S.SUBMITTED), _states(S.ACCEPTED),
         "clerk", "acceptance_notice", "行政许可法 32(5)"),
    _row("accept_tolerantly", "容缺受理", "accept tolerantly", c.AcceptTolerantly, _states(S.SUBMITTED),
         _states(S.ACCEPTED_TOLERANT), "clerk", "tolerance_notice", "国发〔2022〕5号"),
    _row("request_correction", "告知补正", "request correction", c.RequestCorrection, _states(S.SUBMITTED),
         _states(S.CORRECTION_NOTICED), "clerk", "correction_notice", "行政许可法 32(4)"),
    _row("supply_materials", "当场补充材料", "add papers", c.Supply, _states(S.SUBMITTED), _states(S.SUBMITTED),
         "applicant clerk", "", "行政许可法 32(3)"),
    _row("supply_materials", "补正", "correct", c.Supply, _states(S.CORRECTION_NOTICED),
         _states(S.CORRECTION_NOTICED, S.SUBMITTED), "applicant clerk", "", "行政许可法 32(5)"),
    _row("supply_materials", "补交容缺材料", "supply tolerated papers", c.Supply, _states(S.ACCEPTED_TOLERANT),
         _states(S.ACCEPTED_TOLERANT, S.IN_REVIEW), "applicant clerk", "", ""),
    _row("supply_materials", "补交材料", "supply papers", c.Supply, _states(S.ACCEPTED_DEEMED),
         _states(S.ACCEPTED_DEEMED, S.IN_REVIEW), "applicant clerk", "", "行政许可法 32(4)"),
    _row("decide_case", "作出决定", "decide", c.Decide, ACCEPTED_STATES - {S.ACCEPTED_TOLERANT}, DECIDED_STATES,
         "approver", "decision", "行政许可法 38, 42"),
    _row("deliver_result", "送达", "deliver", c.Deliver, DECIDED_STATES, _states(S.DELIVERED),
         "clerk", "delivery_receipt", "行政许可法 44"),
    _row("withdraw_case", "撤回", "withdraw", c.Withdraw, ACCEPTED_STATES | {S.SUBMITTED, S.CORRECTION_NOTICED},
         _states(S.WITHDRAWN), "applicant clerk", "termination_notice", ""),
    _row("deem_accepted", "视为受理", "deem accepted", c.DeemAccepted, _states(S.SUBMITTED),
         _states(S.ACCEPTED_DEEMED), "system", "", "行政许可法 32(4)"),
    _row("remind", "补交提醒", "remind", c.Remind, _states(S.ACCEPTED_TOLERANT), _states(S.ACCEPTED_TOLERANT),
         "system", "", ""),
    _row("expire_tolerance", "容缺承诺逾期终止", "terminate after a broken undertaking", c.ExpireTolerance,
         _states(S.ACCEPTED_TOLERANT), _states(S.TERMINATED), "system", "termination_notice", ""),
    _row("lapse_correction", "补正不来办结", "close without correction", c.LapseCorrection,
         _states(S.CORRECTION_NOTICED), _states(S.LAPSED_NO_CORRECTION), "system", "termination_notice", ""),
)  # fmt: skip

BY_COMMAND: dict[type[c.Command], tuple[Transition, ...]] = {
    command: tuple(row for row in TRANSITIONS if row.command is command)
    for command in dict.fromkeys(row.command for row in TRANSITIONS)
}


def row_for(state: State, command: type[c.Command]) -> Transition | None:
    """The row that this command meets in this state."""
    return next((row for row in BY_COMMAND[command] if state in row.from_states), None)


def must_allow(state: State, command: c.Command) -> None:
    """Refuse the command, saying where the case stands, unless the table has it for this state."""
    kind = type(command)
    if row_for(state, kind) is not None:
        return
    row = BY_COMMAND[kind][-1]
    zh, en = STATE_NAMES[state]
    raise IllegalTransition(
        "illegal_transition",
        f"办件当前状态为“{zh}”，不能执行“{row.zh}”。",
        f"Cannot {row.en} a case that is {en}.",
        state=state.value,
        command=row.name,
    )


def allowed_commands(state: State, roles: frozenset[str]) -> tuple[str, ...]:
    """The commands that the table offers to these roles in this state."""
    return tuple(row.name for row in TRANSITIONS if state in row.from_states and roles & row.actors)
