"""Photos and PDFs of strangers: put upright, made small and joined by a program that may die without harm."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageFilter

from deploy.demo.papers import pdf
from shared import blobs_pictures
from shared.blobs import DOCX, JPEG, PDF, PNG, BlobRefused
from shared.blobs_pictures import Pictures

SIDEWAYS = 6


def written(width: int = 900, height: int = 1200) -> Image.Image:
    """A sheet with rows of dark signs."""
    sheet = Image.new("RGB", (width, height), (250, 250, 245))
    pen = ImageDraw.Draw(sheet)
    for y in range(60, height - 60, 40):
        for x in range(60, width - 60, 22):
            pen.rectangle((x, y, x + 10, y + 18), fill=(20, 20, 20))
    return sheet


def saved(picture: Image.Image, kind: str = "JPEG", **more: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **more)
    return content.getvalue()


def telling(orientation: int) -> bytes:
    """What a camera writes: its maker, its place, how it was held."""
    words = Image.Exif()
    words[0x0112], words[0x010F] = orientation, "Spy Camera"
    words.get_ifd(0x8825)[1] = "N"
    return words.tobytes()


def huge() -> bytes:
    """Sixty thousand by sixty thousand pixels in a few bytes."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


def moving() -> bytes:
    return saved(written(), "PNG", save_all=True, append_images=[Image.new("RGB", (900, 1200), "red")])


@pytest.fixture
def pictures() -> Pictures:
    return Pictures()


async def test_a_photo_held_sideways_is_put_upright_and_tells_nothing(pictures: Pictures) -> None:
    straight = await pictures.straighten(saved(written(), exif=telling(SIDEWAYS)))
    shown = Image.open(io.BytesIO(straight.content))
    assert shown.size == (1200, 900)
    assert len(shown.getexif()) == 0
    assert b"Spy" not in straight.content


async def test_a_straight_photo_keeps_every_pixel_and_loses_its_words(pictures: Pictures) -> None:
    plain = saved(written())
    told = saved(written(), exif=telling(1), comment=b"somebody's name")
    straight = await pictures.straighten(told + b"a film hung on behind the end")
    assert straight.content == plain
    assert straight.advice == ()


async def test_words_in_a_png_go_too(pictures: Pictures) -> None:
    words = Image.Exif()
    words[0x010F] = "Spy Camera"
    straight = await pictures.straighten(saved(written(), "PNG", exif=words.tobytes()))
    assert b"Spy" not in straight.content
    assert Image.open(io.BytesIO(straight.content)).size == (900, 1200)


@pytest.mark.parametrize(
    ("photo", "advice"),
    [
        (lambda: written().point(lambda light: light // 6), ("dark",)),
        (lambda: written().filter(ImageFilter.GaussianBlur(9)), ("blurred",)),
        (lambda: written(300, 400), ("small",)),
    ],
)
async def test_what_a_reader_may_mind_is_said_and_refused_to_nobody(
    photo: Callable[[], Image.Image], advice: tuple[str, ...], pictures: Pictures
) -> None:
    assert (await pictures.straighten(saved(photo()))).advice == advice


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (lambda: saved(written())[:4000], "image_broken"),
        (lambda: b"\xff\xd8\xff\xe0 not a photo", "image_broken"),
        (huge, "image_too_many_pixels"),
        (moving, "image_animated"),
    ],
)
async def test_a_photo_that_is_not_taken_says_why(
    photo: Callable[[], bytes], code: str, pictures: Pictures
) -> None:
    with pytest.raises(BlobRefused) as refused:
        await pictures.straighten(photo())
    assert refused.value.code == code
    assert refused.value.zh
    assert refused.value.en


async def test_a_reader_that_takes_too_long_is_ended(
    pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs_pictures, "_SECONDS", 0.001)
    with pytest.raises(BlobRefused) as refused:
        await pictures.straighten(saved(written()))
    assert refused.value.code == "image_unreadable"


async def test_a_reader_that_talks_without_end_is_not_believed(
    pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs_pictures, "_MOST_SAID", 1000)
    with pytest.raises(BlobRefused) as refused:
        await pictures.straighten(saved(written()))
    assert refused.value.code == "image_unreadable"


async def test_thumbnails_are_small_pictures_of_photos_and_first_pages(pictures: Pictures) -> None:
    for content, kind in ((saved(written()), JPEG), (saved(written(), "PNG"), PNG), (pdf(["材料"]), PDF)):
        drawn = await pictures.thumbnail(content, kind)
        assert drawn is not None
        assert max(Image.open(io.BytesIO(drawn)).size) == 320
    assert await pictures.thumbnail(b"%PDF-1.7\n", PDF) is None
    assert await pictures.thumbnail(b"PK", DOCX) is None


async def test_photos_become_one_pdf_with_a_page_each(pictures: Pictures) -> None:
    joined = await pictures.combine([saved(written()), saved(written(1200, 900), "PNG")])
    assert joined.startswith(b"%PDF-")
    assert joined.count(b"/Type /Page\n") == 2


async def test_a_pdf_that_nobody_can_open_without_its_password_is_refused(pictures: Pictures) -> None:
    with pytest.raises(BlobRefused) as refused:
        await pictures.refuse_locked(locked_pdf())
    assert refused.value.code == "pdf_password"
    await pictures.refuse_locked(pdf(["没有密码"]))
    await pictures.refuse_locked(b"%PDF-1.7\n/Encrypt of a file that is none")


def locked_pdf() -> bytes:
    """A PDF that opens only with its password."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf(["秘密"]))))
    writer.encrypt(owner_pass="owner", user_pass="user")
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()
