"""Operations of hearings that several rooms share: interested parties, statements, asking for a hearing and waiving it."""

from services.applications.contracts import hearings as h
from services.gateway import client
from services.gateway.case_commands import add_command
from services.gateway.operations import Room, Who

PARTY = {
    "kind": "natural",
    "name": "王小二",
    "certificate_type": "414",
    "certificate_number": "E00000000",
    "mobile": "13800000000",
}
STATEMENT = {"statement": "拟建地下室的出口正对我家院门"}


def add_interested_parties(room: Room, who: Who) -> None:
    """Naming interested parties and recording what was said, in this room."""

    add_command(
        room,
        "/cases/{case_id}/interested-parties",
        client.NAME_INTERESTED_PARTY,
        who=who,
        zh="登记利害关系人",
        en="Name somebody whose major interests the matter directly concerns",
        body=h.PartyToName,
        example=PARTY,
    )

    add_command(
        room,
        "/cases/{case_id}/statements",
        client.RECORD_STATEMENT,
        who=who,
        zh="记录申请人或者利害关系人的陈述、申辩",
        en="Record what the applicant or an interested party said",
        body=h.StatementToRecord,
        example=STATEMENT,
    )


def add_asking(room: Room, who: Who) -> None:
    """Asking for a hearing and doing without, in this room."""

    add_command(
        room,
        "/cases/{case_id}/hearing/request",
        client.REQUEST_HEARING,
        who=who,
        zh="申请听证",
        en="Ask for a hearing; a clerk names the party that asks",
        body=h.WhoAsks,
        example={},
    )

    add_command(
        room,
        "/cases/{case_id}/hearing/waiver",
        client.WAIVE_HEARING,
        who=who,
        zh="放弃听证",
        en="Do without a hearing; a clerk names the party that waives it",
        body=h.WhoAsks,
        example={},
    )
