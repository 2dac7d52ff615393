"""Makers of actors, with the identity that each kind of visitor has in the running platform."""

from __future__ import annotations

from uuid import UUID, uuid4

from shared.identity import Actor, Role, system_actor

UNIT = "11341600762764234C"
OTHER_UNIT = "11341600003172034A"


def an_actor(
    *roles: Role, id: str | None = None, unit: str | None = None, person_id: UUID | None = None
) -> Actor:
    """An actor with these roles; id, unit and person follow from them unless they are given."""
    if roles == (Role.SYSTEM,):
        return system_actor((id or "service:applications").removeprefix("service:"))
    if roles == (Role.APPLICANT,):
        return Actor(id or f"account:{uuid4()}", frozenset(roles), None, person_id or uuid4())
    if roles == (Role.PROVINCE,):
        return Actor(id or "client:province", frozenset(roles))
    return Actor(id or f"staff:{'-'.join(roles) or 'nobody'}", frozenset(roles), unit or UNIT, person_id)
