"""Who acts for the applicant, and through which channel the case goes on."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change
from services.applications.domain.copying import replace
from services.applications.domain.errors import InvalidRequest, NotAllowed, OutcomeNotAllowed, case_not_found
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.parts.mandates import Mandate

# What a mandate can be limited to (民法典 165: the mandate says what the agent may do). Reading the case goes with any.
SCOPES = frozenset({"supply", "withdraw", "hearing", "channel"})
# What an agent needs to have in the scope; anything else an applicant may do needs the whole case.
_NEEDS: Mapping[type[c.Command], str] = {
    c.Supply: "supply",
    c.Withdraw: "withdraw",
    c.RequestHearing: "hearing",
    c.ChangeChannel: "channel",
}
CHANNELS = frozenset({"online", "counter", "service_point", "home_visit"})


def checked(mandate: Mandate, on: date) -> Mandate:
    """The mandate, unless its days or its scope can't be."""
    until = mandate.valid_until
    if until is not None and until < max(mandate.valid_from, on):
        raise InvalidRequest(
            "mandate_over",
            "委托期限的截止日期不能早于起始日期，也不能早于今天。",
            "A mandate can't end before it begins, nor before today.",
            pointer="/valid_until",
        )
    unknown = sorted(set(mandate.scope) - SCOPES)
    if unknown:
        raise InvalidRequest(
            "mandate_scope_unknown",
            "委托权限只能从列表中选择；全权委托请留空。",
            "The scope of a mandate is chosen from the list; for the whole case it is left empty.",
            pointer="/scope",
            allowed=sorted(SCOPES),
        )
    return mandate


def give(case: Case, command: c.GiveMandate, facts: Facts) -> list[e.CaseEvent]:
    # Art 29¶2: an agent may apply and act; 民法典 165: for whom, for what and how long is written down.
    if command.agent_id == case.applicant_id:
        raise InvalidRequest(
            "agent_is_the_applicant",
            "经办人不能是申请人本人。",
            "The applicant can't be the agent as well.",
            pointer="/agent",
        )
    checked(Mandate(command.agent_id, command.valid_from, command.valid_until, command.scope), facts.now.on)
    return [
        e.MandateGiven(
            effective_on=facts.now.on,
            agent_id=command.agent_id,
            valid_from=command.valid_from,
            valid_until=command.valid_until,
            scope=command.scope,
            recorded_by=facts.by.id,
        )
    ]


def revoke(case: Case, _: c.RevokeMandate, facts: Facts) -> list[e.CaseEvent]:
    # 民法典 173: the principal takes the mandate back at any time, or the agent lays it down.
    if case.agent_id is None:
        raise OutcomeNotAllowed(
            "no_mandate",
            "本办件没有有效的委托。",
            "There is no mandate in this case.",
        )
    return [e.MandateRevoked(effective_on=facts.now.on, recorded_by=facts.by.id)]


def change_channel(case: Case, command: c.ChangeChannel, facts: Facts) -> list[e.CaseEvent]:
    # 优化营商环境条例 37: what was begun on line goes on at the counter, and the other way round; nobody begins anew.
    if command.channel not in CHANNELS:
        raise InvalidRequest(
            "channel_unknown",
            "只能转为网上、窗口、基层服务点或者上门办理。",
            "A case can go on on line, at the counter, at a service point or at home.",
            pointer="/channel",
            allowed=sorted(CHANNELS),
        )
    if command.channel == case.channel:
        raise InvalidRequest(
            "channel_unchanged",
            "本办件已在这个渠道办理。",
            "The case is handled through this channel already.",
            pointer="/channel",
        )
    return [
        e.ChannelChanged(
            effective_on=facts.now.on,
            channel=command.channel,
            before=case.channel,
            recorded_by=facts.by.id,
            delivery=command.delivery,
        )
    ]


def must_reach(case: Case, command: c.Command, person_id: UUID | None, on: date) -> None:
    """Refuse an agent whose mandate does not hold on this day or does not cover the command."""
    mandate = case.mandate
    # Cases of before mandates were dated name their agent only.
    agent_id = case.agent_id if mandate is None else mandate.agent_id
    if person_id is None or person_id != agent_id or person_id == case.applicant_id:
        return
    if mandate is not None and not mandate.holds_on(on):
        raise case_not_found()
    if isinstance(command, c.GiveMandate):
        # 民法典 169: nobody hands a mandate on without the principal.
        raise _beyond_mandate("转委托须由申请人办理", "Only the applicant names another agent")
    if mandate is None:
        return
    if (
        isinstance(command, c.RevokeMandate)
        or not mandate.scope
        or _NEEDS.get(type(command)) in mandate.scope
    ):
        return
    raise _beyond_mandate("该操作超出委托权限", "The mandate does not cover this")


def lost_reach(case: Case, person_id: UUID | None, on: date) -> bool:
    """Whether this person was the agent of the case and is no more: not even the voucher's code helps then."""
    mandate = case.mandate
    return mandate is not None and person_id == mandate.agent_id and not mandate.holds_on(on)


def acts_for(case: Case, person_id: UUID | None, on: date) -> bool:
    """Whether this person is the agent of the case on this day."""
    if person_id is None or person_id != case.agent_id:
        return False
    # Cases of before mandates were dated name their agent only.
    return case.mandate is None or case.mandate.holds_on(on)


def _beyond_mandate(zh: str, en: str) -> NotAllowed:
    return NotAllowed(
        "beyond_mandate",
        f"{zh}，请由申请人本人办理或者变更委托。",
        f"{en}; the applicant must do it or widen the mandate.",
    )


def _given(case: Case, event: e.MandateGiven) -> Case:
    mandate = Mandate(event.agent_id, event.valid_from, event.valid_until, event.scope)
    return replace(case, agent_id=event.agent_id, mandate=mandate)


def _revoked(case: Case, event: e.MandateRevoked) -> Case:
    mandate = None if case.mandate is None else replace(case.mandate, revoked_on=event.effective_on)
    return replace(case, agent_id=None, mandate=mandate)


def _channel_changed(case: Case, event: e.ChannelChanged) -> Case:
    return replace(case, channel=event.channel, delivery_way=event.delivery or case.delivery_way)


RULES: Mapping[type[c.Command], Rule] = {
    c.GiveMandate: give,
    c.RevokeMandate: revoke,
    c.ChangeChannel: change_channel,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.MandateGiven: _given,
    e.MandateRevoked: _revoked,
    e.ChannelChanged: _channel_changed,
}
