"""The style guide: every component in every state on one page, for staff; browser tests look here first."""

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway.design import samples
from services.gateway.design.language import _
from services.gateway.design.render import STAFF, page
from services.gateway.design.typed import Fault
from services.gateway.visits import visitor_with
from shared.time import today

router = APIRouter()
DENSITIES = ("desk", "public", "elder")
FAULTS = (
    Fault(
        "sg.faulty", "手机号码：应为 11 位数字，以 1 开头。", "Mobile number: 11 digits, the first of them 1."
    ),
    Fault("sg.radio", "请选择一项", "Please choose one."),
    Fault("sg.file", "总平面图：文件超过 20 MB", "General plan: the file is larger than 20 MB."),
)


@router.get("/styleguide")
async def styleguide(request: Request) -> Response:
    await visitor_with(request, *STAFF)
    asked = request.query_params.get("density", "")
    look = asked if asked in DENSITIES else "desk"
    return await page(
        request,
        "styleguide.html",
        title=_("样式指南"),
        room="styleguide",
        look=look,
        density="desk" if look == "desk" else "public",
        elder=look == "elder",
        faults=FAULTS if request.query_params.get("faulty") == "1" else (),
        values={"sg.faulty": "12345", "sg.select": "b", "sg.check": "true"},
        states=samples.case_states(),
        papers=samples.papers(),
        picture=samples.PICTURE,
        statuses=samples.statuses(),
        lines=samples.train_lines(),
        clock=samples.clock(),
        running=samples.running(),
        days=[today() + timedelta(days=days) for days in (-3, 0, 1, 30)],
        document=samples.document(),
    )
