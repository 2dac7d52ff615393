"""The public part of the API, under /api/v1."""

from pydantic import BaseModel, ConfigDict, Field

from services.applications import contracts as c
from services.audit import contracts as a
from services.catalogue import contracts as k
from services.gateway import examples
from services.gateway.answers import Answer
from services.gateway.forms import CaseCode, DocumentLookup, Lookup, SupplyByCode
from services.gateway.operations import ANYBODY, PageQuery, Room, Visit
from services.gateway.operator.actions import CheckpointList, checkpoints
from services.gateway.public import actions
from services.gateway.public.verify import add_verification
from services.gateway.uploads import UploadView
from services.gateway.uploads_api import UPLOAD_MEDIA_TYPES, read_upload

room = Room("public", "", "公开", "Open to everybody")


class ItemQuery(PageQuery):
    """Which items; the filters are part of the cursor."""

    text: str | None = Field(default=None, max_length=100, description="名称中的文字 words of the name")
    item_type: k.ItemType | None = None
    served_object: k.ServedObject | None = None
    include_withdrawn: bool = False


class SearchQuery(BaseModel):
    """What to look for, and how many answers."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00]*$",
        description="文字、拼音、首字母、日常说法或者编码 words, pinyin, first letters, everyday words or a code",
        examples=["rfgc"],
    )
    limit: int = Field(default=10, ge=1, le=100)


class VersionQuery(BaseModel):
    """Which version of an item; the one in force without."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(default=None, ge=1, le=1_000_000)


class TreeQuery(BaseModel):
    """Under which checkpoint; the newest without."""

    model_config = ConfigDict(extra="forbid")

    tree_size: int | None = Field(default=None, ge=1, le=a.LARGEST_SIZE)


class ConsistencyQuery(BaseModel):
    """Between which two checkpoints."""

    model_config = ConfigDict(extra="forbid")

    from_size: int = Field(ge=0, le=a.LARGEST_SIZE)
    to_size: int | None = Field(default=None, ge=0, le=a.LARGEST_SIZE)


@room.get(
    "/catalogue/items",
    who=ANYBODY,
    zh="服务事项目录",
    en="Service items in force",
    query=ItemQuery,
    reply=k.ItemPage,
    problems=("invalid_cursor",),
)
async def list_items(visit: Visit) -> Answer:
    query = visit.query(ItemQuery)
    filters = query.model_dump(exclude={"cursor", "limit"}, exclude_defaults=True, mode="json")
    request = k.ListItems(
        cursor=visit.cursor_in(query.cursor, **filters),
        limit=query.limit,
        text=query.text,
        item_type=query.item_type,
        served_object=query.served_object,
        include_withdrawn=query.include_withdrawn,
    )
    page = await actions.items(visit.gateway, visit.visitor, request)
    return visit.page(
        {"items": [item.model_dump() for item in page.items]}, page.next_cursor, query.limit, **filters
    )


@room.get(
    "/catalogue/search",
    who=ANYBODY,
    zh="按文字、拼音、首字母或者日常说法查找事项，最相符的在前",
    en="Items by words, pinyin, first letters or everyday words, the best first",
    query=SearchQuery,
    reply=k.ItemMatches,
)
async def search_items(visit: Visit) -> Answer:
    query = visit.query(SearchQuery)
    return Answer(await actions.search(visit.gateway, visit.visitor, query.text, query.limit))


@room.get(
    "/catalogue/items/{code}",
    who=ANYBODY,
    zh="事项全部要素",
    en="One item with all its elements",
    query=VersionQuery,
    reply=k.ItemView,
    problems=("not_found",),
)
async def get_item(visit: Visit) -> Answer:
    return Answer(
        await actions.item(
            visit.gateway, visit.visitor, visit.text("code"), visit.query(VersionQuery).version
        )
    )


@room.get(
    "/catalogue/items/{code}/guide",
    who=ANYBODY,
    zh="办事指南",
    en="The guide for applicants",
    reply=k.GuideView,
    problems=("not_found",),
)
async def get_guide(visit: Visit) -> Answer:
    return Answer(await actions.guide(visit.gateway, visit.visitor, visit.text("code")))


@room.post(
    "/cases/lookup",
    who=ANYBODY,
    zh="凭办件编号和查询码查询办件",
    en="A case by its number and the code on its voucher",
    body=Lookup,
    reply=c.CaseView,
    tagged=True,
    problems=("not_found", "too_many_attempts"),
    example=examples.LOOKUP,
)
async def look_up_case(visit: Visit) -> Answer:
    form = visit.body(Lookup)
    found = await actions.look_up(visit.gateway, visit.visitor, form, visit.address, explain=form.explain)
    return Answer(found, version=found.version)


@room.post(
    "/cases/lookup/document",
    who=ANYBODY,
    zh="凭查询码查看文书",
    en="A document of a case, by number and code",
    body=DocumentLookup,
    reply=c.DocumentView,
    problems=("not_found", "too_many_attempts"),
    example=examples.DOCUMENT_LOOKUP,
)
async def look_up_document(visit: Visit) -> Answer:
    form = visit.body(DocumentLookup)
    found = await actions.look_up_document(
        visit.gateway, visit.visitor, form, form.document_id, visit.address
    )
    return Answer(found)


@room.post(
    "/cases/lookup/uploads",
    who=ANYBODY,
    zh="凭查询码上传补充材料（请求头 X-Case-No、X-Access-Code）",
    en="A file for a case, by number and code (headers X-Case-No and X-Access-Code)",
    reply=UploadView,
    raw_body=UPLOAD_MEDIA_TYPES,
    status=201,
    idempotent=True,
    problems=("not_found", "too_many_attempts", "file_too_large", "file_type_refused", "file_empty"),
)
async def upload_by_code(visit: Visit) -> Answer:
    code = CaseCode(case_no=visit.header("x-case-no") or "", access_code=visit.header("x-access-code") or "")
    content, name = await read_upload(visit)
    view = await actions.upload_by_code(
        visit.gateway, visit.visitor, code, content, name, visit.address, visit.command
    )
    return Answer(view)


@room.post(
    "/cases/lookup/materials",
    who=ANYBODY,
    zh="凭查询码补充材料",
    en="Supply papers for a case, by number and code",
    body=SupplyByCode,
    reply=c.CaseReceipt,
    idempotent=True,
    conditional=True,
    tagged=True,
    problems=("not_found", "too_many_attempts", "upload_unknown"),
    example=examples.SUPPLY_BY_CODE,
)
async def supply_by_code(visit: Visit) -> Answer:
    receipt = await actions.supply_by_code(
        visit.gateway,
        visit.visitor,
        visit.body(SupplyByCode),
        visit.expected_version,
        visit.address,
        visit.command,
    )
    return Answer(receipt, version=receipt.version)


@room.get(
    "/audit/checkpoint",
    who=ANYBODY,
    zh="审计账的签名检查点",
    en="A signed checkpoint of the audit log",
    query=TreeQuery,
    reply=a.CheckpointView,
    problems=("not_found",),
)
async def get_checkpoint(visit: Visit) -> Answer:
    return Answer(await actions.checkpoint(visit.gateway, visit.visitor, visit.query(TreeQuery).tree_size))


@room.get(
    "/audit/proofs/{event_id}",
    who=ANYBODY,
    zh="一条事件的存证证明，可离线验证",
    en="The proof that an event is in the audit log, verifiable off-line",
    query=TreeQuery,
    reply=a.InclusionProof,
    problems=("not_found",),
)
async def get_proof(visit: Visit) -> Answer:
    tree_size = visit.query(TreeQuery).tree_size
    return Answer(await actions.proof(visit.gateway, visit.visitor, visit.uuid("event_id"), tree_size))


@room.get(
    "/audit/consistency",
    who=ANYBODY,
    zh="两个检查点之间的一致性证明",
    en="The proof that one checkpoint is the beginning of another",
    query=ConsistencyQuery,
    reply=a.ConsistencyProof,
    problems=("not_found",),
)
async def get_consistency(visit: Visit) -> Answer:
    query = visit.query(ConsistencyQuery)
    return Answer(await actions.consistency(visit.gateway, visit.visitor, query.from_size, query.to_size))


@room.get(
    "/audit/witnessed-checkpoints",
    who=ANYBODY,
    zh="本网关留存的检查点（见证）",
    en="The checkpoints that the gateway keeps as a witness",
    query=PageQuery,
    reply=CheckpointList,
)
async def list_witnessed_checkpoints(visit: Visit) -> Answer:
    return Answer(await checkpoints(visit.gateway, visit.query(PageQuery).limit))


add_verification(room)
