"""Correcting and supplying on a page: only the papers that are asked for, each with its own file field.

The same page serves the signed-in applicant, whoever holds the case's code, and the clerk at the counter.
"""

import hashlib
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from services.applications import contracts as c
from services.gateway.conditions import command_id_of
from services.gateway.design.language import _
from services.gateway.design.render import page, see
from services.gateway.design.typed import Fault, faults_of, number_of, text_of
from services.gateway.forms import CaseCode, SupplyByCode
from services.gateway.problems import Problem
from services.gateway.progress import status_of
from services.gateway.uploads import Paper
from services.gateway.visits import current_visitor
from shared.blobs import MAX_BYTES
from shared.errors import Refused

ASKED_FOR = frozenset({"missing", "tolerated", "defective"})
Put = Callable[[bytes, str | None, UUID], Awaitable[UUID]]


@dataclass(frozen=True, slots=True)
class Given:
    """What was handed in on the page, and the version of the case that it answers."""

    papers: tuple[Paper, ...]
    version: int
    command_id: UUID


Send = Callable[[Given], Awaitable[c.CaseReceipt]]


def asked_for(case: c.CaseView) -> list[c.MaterialView]:
    """The papers that the applicant has to hand in now."""
    return [paper for paper in case.check.materials if paper.status in ASKED_FOR]


def by_code(code: CaseCode, given: Given) -> SupplyByCode:
    """The papers with the code that opens the case."""
    return SupplyByCode(case_no=code.case_no, access_code=code.access_code, materials=given.papers)


async def form_page(
    request: Request,
    case: c.CaseView,
    *,
    back: str,
    faults: list[Fault] | None = None,
    kept: Mapping[str, UUID] | None = None,
) -> Response:
    """The page; `kept` are the files that have arrived though others have not."""
    correcting = case.state == "CORRECTION_NOTICED"
    return await page(
        request,
        "applicant/supply.html",
        title=_("补正材料") if correcting else _("补交材料"),
        status=422 if faults else 200,
        faults=faults or [],
        case=case,
        now=status_of(case),
        papers=asked_for(case),
        correcting=correcting,
        kept=dict(kept or {}),
        back=back,
    )


async def take(
    request: Request, case: c.CaseView, form: FormData, put: Put, send: Send, *, back: str, after: str
) -> Response:
    """Store the files, hand them in, and go on to the case; a failed file never loses the others."""
    visitor = await current_visitor(request)
    key = text_of(form, "key") or "none"
    kept, faults = await _files(form, case, put, f"{visitor.actor.id}:{key}")
    if not kept and not faults:
        first = asked_for(case)[:1]
        name = f"paper.{first[0].code}" if first else ""
        faults = [Fault(name, "请至少选择一份材料", "Choose at least one file.")]
    if faults:
        return await form_page(request, case, back=back, faults=faults, kept=kept)
    papers = tuple(Paper(code=code, upload_id=upload_id) for code, upload_id in kept.items())
    version = number_of(form, "version") or case.version
    given = Given(papers, version, command_id_of(visitor.actor.id, "page.supply", key))
    try:
        await send(given)
    except (Problem, Refused) as error:
        return await form_page(request, case, back=back, faults=faults_of(error, {}), kept=kept)
    return see(f"{after}?supplied=1")


async def _files(
    form: FormData, case: c.CaseView, put: Put, scope: str
) -> tuple[dict[str, UUID], list[Fault]]:
    kept: dict[str, UUID] = {}
    faults: list[Fault] = []
    for paper in asked_for(case):
        name = f"paper.{paper.code}"
        if (before := id_of(text_of(form, f"kept.{paper.code}"))) is not None:
            kept[paper.code] = before
        try:
            if (stored := await store_file(form, name, put, scope)) is not None:
                kept[paper.code] = stored
        except (Problem, Refused) as error:
            faults += [
                Fault(name, f"{paper.name}：{one.zh}", f"{paper.name_en or paper.name}: {one.en}")
                for one in faults_of(error, {})
            ]
    return kept, faults


def id_of(text: str) -> UUID | None:
    """An id as our own pages write it; anything else is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


async def store_file(form: FormData, name: str, put: Put, scope: str) -> UUID | None:
    """Store the file of this field; nothing when none was chosen. Sent twice, the file is stored once."""
    file = form.get(name)
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    content = await file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Problem("file_too_large")
    digest = hashlib.sha256(content).hexdigest()
    return await put(
        content, clean_name(file.filename), command_id_of(scope, "page.upload", f"{name}:{digest}")
    )


def clean_name(name: str) -> str | None:
    """A file's name to show: without path, control or format characters, and not endless."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return (
        "".join(sign for sign in last if not unicodedata.category(sign).startswith("C")).strip()[-120:]
        or None
    )
