"""Who may do what to which case: by role here, by data in the query (`Scope`)."""

from uuid import UUID

from services.applications.domain.commands import By
from services.applications.domain.errors import InvalidRequest, NotAllowed, case_not_found
from services.applications.store.cases import EVERYTHING, Scope
from shared import time
from shared.identity import Actor, Role
from shared.runtime import Call

STAFF = (Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
_SEES_EVERYTHING = (Role.SYSTEM, Role.SUPERVISOR, Role.AUDITOR, Role.OPERATOR)

# Which channels a caller may name; the channel says how the papers came, and nothing else depends on it.
CHANNELS = {
    Role.APPLICANT: frozenset({"online"}),
    Role.CLERK: frozenset({"counter", "service_point", "home_visit"}),
    Role.PROVINCE: frozenset({"province"}),
}


def scope_of(actor: Actor) -> Scope:
    """The cases that this caller may see."""
    if actor.has(*STAFF) and actor.unit:
        # LIC-29, Art 26¶1: one unit accepts every application for its items and delivers every decision.
        return Scope(unit=actor.unit)
    if actor.has(*_SEES_EVERYTHING):
        return EVERYTHING
    if actor.has(Role.PROVINCE):
        return Scope(partner=partner_of(actor))
    if actor.person_id is not None:
        return Scope(person_id=actor.person_id, on=time.today())
    # No unit, no partner, no verified certificate: there is nothing that could be theirs.
    raise case_not_found()


def partner_of(actor: Actor) -> str:
    """The partner behind a service account: `client:province` gives `province`."""
    return actor.id.removeprefix("client:")


def by(actor: Actor) -> By:
    """The actor as the domain knows it, in the role that matters most."""
    role = next((role for role in _ROLE_ORDER if role in actor.roles), Role.APPLICANT)
    return By(actor.id, role.value, actor.unit, frozenset(held.value for held in actor.roles))


_ROLE_ORDER = (
    Role.SYSTEM,
    Role.ORGAN_HEAD,
    Role.APPROVER,
    Role.CLERK,
    Role.KEEPER,
    Role.SUPERVISOR,
    Role.PROVINCE,
    Role.APPLICANT,
)


def command_id_of(call: Call) -> UUID:
    """The id under which a command is remembered; without one a repeated delivery would do everything twice."""
    if call.command_id is None:
        raise InvalidRequest("command_id_missing", "缺少命令编号。", "The command id is missing.")
    return call.command_id


def require_channel(actor: Actor, channel: str) -> None:
    """Refuse a channel that this caller does not stand at."""
    allowed = frozenset().union(*(CHANNELS[role] for role in actor.roles if role in CHANNELS))
    if channel not in allowed:
        raise NotAllowed(
            "channel_not_allowed",
            "您的身份不能使用这个办理渠道。",
            "Your role may not use this channel.",
            pointer="/channel",
            allowed=sorted(allowed),
        )


def unmasked(actor: Actor, *, is_own: bool) -> bool:
    """Only the people of a case see it unmasked without saying why; everybody else's look is recorded."""
    return is_own and actor.has(Role.APPLICANT) and actor.person_id is not None
