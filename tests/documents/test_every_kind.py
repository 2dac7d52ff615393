"""Every kind of document of §4.3 comes out of the press, whole and in its order."""

import pypdfium2
import pytest

from services.documents.presses import Press
from tests.documents.examples import WITH_TEXT, lines_of, paper_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


def without_breaks(text: str) -> str:
    """The text without what setting it changes: line ends, spaces and page numbers."""
    return "".join(text.split())


async def test_every_kind_of_document_is_printed_with_every_word_of_it(press: Press) -> None:
    printed = set()
    for kind in WITH_TEXT:
        made = await press.print(paper_of(kind))
        pdf = pypdfium2.PdfDocument(made.pdf)
        text = without_breaks("".join(page.get_textpage().get_text_range() for page in pdf))
        for line in lines_of(kind):
            # A line that runs over to the next page has the page number and the check in between.
            words = without_breaks(line.text)
            assert words in text or all(part in text for part in (words[:12], words[-12:])), (kind, line)
        printed.add(kind)
    assert printed >= {
        "receipt_voucher",
        "undertaking",
        "acceptance_notice",
        "decision_refuse",
        "delivery_receipt",
    }


@pytest.mark.parametrize("kind", ["undertaking", "acceptance_notice"])
async def test_only_the_papers_of_the_organ_have_its_red_head(press: Press, kind: str) -> None:
    page = pypdfium2.PdfDocument((await press.print(paper_of(kind))).pdf)[0].render(scale=1).to_pil()
    red = sum(
        count for count, (r, g, b) in page.convert("RGB").getcolors(1 << 24) if r > 180 and g < 60 and b < 90
    )
    assert (red > 500) == (kind == "acceptance_notice")
