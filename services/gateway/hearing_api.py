"""Operations of hearings that several rooms share: interested parties, statements, asking for a hearing and waiving it."""

from services.applications.contracts import hearings as h
from services.gateway import client
from services.gateway.answers import Answer
from services.gateway.operations import Room, Visit, Who
from services.gateway.review_api import CONDITIONAL, tell

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

    @room.post(
        "/cases/{case_id}/interested-parties",
        who=who,
        zh="登记利害关系人",
        en="Name somebody whose major interests the matter directly concerns",
        body=h.PartyToName,
        example=PARTY,
        **CONDITIONAL,
    )
    async def name_interested_party(visit: Visit) -> Answer:
        return await tell(visit, client.NAME_INTERESTED_PARTY, visit.body(h.PartyToName))

    @room.post(
        "/cases/{case_id}/statements",
        who=who,
        zh="记录申请人或者利害关系人的陈述、申辩",
        en="Record what the applicant or an interested party said",
        body=h.StatementToRecord,
        example=STATEMENT,
        **CONDITIONAL,
    )
    async def record_statement(visit: Visit) -> Answer:
        return await tell(visit, client.RECORD_STATEMENT, visit.body(h.StatementToRecord))


def add_asking(room: Room, who: Who) -> None:
    """Asking for a hearing and doing without, in this room."""

    @room.post(
        "/cases/{case_id}/hearing/request",
        who=who,
        zh="申请听证",
        en="Ask for a hearing; a clerk names the party that asks",
        body=h.WhoAsks,
        example={},
        **CONDITIONAL,
    )
    async def request_hearing(visit: Visit) -> Answer:
        return await tell(visit, client.REQUEST_HEARING, visit.body(h.WhoAsks))

    @room.post(
        "/cases/{case_id}/hearing/waiver",
        who=who,
        zh="放弃听证",
        en="Do without a hearing; a clerk names the party that waives it",
        body=h.WhoAsks,
        example={},
        **CONDITIONAL,
    )
    async def waive_hearing(visit: Visit) -> Answer:
        return await tell(visit, client.WAIVE_HEARING, visit.body(h.WhoAsks))
