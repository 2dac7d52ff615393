"""Who may act for a step of the review on a given day, and by which instrument (§4.3, §7.2 AB岗, 行政许可法 24).

A pure function of facts: what was decided by whom in whose place can be shown again from the record of that day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.applications.domain.commands import By
from services.applications.domain.errors import NotAllowed
from services.applications.domain.item import ReviewStep

# Why a stand-in acts although no absence is on record.
STAND_IN_REASONS: dict[str, tuple[str, str]] = {
    "on_duty_elsewhere": ("因公外出", "away on duty"),
    "on_leave": ("请假", "on leave"),
    "ill": ("患病", "ill"),
    "conflict": ("与本办件有利害关系", "an interest in the case"),
}


@dataclass(frozen=True, slots=True)
class Post:
    """Who holds a post (A岗) and who stands in (B岗), from one day to another, by which instrument."""

    unit: str
    post: str
    holder: str | None
    stand_in: str | None
    valid_from: date
    valid_to: date | None = None
    instrument: str = ""


@dataclass(frozen=True, slots=True)
class Delegation:
    """A power given to another by a dated instrument: that of posts, or that of a role for named items."""

    unit: str
    delegator: str
    delegate: str
    instrument: str
    valid_from: date
    valid_to: date
    posts: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    role: str | None = None
    revoked_on: date | None = None

    def holds_on(self, on: date) -> bool:
        """Whether the instrument is in force; on the day of its revocation it is not any more."""
        return self.valid_from <= on <= self.valid_to and (self.revoked_on is None or on < self.revoked_on)


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away, both days included."""

    person: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Powers:
    """The posts, delegations and absences of a unit."""

    posts: tuple[Post, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    absences: tuple[Absence, ...] = ()

    def post_on(self, unit: str, post: str, on: date) -> Post | None:
        """The appointment to this post that is in force."""
        return next(
            (
                one
                for one in self.posts
                if (one.unit, one.post) == (unit, post)
                and one.valid_from <= on
                and (one.valid_to is None or on <= one.valid_to)
            ),
            None,
        )

    def away(self, person: str, on: date) -> bool:
        """Whether an absence of this person is on record for this day."""
        return any(one.person == person and one.first_on <= on <= one.last_on for one in self.absences)


NO_POWERS = Powers()


@dataclass(frozen=True, slots=True)
class Authority:
    """By what right somebody acts: the role, the post, as its stand-in, or by delegation."""

    kind: str
    post: str | None = None
    in_place_of: str | None = None
    instrument: str | None = None
    stand_in_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the right to act depends on besides the person: whose item, where, when, who is off the case."""

    unit: str
    item_code: str
    on: date
    recused: tuple[str, ...] = ()
    stand_in_reason: str | None = None


def authority_for(step: ReviewStep, by: By, occasion: Occasion, powers: Powers) -> Authority:
    """By what right this person acts for this step, or the refusal that says whose step it is."""
    if by.unit != occasion.unit:
        raise _not_your_step(step)
    if step.post is None:
        return _by_role(step, by, occasion, powers)
    return _by_post(step, step.post, by, occasion, powers)


def _by_role(step: ReviewStep, by: By, occasion: Occasion, powers: Powers) -> Authority:
    if step.role in by.roles:
        return Authority("role")
    mine = [one for one in powers.delegations if one.delegate == by.id and _covers_item(one, step, occasion)]
    return _delegated(mine, step, occasion, None)


def _by_post(step: ReviewStep, name: str, by: By, occasion: Occasion, powers: Powers) -> Authority:
    post = powers.post_on(occasion.unit, name, occasion.on)
    if post is None:
        raise NotAllowed(
            "post_not_appointed",
            f"岗位“{name}”尚未任命人员，请由单位负责人登记任职后办理。",
            f"Nobody is appointed to the post “{name}”; the head of the organ must record an appointment first.",
            step=step.code,
        )
    if post.holder == by.id:
        return Authority("holder", name, None, post.instrument or None)
    if post.stand_in == by.id:
        return _stand_in(post, occasion, powers)
    # 行政许可法 24: a power that was delegated is not delegated on, so only the holder's own instrument counts.
    mine = [
        one
        for one in powers.delegations
        if one.delegate == by.id and one.delegator == post.holder and name in one.posts
    ]
    return _delegated(mine, step, occasion, name)


def _covers_item(one: Delegation, step: ReviewStep, occasion: Occasion) -> bool:
    return one.unit == occasion.unit and one.role == step.role and occasion.item_code in one.items


def _delegated(
    mine: Iterable[Delegation], step: ReviewStep, occasion: Occasion, post: str | None
) -> Authority:
    given = [one for one in mine if one.unit == occasion.unit and one.delegator not in occasion.recused]
    valid = next((one for one in given if one.holds_on(occasion.on)), None)
    if valid is not None:
        return Authority("delegate", post, valid.delegator, valid.instrument)
    if given:
        raise NotAllowed(
            "delegation_not_in_force",
            f"授权文书（{given[0].instrument}）在今天不生效或者已经撤销，不能据此办理。",
            f"The instrument of delegation ({given[0].instrument}) is not in force today.",
            step=step.code,
            instrument=given[0].instrument,
        )
    raise _not_your_step(step)


def _stand_in(post: Post, occasion: Occasion, powers: Powers) -> Authority:
    # AB岗 (§7.2): B acts only while A is away, off the case, or when the post is vacant; or says why, on the record.
    instrument = post.instrument or None
    if post.holder is None:
        return Authority("stand_in", post.post, None, instrument, "post_vacant")
    if occasion.stand_in_reason is not None:
        if occasion.stand_in_reason not in STAND_IN_REASONS:
            raise NotAllowed(
                "stand_in_reason_unknown",
                "请从列出的原因中选择B岗代办的原因。",
                "Please choose one of the listed reasons for standing in.",
                pointer="/stand_in_reason",
                allowed=sorted(STAND_IN_REASONS),
            )
        return Authority("stand_in", post.post, post.holder, instrument, occasion.stand_in_reason)
    if post.holder in occasion.recused:
        return Authority("stand_in", post.post, post.holder, instrument, "recused")
    if powers.away(post.holder, occasion.on):
        return Authority("stand_in", post.post, post.holder, instrument, "absent")
    raise NotAllowed(
        "holder_is_present",
        "A岗人员在岗，B岗不能代办；A岗确实不能办理的，请登记缺勤或者写明代办原因。",
        "The holder of the post is there, so the stand-in can't act; record an absence or state the reason.",
        pointer="/stand_in_reason",
    )


def _not_your_step(step: ReviewStep) -> NotAllowed:
    who = f"岗位“{step.post}”" if step.post else _ROLES[step.role][0]
    who_en = f"the post “{step.post}”" if step.post else _ROLES[step.role][1]
    return NotAllowed(
        "not_your_step",
        f"“{step.name}”由{who}办理，您没有办理权限。",
        f"“{step.name_en}” belongs to {who_en}; you have no power to act on it.",
        step=step.code,
    )


_ROLES = {
    "clerk": ("窗口或者经办人员", "a clerk"),
    "approver": ("审批人员", "an approver"),
    "organ_head": ("本机关负责人", "the head of the organ"),
}
