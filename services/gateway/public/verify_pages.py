"""The page behind the QR code of a document."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.documents import contracts as d
from services.gateway.design.language import _
from services.gateway.design.render import page
from services.gateway.design.typed import Fault
from services.gateway.identity import throttle
from services.gateway.limits import form_with_files
from services.gateway.public import verify
from services.gateway.visits import current_visitor, gateway_of

router = APIRouter()


@router.get("/verify/{document_id}")
async def verify_document(request: Request, document_id: UUID) -> Response:
    return await _shown(request, document_id)


@router.post("/verify/{document_id}")
async def compare_file(request: Request, document_id: UUID) -> Response:
    form = await form_with_files(request)
    try:
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
    finally:
        await form.close()
    if not content:
        missing = Fault("file", "请选择要比对的 PDF 文件", "Please choose the PDF to compare.")
        return await _shown(request, document_id, status=422, faults=[missing])
    gateway, visitor = gateway_of(request), await current_visitor(request)
    address = throttle.address_of(request.scope)
    found = await verify.compare(gateway, visitor, document_id, verify.digest_of(content), address)
    return await _shown(request, document_id, compared=found)


async def _shown(
    request: Request,
    document_id: UUID,
    *,
    status: int = 200,
    faults: list[Fault] | None = None,
    compared: d.Comparison | None = None,
) -> Response:
    gateway, visitor = gateway_of(request), await current_visitor(request)
    found = await verify.verify(gateway, visitor, document_id, throttle.address_of(request.scope))
    return await page(
        request,
        "public/verify.html",
        title=_("文书核验"),
        status=status,
        faults=faults or [],
        document=found,
        compared=compared,
    )
