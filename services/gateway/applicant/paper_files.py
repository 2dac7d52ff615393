"""The files of one paper in a draft: one of any kind, or several photos, which become one PDF when the page is left."""

from collections.abc import Sequence
from uuid import UUID

from starlette.datastructures import FormData, UploadFile

from services.gateway.applicant.drafts import Draft, DraftPaper, Part
from services.gateway.conditions import command_id_of
from services.gateway.design.language import N_, Words, _
from services.gateway.design.typed import Fault, faults_of, text_of
from services.gateway.gateway import Gateway
from services.gateway.problems import Problem
from services.gateway.supplying import store_file
from services.gateway.uploads import UploadView
from shared.blobs_pictures import MOST_PHOTOS, PHOTOS
from shared.errors import Refused

# What a reader may mind in a photo: said beside it, and a reason to refuse it to nobody.
ADVICE = Words(
    {
        "dark": N_("照片偏暗，可能看不清：建议在亮处重拍。不重拍也可以继续。"),
        "blurred": N_("照片有些模糊，文字可能看不清：建议拿稳手机、对准文字重拍。不重拍也可以继续。"),
        "small": N_("照片很小，放大后可能看不清：建议靠近一些，或者用原图上传。不重拍也可以继续。"),
    }
)


def part_of(view: UploadView) -> Part:
    """What a draft remembers of a stored file."""
    return Part(
        upload_id=view.upload_id,
        file_name=view.file_name,
        media_type=view.media_type,
        size_bytes=view.size_bytes,
        advice=list(view.advice),
    )


async def store(
    gateway: Gateway, owner: str, draft_id: UUID, form: FormData, field: str
) -> tuple[list[Part], list[Fault]]:
    """Store every file of this field; what is wrong with one loses none of the others."""
    stored: list[Part] = []
    faults: list[Fault] = []
    files = [file for file in form.getlist(field) if isinstance(file, UploadFile) and file.filename]
    for file in files:

        async def put(content: bytes, name: str | None, command_id: UUID) -> UUID:
            view = await gateway.uploads.add(owner, content, name, command_id)
            stored.append(part_of(view))
            return view.upload_id

        try:
            await store_file(FormData([(field, file)]), field, put, f"{owner}:{draft_id}")
        except (Problem, Refused) as error:
            faults += [_named(one, field, file, len(files)) for one in faults_of(error, {})]
    return stored, faults


def _named(fault: Fault, field: str, file: UploadFile, count: int) -> Fault:
    if count == 1:
        return Fault(field, fault.zh, fault.en)
    return Fault(field, f"“{file.filename}”：{fault.zh}", f"“{file.filename}”: {fault.en}")


def put_in(draft: Draft, code: str, parts: Sequence[Part], *, add: bool) -> None:
    """Put files into the draft, in the place of those before or behind them; raises `photos_only`."""
    before = draft.papers.get(code)
    earlier = before.files if add and before is not None and before.answer == "upload" else []
    known = {part.upload_id for part in earlier}
    together = [*earlier, *(part for part in parts if part.upload_id not in known)]
    if len(together) > 1 and (
        len(together) > MOST_PHOTOS or any(part.media_type not in PHOTOS for part in together)
    ):
        raise Problem("photos_only")
    draft.papers[code] = _paper(together)
    # The page has to be left once more: what is filled in is what its owner has seen.
    draft.open_again(f"paper-{code}", "tolerance")


def take_out(draft: Draft, code: str, upload_id: UUID) -> None:
    """One file less."""
    before = draft.papers.get(code)
    if before is None:
        return
    left = [part for part in before.files if part.upload_id != upload_id]
    if left:
        draft.papers[code] = _paper(left)
    else:
        del draft.papers[code]
    draft.open_again(f"paper-{code}", "tolerance")


def _paper(parts: Sequence[Part]) -> DraftPaper:
    if len(parts) != 1:
        return DraftPaper(answer="upload", parts=list(parts))
    one = parts[0].model_dump(include={"upload_id", "file_name", "media_type", "size_bytes"})
    return DraftPaper(answer="upload", parts=list(parts), **one)


async def join(gateway: Gateway, owner: str, draft: Draft, code: str, name: str) -> None:
    """Several photos become the one file that is handed in."""
    paper = draft.papers[code]
    if paper.upload_id is not None or len(paper.parts) < 2:
        return
    ids = [part.upload_id for part in paper.parts]
    command = command_id_of(owner, "page.join", f"{draft.id}\n{code}\n{ids}")
    file_name = _("{paper}（{count}张照片）.pdf", paper=name[:80], count=len(ids))
    view = await gateway.uploads.combine(owner, ids, file_name, command)
    joined = part_of(view).model_dump(exclude={"advice"})
    draft.papers[code] = DraftPaper(answer="upload", parts=paper.parts, **joined)


def alone(parts: Sequence[Part]) -> DraftPaper | None:
    """The paper of these files alone, if they can be one."""
    several = len(parts) > 1 and any(part.media_type not in PHOTOS for part in parts)
    return _paper(parts) if parts and not several and len(parts) <= MOST_PHOTOS else None


def wants_more(form: FormData) -> bool:
    """Whether the new files are further pages, or stand in the place of those before."""
    return text_of(form, "add") == "true"
