"""One document set and written as a PDF/UA file: the only module that knows the layout engine."""

import base64
import io
import logging
from dataclasses import dataclass

import segno
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from services.documents.domain.errors import character_missing, layout_failed
from services.documents.domain.form import Paper, html_of
from services.documents.press.faces import Faces

_ENGINE_LOG = logging.getLogger("weasyprint")


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF that is not signed yet."""

    pdf: bytes
    pages: int


class _Complaints(logging.Handler):
    """What the engine says while it works: a glyph that is missing after all must fail the document."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


class Layout:
    """Sets documents in the configured faces."""

    def __init__(self, faces: Faces) -> None:
        self._faces = faces
        self._fonts = FontConfiguration()

    def print(self, paper: Paper) -> Printed:
        """The PDF; raises `CannotBePrinted` when a character has no glyph or the engine could not lay it out."""
        missing = self._faces.missing(paper)
        if missing is not None:
            raise character_missing(missing.code_point, missing.place)
        complaints = _Complaints()
        _ENGINE_LOG.addHandler(complaints)
        try:
            printed = self._lay_out(paper)
        finally:
            _ENGINE_LOG.removeHandler(complaints)
        _refuse_empty_boxes(complaints.said)
        return printed

    def _lay_out(self, paper: Paper) -> Printed:
        html = html_of(paper, self._faces.families, _qr_code(paper.verify_url))
        document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",))).render(
            font_config=self._fonts, pdf_variant="pdf/ua-1"
        )
        return Printed(document.write_pdf(pdf_variant="pdf/ua-1"), len(document.pages))


def _refuse_empty_boxes(said: list[str]) -> None:
    # The words of the engine's warning; the test of a face that lies about its characters would miss them.
    if any(".notdef" in line for line in said):
        raise layout_failed("the engine found a character without a glyph")


def _qr_code(url: str) -> str:
    """The address as a QR code of vectors, with its quiet zone, as a data address."""
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False, svgns=True)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.getvalue()).decode()}"
