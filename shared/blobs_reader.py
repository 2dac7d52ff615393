"""Reads pictures and PDFs that strangers have sent: a program of its own, which lives for one file.

`python -I blobs_reader.py TASK` takes the files on its standard input and answers with a line of JSON and a file.  It
bounds its own memory and time before it looks at anything, imports nothing of ours and is never trusted with a secret:
whatever a file does to a decoder, it does it here.  `blobs_pictures` starts it and believes only what it can check.
"""

import io
import json
import resource
import struct
import sys
from collections.abc import Iterator

from PIL import Image, ImageFilter, ImageOps, ImageStat

MEMORY_BYTES = 1024 * 1024 * 1024
SECONDS = 30
MOST_PIXELS = 50_000_000
THUMBNAIL_PIXELS = 320
# A sheet of A4 at 200 dots per inch, as an office scans: twenty of them are a file that can still be sent.
PAGE_PIXELS = (1654, 2339)
# Many pages full of writing are pressed harder before they are refused as too large.
QUALITIES = (85, 60, 40)
FEW_PAGES = 8
MOST_BYTES = 20 * 1024 * 1024
# Judged on a small grey copy: means below are night, and edges weaker than these are out of focus.
JUDGED_PIXELS = 1000
DARKEST_MEAN = 70
WEAKEST_EDGES = 30.0
SHORTEST_SIDE = 700

_PHOTOS = ("JPEG", "PNG")
# What says how to show the picture stays (JFIF, colour profile, Adobe's transform); camera, place and words go.
_KEPT_OF_JPEG = frozenset({0xE0, 0xE2, 0xEE})
_DROPPED_OF_PNG = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_STRAIGHT = 1
_ORIENTATION = 0x0112


class RefusedFile(Exception):
    """Something that is not taken; its code is known to whoever asked."""


def main() -> None:
    """One task, one answer."""
    _bound()
    answer: dict[str, object] = {}
    content = b""
    try:
        answer, content = _TASKS[sys.argv[1]](list(_files(sys.stdin.buffer.read())))
    except RefusedFile as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "image_unreadable"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + content)


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    # It writes to no file, and starts nothing.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The size is judged by ourselves, before a single pixel is decoded.
    Image.MAX_IMAGE_PIXELS = None


def _files(sent: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(sent):
        (length,) = struct.unpack_from(">Q", sent, place)
        yield sent[place + 8 : place + 8 + length]
        place += 8 + length


def straighten(files: list[bytes]) -> tuple[dict[str, object], bytes]:
    """The photo upright and without what it says about camera, place and time; and what a reader may mind in it."""
    [content] = files
    photo = _open(content)
    orientation = photo.getexif().get(_ORIENTATION, _STRAIGHT)
    _load(photo)
    kind = "PNG" if photo.format == "PNG" else "JPEG"
    if orientation in range(2, 9):
        photo = _upright(photo)
        content = _saved(photo, kind)
    else:
        content = _without_words_png(content) if kind == "PNG" else _without_words_jpeg(content)
    return {"advice": _advice(photo), "width": photo.width, "height": photo.height}, content


def thumbnail(files: list[bytes]) -> tuple[dict[str, object], bytes]:
    """A small JPEG of a photo."""
    [content] = files
    photo = _open(content)
    photo.draft("RGB", (THUMBNAIL_PIXELS * 2, THUMBNAIL_PIXELS * 2))
    _load(photo)
    return _small(ImageOps.exif_transpose(photo))


def first_page(files: list[bytes]) -> tuple[dict[str, object], bytes]:
    """A small JPEG of the first page of a PDF."""
    [content] = files
    document = _document(content)
    if len(document) < 1:
        raise RefusedFile("pdf_broken")
    page = document[0]
    scale = THUMBNAIL_PIXELS * 2 / max(*page.get_size(), 1)
    return _small(page.render(scale=min(scale, 4)).to_pil())


def openable(files: list[bytes]) -> tuple[dict[str, object], bytes]:
    """Whether a PDF opens without a password."""
    [content] = files
    return {"pages": len(_document(content))}, b""


def combine(files: list[bytes]) -> tuple[dict[str, object], bytes]:
    """Several photos as one PDF, a page each, none larger than can be read on paper."""
    pages = [_page(content) for content in files]
    for quality in QUALITIES if len(pages) <= FEW_PAGES else QUALITIES[1:]:
        sheet = io.BytesIO()
        pages[0].save(sheet, "PDF", save_all=True, append_images=pages[1:], quality=quality, resolution=200)
        if sheet.tell() <= MOST_BYTES:
            break
    return {"pages": len(pages)}, sheet.getvalue()


_TASKS = {
    "straighten": straighten,
    "thumbnail": thumbnail,
    "first_page": first_page,
    "openable": openable,
    "combine": combine,
}


def _open(content: bytes) -> Image.Image:
    try:
        photo = Image.open(io.BytesIO(content), formats=_PHOTOS)
        size, animated = photo.width * photo.height, getattr(photo, "is_animated", False)
    except MemoryError:
        raise
    except Exception as fault:
        raise RefusedFile("image_broken") from fault
    if size > MOST_PIXELS:
        raise RefusedFile("image_too_many_pixels")
    # Some phones hang a second view on a photo (MPO), which is no movement; only a PNG can move.
    if animated and photo.format == "PNG":
        raise RefusedFile("image_animated")
    return photo


def _load(photo: Image.Image) -> None:
    try:
        photo.load()
    except MemoryError:
        raise
    except Exception as fault:
        raise RefusedFile("image_broken") from fault


def _upright(photo: Image.Image) -> Image.Image:
    turned = ImageOps.exif_transpose(photo)
    turned.info = {name: value for name, value in photo.info.items() if name == "icc_profile"}
    return turned


def _saved(photo: Image.Image, kind: str) -> bytes:
    saved = io.BytesIO()
    profile = photo.info.get("icc_profile")
    more = {"quality": 92, "optimize": True} if kind == "JPEG" else {}
    photo.save(saved, kind, icc_profile=profile, exif=b"", **more)
    return saved.getvalue()


def _without_words_jpeg(content: bytes) -> bytes:
    """The same pixels to the last bit: only the segments of words go, and what was hung on behind the end."""
    kept, place = bytearray(content[:2]), 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xD9:
            break
        (length,) = struct.unpack_from(">H", content, place + 2)
        end = place + 2 + length
        if marker == 0xDA:
            end = _end_of_scan(content, end)
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _KEPT_OF_JPEG:
            kept += content[place:end]
        place = end
    return bytes(kept + b"\xff\xd9")


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the next segment begins; within a scan 0xFF is followed by 0, or by the number of a restart."""
    while (place := content.find(b"\xff", place)) != -1 and place + 1 < len(content):
        if content[place + 1] != 0 and not 0xD0 <= content[place + 1] <= 0xD7:
            return place
        place += 2
    return len(content)


def _without_words_png(content: bytes) -> bytes:
    kept, place = bytearray(content[:8]), 8
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        kind, end = content[place + 4 : place + 8], place + 12 + length
        if kind not in _DROPPED_OF_PNG:
            kept += content[place:end]
        place = end
        if kind == b"IEND":
            break
    return bytes(kept)


def _advice(photo: Image.Image) -> list[str]:
    found = []
    if min(photo.size) < SHORTEST_SIDE:
        found.append("small")
    grey = _flat(photo).convert("L")
    grey.thumbnail((JUDGED_PIXELS, JUDGED_PIXELS))
    if ImageStat.Stat(grey).mean[0] < DARKEST_MEAN:
        found.append("dark")
    elif _edges(grey) < WEAKEST_EDGES:
        found.append("blurred")
    return found


def _edges(grey: Image.Image) -> float:
    """How much the strongest parts of the picture differ from their neighbours: writing in focus has hard edges."""
    drawn = grey.filter(ImageFilter.FIND_EDGES).crop((2, 2, max(grey.width - 2, 3), max(grey.height - 2, 3)))
    counts = drawn.histogram()
    strongest, seen = max(drawn.width * drawn.height // 300, 1), 0
    for value in range(255, -1, -1):
        seen += counts[value]
        if seen >= strongest:
            return float(value)
    return 0.0


def _flat(photo: Image.Image) -> Image.Image:
    """On white, where the picture lets something shine through."""
    if photo.mode in ("RGBA", "LA", "PA") or "transparency" in photo.info:
        ground = Image.new("RGBA", photo.size, "white")
        ground.alpha_composite(photo.convert("RGBA"))
        return ground.convert("RGB")
    return photo.convert("RGB")


def _small(photo: Image.Image) -> tuple[dict[str, object], bytes]:
    small = _flat(photo)
    small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    drawn = io.BytesIO()
    small.save(drawn, "JPEG", quality=75, optimize=True)
    return {"width": small.width, "height": small.height}, drawn.getvalue()


def _page(content: bytes) -> Image.Image:
    photo = _open(content)
    photo.draft("RGB", PAGE_PIXELS)
    _load(photo)
    page = _flat(ImageOps.exif_transpose(photo))
    page.thumbnail(PAGE_PIXELS if page.height >= page.width else PAGE_PIXELS[::-1])
    return page


def _document(content: bytes) -> "pypdfium2.PdfDocument":  # type: ignore[name-defined]  # noqa: F821  # read late
    """The PDF; the library is only loaded for one."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as fault:
        locked = "password" in str(fault).lower() or "security" in str(fault).lower()
        raise RefusedFile("pdf_password" if locked else "pdf_broken") from fault


if __name__ == "__main__":
    main()
