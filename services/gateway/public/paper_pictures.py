"""What each kind of paper looks like, drawn in a few strokes (`papers/`): people who read little recognise it by that."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup

from services.catalogue.contracts import PaperPicture
from services.gateway.design.language import N_, Words

_FOLDER = Path(__file__).parent / "papers"
# The word under each drawing.
KINDS: Mapping[str, str] = Words(
    {
        PaperPicture.PAPER: N_("证明文件"),
        PaperPicture.FORM: N_("表格"),
        PaperPicture.PLAN: N_("图纸"),
        PaperPicture.CERTIFICATE: N_("证照"),
        PaperPicture.CONTRACT: N_("合同"),
        PaperPicture.PHOTO: N_("照片"),
        PaperPicture.REPORT: N_("报告"),
        PaperPicture.LETTER: N_("说明书信"),
        PaperPicture.TABLE: N_("数据表"),
        PaperPicture.IDENTITY: N_("身份证件"),
        PaperPicture.FILES: N_("电子文件"),
        PaperPicture.APPROVAL: N_("批文"),
    }
)


@cache
def _shapes(picture: PaperPicture) -> Markup:
    """What the drawing is made of, without its own <svg>; the style sheet gives it its colours."""
    drawn = (_FOLDER / f"{picture}.svg").read_text(encoding="utf-8")
    inside = drawn.partition(">")[2].rpartition("</svg>")[0]
    return Markup(" ".join(inside.split()))  # noqa: S704  # our own files


def paper_picture(picture: PaperPicture) -> Markup:
    """The drawing with its word."""
    return Markup(
        '<span class="sketch"><svg viewBox="0 0 64 80" aria-hidden="true" focusable="false">{}</svg><span>{}</span></span>'
    ).format(_shapes(picture), KINDS[picture])
