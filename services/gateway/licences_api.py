"""Operations on licences, mandates and channels that several rooms share, and their forms."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.applications.contracts import Agent
from services.applications.contracts.licences import CancellationGround, RevocationGround, WithdrawalGround
from services.gateway import client
from services.gateway.case_commands import add_command
from services.gateway.forms import Form
from services.gateway.operations import Room, Who

Words = Annotated[str, Field(min_length=1, max_length=4000)]


class Nothing(Form):
    """Nothing more has to be said."""


class HolderHearing(Form):
    """When the holder was told of what is intended, and the statement, or that it was waived."""

    told_on: date
    statement: Words | None = None
    waived: bool = False


class Revocation(Form):
    """On which ground of Article 69, and why."""

    ground: RevocationGround
    reasons: Words


class LicenceWithdrawal(Form):
    """On which ground of Article 8, why, and how the holder is compensated."""

    ground: WithdrawalGround
    reasons: Words
    compensation: Words


class Cancellation(Form):
    """On which ground of Article 70, and what has happened."""

    ground: CancellationGround
    reasons: Words


class NewMandate(Form):
    """The agent, with the last day and the scope of the mandate; without a first day it begins today."""

    agent: Agent
    valid_from: date | None = None


class NewChannel(Form):
    """Where the case goes on, and how the result is to come."""

    channel: Literal["online", "counter", "service_point", "home_visit"]
    delivery: Literal["window", "post", "electronic"] | None = None


HOLDER_HEARING = {"told_on": "2026-11-20", "statement": "请求从轻处理，并已补正安全责任书。"}
REVOCATION = {"ground": "fraud_or_bribery", "reasons": "经查，申请时提交的安全责任书系伪造。"}
NON_REVOCATION = {"ground": "procedure_violated", "reasons": "工程已用于应急避难，撤销将重大损害公共利益。"}
LICENCE_WITHDRAWAL = {
    "ground": "law_changed",
    "reasons": "所依据的规章已废止。",
    "compensation": "按实际损失依法补偿，另行签订补偿协议。",
}
CANCELLATION = {"ground": "expired_without_renewal", "reasons": "有效期届满，未申请延续。"}
MANDATE = {
    "agent": {
        "name": "王小明",
        "certificate_type": "111",
        "certificate_number": "341602199001010012",
        "valid_until": "2026-12-31",
        "scope": ["supply"],
    }
}
CHANNEL = {"channel": "counter", "delivery": "window"}


def add_issuing(room: Room, who: Who) -> None:
    """Making out the certificate of a grant in this room."""

    add_command(
        room,
        "/cases/{case_id}/licence",
        client.ISSUE_LICENCE,
        who=who,
        zh="制证",
        en="Make out the certificate of a grant",
        body=Nothing,
        example={},
    )


def add_hearing_the_licensee(room: Room, who: Who) -> None:
    """Recording what the holder of a licence says about its loss."""

    add_command(
        room,
        "/cases/{case_id}/licensee-hearing",
        client.HEAR_LICENSEE,
        who=who,
        zh="登记被许可人的陈述申辩或者放弃情况",
        en="Record what the holder says about the loss of the licence, or that it was waived",
        body=HolderHearing,
        example=HOLDER_HEARING,
    )


def add_mandates(room: Room, who: Who) -> None:
    """Who acts for the applicant, and through which channel the case goes on."""

    add_command(
        room,
        "/cases/{case_id}/mandate",
        client.GIVE_MANDATE,
        who=who,
        zh="登记委托代理（期限和权限）",
        en="Name an agent, for a time and a scope",
        body=NewMandate,
        example=MANDATE,
    )

    add_command(
        room,
        "/cases/{case_id}/mandate/revocation",
        client.REVOKE_MANDATE,
        who=who,
        zh="撤销委托（经办人也可以辞去委托）",
        en="Take the mandate back; the agent may lay it down as well",
        body=Nothing,
        example={},
    )

    add_command(
        room,
        "/cases/{case_id}/channel",
        client.CHANGE_CHANNEL,
        who=who,
        zh="转到另一渠道继续办理",
        en="Go on through another channel",
        body=NewChannel,
        example=CHANNEL,
    )
