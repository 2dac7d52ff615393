"""The press: the page form, every character or none, and a press that dies or hangs costs nobody else anything."""

import asyncio
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from services.documents.domain.errors import CannotBePrinted
from services.documents.presses import Press, PressCannotStart, PressFailed, Print
from services.documents.workshop import paper_of
from tests.documents.conftest import URL, a_document, press_options

ROOT = Path(__file__).resolve().parents[2]
MILLIMETRE = 72 / 25.4
pytestmark = pytest.mark.asyncio(loop_scope="module")
SENTENCE = "您提交的申请材料齐全、符合法定形式，本机关自2026年9月18日起予以受理。"


async def printed(press: Press, *texts: str, **changes: Any) -> Print:
    return await press.print(paper_of(a_document(*texts, **changes), URL))


def text_of(pdf: bytes, page: int) -> str:
    text: str = pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range()
    return text.replace("\r\n", "\n")


async def test_a_document_is_an_a4_page_with_number_text_date_and_page_number(press: Press) -> None:
    made = await printed(press)
    pdf = pypdfium2.PdfDocument(made.pdf)
    width, height = pdf[0].get_size()
    assert (round(width / MILLIMETRE), round(height / MILLIMETRE)) == (210, 297)
    text = text_of(made.pdf, 0)
    for words in (
        "亳州市国防动员办公室",
        "亳人防许受〔2026〕12号",
        "受理通知书",
        "李雷",
        "2026年9月18日",
        "— 1 —",
        URL,
    ):
        assert words in text.replace("\n", ""), words


async def test_a_full_line_holds_28_characters_and_a_full_page_22_lines(press: Press) -> None:
    made = await printed(press, "国" * 28 * 30, kind="undertaking")
    lines = [line for line in text_of(made.pdf, 1).split("\n") if line and set(line) == {"国"}]
    assert [len(line) for line in lines[:5]] == [28] * 5
    whole = await printed(press, "国" * 28 * 80)
    full_page = [line for line in text_of(whole.pdf, 1).split("\n") if line and set(line) == {"国"}]
    assert len(full_page) == 22


async def test_the_file_is_tagged_and_says_its_language_and_title(press: Press) -> None:
    reader = PdfFileReader(io.BytesIO((await printed(press)).pdf))
    assert reader.root["/MarkInfo"]["/Marked"]
    assert reader.root["/Lang"] == "zh-CN"
    assert reader.root["/StructTreeRoot"] is not None
    assert reader.root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.trailer["/Info"]["/Title"] == "受理通知书 亳人防许受〔2026〕12号"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.root["/Metadata"].data.replace(b" ", b"") or (
        b'pdfuaid:part="1"' in reader.root["/Metadata"].data
    )


async def test_the_same_document_printed_twice_is_the_same_but_for_its_identifiers(press: Press) -> None:
    document = a_document()
    first, second = [await press.print(paper_of(document, URL)) for _ in range(2)]
    assert text_of(first.pdf, 0) == text_of(second.pdf, 0)
    assert abs(len(first.pdf) - len(second.pdf)) < 100


async def test_the_seal_never_stands_alone_on_a_page(press: Press) -> None:
    pages = set()
    for texts in range(1, 26):
        made = await printed(press, *["一二三四五六七八九十" * 3] * texts)
        last = text_of(made.pdf, made.pages - 1)
        assert "亳州市国防动员办公室" in last
        assert "一二三" in last or "申请人" in last
        pages.add(made.pages)
    assert len(pages) > 2


async def test_rare_characters_of_a_name_fall_through_to_a_font_that_has_them(press: Press) -> None:
    made = await printed(press, name="李喆𠀀㛃")
    assert "李喆𠀀㛃" in text_of(made.pdf, 0)


@pytest.mark.parametrize(
    ("character", "code_point"), [("\U000e0101", "U+E0101"), ("\ue000", "U+E000"), ("𖹀", "U+16E40")]
)
async def test_a_character_without_a_glyph_stops_the_document_with_its_code_point(
    press: Press, character: str, code_point: str
) -> None:
    with pytest.raises(CannotBePrinted) as caught:
        await printed(press, name=f"李{character}")
    assert caught.value.code == "glyph_missing"
    assert code_point in caught.value.zh
    assert code_point in caught.value.en
    assert "李" not in caught.value.zh
    # The press goes on with the next one.
    assert (await printed(press)).pages == 1


async def test_a_press_that_is_killed_costs_its_own_document_only(press: Press) -> None:
    await press.start()
    assert press.pid is not None
    working = asyncio.create_task(printed(press, SENTENCE * 400))
    await asyncio.sleep(0.3)
    os.kill(press.pid, signal.SIGKILL)
    with pytest.raises(PressFailed):
        await working
    assert (await printed(press)).pages == 1


async def test_a_document_that_takes_too_long_ends_the_press_and_the_loop_goes_on() -> None:
    press = Press(press_options(seconds=0.4))
    try:
        await press.start()
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.02)
                ticks += 1

        ticking = asyncio.create_task(tick())
        with pytest.raises(PressFailed):
            await printed(press, SENTENCE * 2000)
        ticking.cancel()
        assert ticks > 8
        assert press.pid is None
    finally:
        await press.stop()


async def test_a_document_that_takes_too_much_memory_ends_the_press_and_nothing_else(press: Press) -> None:
    # Too little for the fonts of a document.
    narrow = Press(press_options(memory_mib=200))
    try:
        with pytest.raises((PressFailed, PressCannotStart)):
            await printed(narrow)
        assert narrow.pid is None
        assert (await printed(press)).pages == 1
    finally:
        await narrow.stop()


@pytest.mark.parametrize(
    "face", ["/nowhere/song.ttf", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc#No Such Family"]
)
async def test_a_font_that_is_not_there_is_named_at_the_start(face: str) -> None:
    press = Press(press_options(faces={**press_options().faces, "title": face}))
    try:
        with pytest.raises(PressCannotStart, match=face.rpartition("#")[0] or face):
            await press.start()
    finally:
        await press.stop()


async def test_no_secret_of_the_service_reaches_the_press(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGBAN_DATABASE_URL", "postgresql://user:password@host/name")
    await press.start()
    with open(f"/proc/{press.pid}/environ", "rb") as environment:
        assert b"TONGBAN" not in environment.read()


async def test_what_looks_like_markup_in_a_text_is_printed_as_it_stands(press: Press) -> None:
    text = '<b>&amp;</b> <img src="file:///etc/passwd"> </p><style>p { display: none }</style>'
    made = await printed(press, text, name="<i>李</i>")
    whole = text_of(made.pdf, 0).replace("\n", "")
    assert '<imgsrc="file:///etc/passwd">' in whole.replace(" ", "")
    assert "<i>李</i>" in whole


async def test_a_complaint_of_the_engine_about_a_glyph_fails_the_document(tmp_path: Path) -> None:
    """A face that claims more characters than it has: in a process of its own, as the engine reads fonts once."""
    program = """
import os, sys
from dataclasses import replace
from pathlib import Path
from services.documents.domain.errors import CannotBePrinted
from services.documents.press.faces import Faces
from services.documents.workshop import paper_of
from tests.documents.conftest import URL, a_document, press_options
options = press_options()
faces = Faces.open(options.faces, options.more_faces)
os.environ["FONTCONFIG_FILE"] = str(faces.write_configuration(Path(sys.argv[1])))
from services.documents.press.layout import Layout
lying = {role: replace(face, characters=frozenset(range(0x110000))) for role, face in faces.roles.items()}
try:
    Layout(Faces(lying, faces.more)).print(paper_of(a_document(name="李\\ue000"), URL))
except CannotBePrinted as fault:
    print(fault.code)
"""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "layout_failed"
