"""What needs no account; the API and the public pages call the same functions."""

from uuid import UUID

from services.applications import contracts as c
from services.audit import contracts as a
from services.catalogue import contracts as k
from services.gateway import cases, client
from services.gateway.forms import CaseCode, SupplyByCode
from services.gateway.gateway import Gateway
from services.gateway.identity.throttle import ADDRESS, LOOKUP
from services.gateway.identity.visitor import Visitor
from services.gateway.uploads import UploadView
from shared.errors import Refused


async def items(gateway: Gateway, visitor: Visitor, request: k.ListItems) -> k.ItemPage:
    """Service items in force."""
    return await gateway.services.ask(visitor, client.LIST_ITEMS, request)


async def search(gateway: Gateway, visitor: Visitor, text: str, limit: int = 10) -> k.ItemMatches:
    """Items in force by what people type: words, pinyin, first letters, everyday words or a code; best first."""
    asked = k.SearchItems(text=text, limit=limit)
    return await gateway.services.ask(visitor, client.SEARCH_ITEMS, asked)


async def item(gateway: Gateway, visitor: Visitor, code: str, version: int | None = None) -> k.ItemView:
    """One item whole."""
    return await gateway.services.ask(visitor, client.GET_ITEM, k.GetItem(code=code, version=version))


async def guide(gateway: Gateway, visitor: Visitor, code: str) -> k.GuideView:
    """The public guide of an item (行政许可法 Art 30)."""
    return await gateway.services.ask(visitor, client.GET_GUIDE, k.GetGuide(code=code))


async def look_up(
    gateway: Gateway, visitor: Visitor, code: CaseCode, address: str, *, explain: bool = False
) -> c.CaseView:
    """A case by its number and code; wrong codes slow the asker down."""
    await gateway.throttle.count(ADDRESS, address)
    await gateway.throttle.count(LOOKUP, code.case_no, address)
    try:
        found = await cases.view(gateway, visitor, _key(code), explain=explain)
    except Refused as refusal:
        if refusal.kind == "unavailable":
            await _right(gateway, code, address)
        raise
    await _right(gateway, code, address)
    return found


async def _right(gateway: Gateway, code: CaseCode, address: str) -> None:
    await gateway.throttle.forget(LOOKUP, code.case_no, address)
    await gateway.throttle.take_back(ADDRESS, address)


def _key(code: CaseCode) -> cases.CaseKey:
    return cases.CaseKey(case_no=code.case_no, access_code=code.access_code)


async def look_up_document(
    gateway: Gateway, visitor: Visitor, code: CaseCode, document_id: UUID, address: str
) -> c.DocumentView:
    """A document of the case that this number and code belong to."""
    await look_up(gateway, visitor, code, address)
    return await cases.document(gateway, visitor, _key(code), document_id)


async def upload_by_code(
    gateway: Gateway,
    visitor: Visitor,
    code: CaseCode,
    content: bytes,
    file_name: str | None,
    address: str,
    command_id: UUID,
) -> UploadView:
    """A file for the case that this number and code belong to; it belongs to the case and to nobody else."""
    case = await look_up(gateway, visitor, code, address)
    return await gateway.uploads.add(_owner(case.case_id), content, file_name, command_id)


async def supply_by_code(
    gateway: Gateway,
    visitor: Visitor,
    form: SupplyByCode,
    expected_version: int,
    address: str,
    command_id: UUID,
) -> c.CaseReceipt:
    """Hand in papers with nothing but the voucher in hand."""
    case = await look_up(gateway, visitor, form, address)
    owners = (_owner(case.case_id),)
    return await cases.supply(
        gateway, visitor, _key(form), expected_version, form, "online", command_id, owners=owners
    )


def _owner(case_id: UUID) -> str:
    return f"case:{case_id}"


async def checkpoint(gateway: Gateway, visitor: Visitor, tree_size: int | None) -> a.CheckpointView:
    """The newest checkpoint of the audit log, or the one of a size."""
    return await gateway.services.ask(visitor, client.GET_CHECKPOINT, a.GetCheckpoint(tree_size=tree_size))


async def proof(
    gateway: Gateway, visitor: Visitor, event_id: UUID, tree_size: int | None
) -> a.InclusionProof:
    """The proof that an event is in the audit log, to be verified off-line."""
    return await gateway.services.ask(
        visitor, client.GET_PROOF, a.GetProof(event_id=event_id, tree_size=tree_size)
    )


async def consistency(
    gateway: Gateway, visitor: Visitor, from_size: int, to_size: int | None
) -> a.ConsistencyProof:
    """The proof that an earlier checkpoint is the beginning of a later one."""
    return await gateway.services.ask(
        visitor, client.GET_CONSISTENCY, a.GetConsistency(from_size=from_size, to_size=to_size)
    )
