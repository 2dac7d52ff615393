"""The pages on the phone: take photos of one paper for a draft that lies open elsewhere, without signing in.

Neither the applicant nor anything else of the draft is named here: whoever looks over the shoulder sees a paper's name.
"""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from services.gateway.applicant import phone_uploads
from services.gateway.applicant.paper_files import ADVICE
from services.gateway.applicant.phone_uploads import Link
from services.gateway.design.language import _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of
from services.gateway.identity.sessions import digest_of
from services.gateway.limits import MANY_FILES_BYTES, form_with_files
from services.gateway.problems import Problem
from services.gateway.public import actions as public
from services.gateway.supplying import clean_name
from services.gateway.thumbnails import thumbnail
from services.gateway.visits import checked_form, csrf_token, current_visitor, gateway_of
from shared.blobs import MAX_BYTES
from shared.errors import Refused

router = APIRouter()
# Taken now, or chosen among those already on the phone.
FIELDS = ("photo", "album")


async def _device(request: Request) -> bytes:
    """This browser, by what its cookie holds."""
    return digest_of(await csrf_token(request))


@router.get("/phone/{token}")
async def show(request: Request, token: str) -> Response:
    return await _shown(request, await phone_uploads.by_token(gateway_of(request), token))


async def _shown(request: Request, link: Link, faults: list[Fault] | None = None) -> Response:
    gateway = gateway_of(request)
    draft = await phone_uploads.draft_of(gateway, link)
    guide = await public.guide(gateway, await current_visitor(request), draft.item_code)
    own = await phone_uploads.belongs_to(gateway, link, await _device(request))
    if not own:
        raise Problem("phone_link_ended")
    return await page(
        request,
        "applicant/phone_take.html",
        title=_("拍照上传"),
        status=422 if faults else 200,
        faults=faults or [],
        item=guide.name,
        paper=next((one.name for one in guide.materials if one.code == link.material_code), guide.name),
        link=link,
        photos=await phone_uploads.photos(gateway, link),
        advice=ADVICE,
        place=f"/phone/{link.token}",
    )


@router.post("/phone/{token}")
async def take(request: Request, token: str) -> Response:
    form = await form_with_files(request, MANY_FILES_BYTES)
    gateway = gateway_of(request)
    link = await phone_uploads.by_token(gateway, token)
    if link.finished:
        raise Problem("phone_link_ended")
    faults = await _take(request, link, form)
    return await _shown(request, link, faults) if faults else see(f"/phone/{token}")


async def _take(request: Request, link: Link, form: FormData) -> list[Fault]:
    """Every photo that was sent; what is wrong with one loses none of the others."""
    device, faults, count = await _device(request), [], 0
    for field in FIELDS:
        for file in form.getlist(field):
            if not isinstance(file, UploadFile) or not file.filename:
                continue
            count += 1
            try:
                await _take_one(request, link, device, file)
            except (Problem, Refused) as error:
                if isinstance(error, Problem) and error.code == "phone_link_ended":
                    raise
                faults += [Fault(field, one.zh, one.en) for one in faults_of(error, {})]
    if not count:
        return [Fault("photo", "请先拍照，或者从相册选择照片", "Take a photo first, or choose one.")]
    return faults


async def _take_one(request: Request, link: Link, device: bytes, file: UploadFile) -> None:
    content = await file.read(MAX_BYTES + 1)
    await phone_uploads.take(gateway_of(request), link, device, content, clean_name(file.filename or ""))


@router.post("/phone/{token}/finish")
async def finish(request: Request, token: str) -> Response:
    """These are all: the computer goes on."""
    await checked_form(request)
    link = await phone_uploads.by_token(gateway_of(request), token)
    await phone_uploads.finish(gateway_of(request), link, await _device(request))
    return see(f"/phone/{token}")


@router.get("/phone/{token}/photos/{upload_id}")
async def photo(request: Request, token: str, upload_id: UUID) -> Response:
    """A photo that this phone has sent, small."""
    gateway = gateway_of(request)
    link = await phone_uploads.by_token(gateway, token)
    if not await phone_uploads.belongs_to(gateway, link, await _device(request)):
        raise Problem("not_found")
    for view in await phone_uploads.photos(gateway, link):
        if view.upload_id == upload_id:
            return await thumbnail(gateway, view.digest, view.media_type)
    raise Problem("not_found")
