"""The receipt: number, look-up code and a square code that opens the look-up page with both filled in."""

import re
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

from services.applications import contracts as c
from services.gateway import cases
from services.gateway.design.drawing import qr_code
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.progress import clock_of
from shared.errors import Refused

VOUCHER = "receipt_voucher"
_CODE = re.compile(r"[A-HJKMNP-Z]{8}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant takes home; without a voucher to read the code is not shown."""

    case: c.CaseView
    code: str | None
    voucher: c.DocumentReference | None
    square: Markup | None

    @property
    def answer_due(self) -> c.ClockView | None:
        """By when the organ says whether it accepts."""
        return clock_of(self.case, "intake")


async def receipt_of(gateway: Gateway, visitor: Visitor, case_id: UUID) -> Receipt:
    """The receipt of one's own case, as often as it is asked for."""
    key = cases.CaseKey(case_id)
    case = await cases.view(gateway, visitor, key)
    voucher = next((one for one in case.documents if one.kind == VOUCHER), None)
    code = await _code_of(gateway, visitor, key, voucher) if voucher else None
    return Receipt(case, code, voucher, square_code(gateway, case.case_no, code) if code else None)


async def _code_of(
    gateway: Gateway, visitor: Visitor, key: cases.CaseKey, voucher: c.DocumentReference
) -> str | None:
    """The code as the voucher tells it: it is stored nowhere else in the clear."""
    try:
        document = await cases.document(gateway, visitor, key, voucher.document_id)
    except Refused as refusal:
        if refusal.kind != "unavailable":
            raise
        return None
    fields = [line.text for line in document.lines if line.style == "field"]
    return next((text for text in fields if _CODE.fullmatch(text)), None)


def square_code(gateway: Gateway, case_no: str, code: str) -> Markup:
    """Leads to the look-up page.  The code stands behind the # : it goes to no server and into no log."""
    return qr_code(
        f"{gateway.settings.address}/find?case_no={case_no}#code={code}", scale=4, fills_its_place=True
    )
