"""The session ended while somebody was typing: the answer is put aside, sealed, and shown again to the draft's owner.

A page of a draft carries a ticket that says whose it is. It outlives the session and allows this one thing alone:
nothing is answered with it, nothing is shown for it.
"""

from uuid import UUID

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.gateway.applicant import applying, drafts, paper_files
from services.gateway.applicant.drafts import Kept
from services.gateway.design.language import _
from services.gateway.design.render import page
from services.gateway.design.typed import values_of
from services.gateway.limits import unproven_form
from services.gateway.problems import Problem
from services.gateway.visits import gateway_of

# The longest thing that a page holds is a drawn signature.
MOST_LETTERS = 50_000


def owner_of_page(request: Request, draft_id: UUID, step: str) -> str | None:
    """Whose page was sent, by its ticket; nobody's without one of ours."""
    try:
        return drafts.owner_of(gateway_of(request), request.query_params.get("ticket", ""), draft_id, step)
    except Problem:
        return None


async def signed_out(request: Request, owner: str, draft_id: UUID, step: str) -> Response:
    """Keep what was sent, and say how to go on."""
    form = await unproven_form(request)
    await keep(request, owner, draft_id, step, form)
    return await page(
        request,
        "applicant/kept.html",
        title=_("登录已过期"),
        status=401,
        back_place=back_to(request, draft_id, step),
    )


async def keep(request: Request, owner: str, draft_id: UUID, step: str, form: FormData) -> None:
    """Put the answer aside; a file that cannot be taken is asked for again."""
    gateway, paper = gateway_of(request), None
    if step.startswith(applying.PAPER):
        parts, _faults = await paper_files.store(gateway, owner, draft_id, form, f"file-{step}")
        paper = paper_files.alone(parts)
    values = {name: text for name, text in values_of(form).items() if len(text) <= MOST_LETTERS}
    await drafts.keep(gateway, owner, draft_id, step, Kept(values=values, paper=paper))


def back_to(request: Request, draft_id: UUID, step: str) -> str:
    """The page itself, and from there to where it would have gone."""
    returns = "?return=check" if request.query_params.get("return") == "check" else ""
    return f"/drafts/{draft_id}/{step}{returns}"
