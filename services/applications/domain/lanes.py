"""In which lists of tasks somebody finds what waits for them today: their roles, their posts, and powers of others."""

from dataclasses import dataclass
from datetime import date

from services.applications.domain.authority import Post, Powers
from services.applications.domain.commands import By
from services.applications.domain.tasks import lane_of_post, lane_of_role

_ROLES_WITH_STEPS = ("clerk", "approver", "organ_head")


@dataclass(frozen=True, slots=True)
class Lane:
    """One list; `items` narrows it to these items, `instead_of` to cases in which this person may not act."""

    name: str
    items: tuple[str, ...] = ()
    instead_of: str | None = None


def lanes_of(by: By, unit: str, powers: Powers, on: date) -> tuple[Lane, ...]:
    """The lists of this person today; what one list shows whole is not shown again in part."""
    roles = [Lane(lane_of_role(role)) for role in _ROLES_WITH_STEPS if role in by.roles]
    posts = [lane for post in powers.posts if (lane := _of_post(post, by, unit, powers, on)) is not None]
    found = [*roles, *posts, *_of_items(by, unit, powers, on)]
    whole = {lane.name for lane in found if not lane.items and lane.instead_of is None}
    narrowed = [lane for lane in found if lane.name not in whole]
    return tuple(dict.fromkeys((*map(Lane, sorted(whole)), *narrowed)))


def _of_post(post: Post, by: By, unit: str, powers: Powers, on: date) -> Lane | None:
    if powers.post_on(unit, post.post, on) != post:
        return None
    name = lane_of_post(post.post)
    if post.holder == by.id or any(
        one.delegate == by.id
        and one.delegator == post.holder
        and post.post in one.posts
        and one.unit == unit
        and one.holds_on(on)
        for one in powers.delegations
    ):
        return Lane(name)
    if post.stand_in != by.id:
        return None
    # AB岗: the stand-in sees the list while the holder is away, and else the cases that the holder may not touch.
    if post.holder is None or powers.away(post.holder, on):
        return Lane(name)
    return Lane(name, instead_of=post.holder)


def _of_items(by: By, unit: str, powers: Powers, on: date) -> list[Lane]:
    return [
        Lane(lane_of_role(one.role), items=one.items)
        for one in powers.delegations
        if one.delegate == by.id and one.unit == unit and one.role and one.items and one.holds_on(on)
    ]
