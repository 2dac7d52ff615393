"""Pictures drawn on the server; each has a table twin and one sentence that says what it shows."""

from services.gateway.design.drawing.month_sheet import month_sheet
from services.gateway.design.drawing.qr_code import qr_code
from services.gateway.design.drawing.ribbon import ribbon
from services.gateway.design.drawing.train_line import train_line

PICTURES = {"train_line": train_line, "month_sheet": month_sheet, "ribbon": ribbon}

__all__ = ["PICTURES", "month_sheet", "qr_code", "ribbon", "train_line"]
